// The tray: what goes up, how far, how fast, how long yet; and what can be done about it. Shown while there is something.

import { h, patch } from '../core/html.js';
import { addTexts, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import deTexts from '../core/texts/de-files.js';
import enTexts from '../core/texts/en-files.js';
import { confirm, errorText, iconButton, notify } from '../core/ui.js';
import './posting.js';
import { durationText, fileSize, speedText } from './size.js';
import { uploads } from './uploading.js';

addTexts({ en: enTexts, de: deTexts });
needStyle('files.css');

/** @typedef {import('../core/types.js').Upload} Upload */

const busy = one => one.state === 'waiting' || one.state === 'running';
/** Those at a composer are seen there, unless they are large or want something. @param {Upload} one */
const belongs = one => !one.tag?.meta && (one.state !== 'done' || !(one.tag?.composer || one.post || one.tag?.quiet));
/** What is encrypted has no name of its own on the server. @param {Upload} one */
const nameOf = one => one.tag?.label ?? one.name;

/** @param {Upload} one */
function note(one) {
  const far = t('files.ofSize', { sent: fileSize(one.sent), size: fileSize(one.size) });
  if (one.state === 'done') return fileSize(one.size);
  if (one.state === 'failed') return errorText({ code: one.cause });
  if (one.cause === 'needs_file') return t('files.needsFile');
  if (one.state === 'paused') return `${t('files.paused')} · ${far}`;
  if (one.state === 'waiting') return one.cause === 'network' ? t('files.noNetwork') : one.cause ? errorText({ code: one.cause, retryAfterMs: Math.max(1000, (one.retryAt ?? 0) - Date.now()) }) : t('files.itsTurn');
  return [far, one.speed !== null && speedText(one.speed), one.secondsLeft !== null && one.sent < one.size && t('files.left', { time: durationText(one.secondsLeft) })].filter(Boolean).join(' · ');
}

/** The same file once more, since this device did not keep it. @param {Upload} one */
function chooseAgain(one) {
  const input = h('input', {
    type: 'file', onchange: async () => {
      const [file] = input.files;
      if (file && !await uploads.again(one.id, file)) notify(t('files.otherFile', { name: nameOf(one) }), { kind: 'failed' });
    },
  });
  input.click();
}

/** What has gone up is lost with it, so that is asked. @param {Upload} one */
async function giveUp(one) {
  if (one.sent > 0 && !await confirm({ title: t('files.cancelTitle'), text: t('files.cancelText', { sent: fileSize(one.sent), name: nameOf(one) }), action: t('files.cancelDo') })) return;
  // It may have arrived while that was asked.
  if (store.get().uploads.some(now => now.id === one.id && now.state !== 'done')) await uploads.cancel(one.id);
}

/** @param {Upload} one */
function row(one) {
  const part = one.size ? one.sent / one.size : one.state === 'done' ? 1 : 0;
  const button = (name, key, testid, run) => iconButton(name, t(`files.${key}Named`, { name: nameOf(one) }), { key, 'data-testid': testid, onclick: run });
  return h('li.tray-row', { key: one.id, class: one.state, 'data-testid': 'upload', 'data-state': one.state, 'data-cause': one.cause },
    h('div.tray-words', null, h('strong', { title: nameOf(one) }, nameOf(one)), h('small', { role: one.state === 'failed' ? 'alert' : null }, note(one))),
    h('div.tray-buttons', null,
      busy(one) && button('pause', 'pause', 'upload-pause', () => uploads.pause(one.id)),
      one.cause === 'needs_file' && button('file', 'again', 'upload-again', () => chooseAgain(one)),
      one.state === 'paused' && one.cause !== 'needs_file' && button('play', 'resume', 'upload-resume', () => uploads.resume(one.id)),
      one.state === 'failed' && button('retry', 'retry', 'upload-retry', () => uploads.retry(one.id)),
      one.state === 'done' ? button('close', 'dismiss', 'upload-dismiss', () => uploads.forget(one.id)) : button('close', 'cancel', 'upload-cancel', () => giveUp(one))),
    h('progress', { max: '1', value: part, 'aria-label': nameOf(one) }));
}

/** @param {Upload[]} list */
function summary(list) {
  const going = list.filter(busy);
  const failed = list.filter(one => one.state === 'failed' || one.cause === 'needs_file');
  if (failed.length) return t('files.trayFailed', { n: failed.length });
  if (!going.length) return list.some(one => one.state === 'paused') ? t('files.paused') : t('files.trayDone', { n: list.length });
  return t('files.trayGoing', { n: going.length });
}

/** On a narrow screen one line stands for all until it is opened. */
let open = matchMedia('(min-width: 720px)').matches;
const root = h('aside.tray', { 'aria-label': t('files.tray'), 'data-testid': 'tray' });

function draw() {
  const list = store.get().uploads.filter(belongs);
  root.hidden = list.length === 0;
  if (root.hidden) return patch(root, []);
  const word = summary(list);
  const done = list.filter(one => one.state === 'done');
  patch(root, [
    h('header.tray-head', null,
      h('button.tray-title', { type: 'button', 'aria-expanded': String(open), 'aria-controls': 'tray-list', 'data-testid': 'tray-toggle', onclick: () => { open = !open; draw(); } }, icon('upload'), h('h2', null, h('span', { role: 'status' }, word)), icon('chevron')),
      done.length === list.length && iconButton('close', t('files.dismissAll'), { 'data-testid': 'tray-dismiss', onclick: () => { for (const one of done) uploads.forget(one.id); } })),
    open && h('ul.tray-list', { id: 'tray-list' }, list.map(row)),
  ]);
  for (const one of list) for (const bar of document.querySelectorAll(`[data-upload="${one.id}"]`)) /** @type {HTMLElement} */ (bar).style.setProperty('--part', (one.size ? one.sent / one.size : 0).toFixed(3));
}

document.getElementById('app')?.after(root);
store.subscribe((now, before) => { if (now.uploads !== before.uploads) draw(); });
addEventListener('chat:redraw', () => { root.setAttribute('aria-label', t('files.tray')); draw(); });
draw();
