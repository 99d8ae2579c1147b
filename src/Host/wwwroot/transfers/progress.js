// How far a transfer is on its way, and at its end the link, once.

import { h } from '../core/html.js';
import { number, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { shortDate } from '../core/time.js';
import { confirm, copyText, errorText, iconButton, notify } from '../core/ui.js';
import { fileSize } from '../files/size.js';
import { uploads } from '../files/uploading.js';
import { discard, forget, onSending, partsOf, retry, sendingOf } from './sending.js';

/** The same file once more, where this device did not keep it. @param {any} one */
function chooseAgain(one) {
  const input = h('input', { type: 'file', onchange: async () => {
    const [file] = input.files;
    try {
      if (file && !await uploads.again(one.id, file)) notify(t('error.other_file'), { kind: 'failed' });
    } catch (error) {
      notify(errorText(error), { kind: 'failed' });
    }
  } });
  input.click();
}

/** @param {any} one an upload */
function row(one) {
  const name = one.tag.label ?? one.name;
  const part = one.size ? one.sent / one.size : one.state === 'done' ? 1 : 0;
  const words = one.state === 'done' ? fileSize(one.size)
    : one.state === 'failed' ? errorText({ code: one.cause })
    : one.cause === 'needs_file' ? t('transfers.needsFile')
    : one.state === 'paused' ? t('transfers.paused')
    : one.cause === 'network' ? t('transfers.stalled')
    : one.state === 'waiting' && !one.sent ? t('transfers.queued')
    : `${number(Math.floor(part * 100))} % · ${fileSize(one.size)}${one.speed === null ? '' : ` · ${fileSize(one.speed)}/s`}`;
  return h('li', { key: one.id, 'data-testid': 'sending-file', 'data-state': one.state, 'data-cause': one.cause },
    icon(one.state === 'done' ? 'check' : one.state === 'failed' ? 'warning' : one.kind === 'sealed' ? 'lock' : 'upload'),
    h('div.grow', null, h('strong', null, name), h('small', { class: one.state === 'failed' && 'field-error', role: one.state === 'failed' ? 'alert' : null }, words)),
    one.cause === 'needs_file' ? iconButton('file', t('transfers.needsFile'), { 'data-testid': 'sending-again', onclick: () => chooseAgain(one) })
      : one.state === 'paused' || one.state === 'failed' ? iconButton('play', `${t('transfers.resumeSend')}: ${name}`, { 'data-testid': 'sending-resume', onclick: () => uploads.resume(one.id) })
      : one.state === 'done' ? null : iconButton('pause', `${t('transfers.paused')}: ${name}`, { 'data-testid': 'sending-pause', onclick: () => uploads.pause(one.id) }),
    one.state !== 'done' && h('progress', { max: '1', value: part, 'aria-label': name }));
}

/** @param {string} id @param {(result?: any) => void} close @param {() => void} redraw */
export function progressBody(id, close, redraw) {
  const stop = onSending(redraw);

  async function drop() {
    if (!await confirm({ title: t('transfers.cancelSend'), text: t('transfers.stopped'), action: t('transfers.cancelSend') })) return;
    await discard(id);
    close();
  }

  function done(sending) {
    const { url, transfer, draft } = sending;
    return h('div.stack', { key: 'done', 'data-testid': 'sent-done' },
      h('p.callout.ok', null, icon('check'), h('span', null, h('strong', null, t('transfers.done')), ' ', t('transfers.doneText', { date: shortDate(transfer.expiresAt) }))),
      url && [h('p', null, t(draft.hasPassword ? 'transfers.linkOnce' : 'transfers.linkOnceFree')), h('p.link-once', { 'data-testid': 'sent-link' }, url),
        h('div', null, h('button.primary', { type: 'button', 'data-testid': 'copy-link', onclick: () => copyText(url) }, icon('copy'), t('transfers.copyLink')))],
      draft.toLink && !url && h('p.callout.warn', null, icon('warning'), h('span', null, t('transfers.linkLost'))),
      h('footer.dialog-foot', null, h('a.button.secondary', { href: '/transfers/sent', onclick: () => close() }, t('transfers.sent')), h('button.secondary', { type: 'button', 'data-testid': 'sent-close', onclick: () => close() }, t('action.close'))));
  }

  return {
    draw() {
      const sending = sendingOf(id);
      if (!sending) return h('p', { key: 'none' }, t('transfers.stopped'));
      if (sending.state === 'done') return done(sending);
      const parts = partsOf(id).filter(one => !one.tag.meta);
      return h('div.stack', { key: 'going' },
        h('p.muted', { role: 'status' }, sending.state === 'failed' ? '' : t(sending.draft.encrypted ? 'transfers.encrypted' : 'transfers.sending'), ' · ', t('transfers.files', { n: sending.draft.names.length }), ' · ', fileSize(sending.draft.size)),
        h('ul.transfer-files.send-files', null, parts.map(row)),
        sending.state === 'failed' && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(sending.error)),
        h('footer.dialog-foot', null, h('button.danger-quiet', { type: 'button', 'data-testid': 'sending-discard', onclick: drop }, t('transfers.cancelSend')),
          sending.state === 'failed' ? h('button.primary', { type: 'button', 'data-testid': 'sending-retry', onclick: () => retry(id) }, t('action.retry')) : h('button.secondary', { type: 'button', onclick: () => close() }, t('action.close'))));
    },
    stop() { stop(); forget(id); },
  };
}
