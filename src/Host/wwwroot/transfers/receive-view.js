// What somebody sees who was sent files: from whom, until when, how often yet; the way in; each file, and all of them.

import { field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { number, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { shortDate } from '../core/time.js';
import { errorText, failure, iconButton, skeleton } from '../core/ui.js';
import { Rate } from '../files/rate.js';
import { sizeText } from '../local/parts.js';
import { download } from './downloads.js';

/** @typedef {import('./receiving.js').Item} Item */
/** @typedef {{state: 'waiting' | 'running' | 'done' | 'failed', done: number, stalled: boolean, error: any, rate: Rate, stop: AbortController}} Task */

/** Seconds as people say them. @param {number} seconds */
function leftText(seconds) {
  const unit = seconds < 90 ? 'second' : seconds < 5400 ? 'minute' : 'hour';
  const n = Math.max(1, Math.round(seconds / { second: 1, minute: 60, hour: 3600 }[unit]));
  return t(`transfers.left.${unit}`, { n });
}

/** @param {Task} task @param {number} size @param {boolean} sealed */
export function taskText(task, size, sealed) {
  if (task.state === 'done') return t(sealed ? 'transfers.savedSealed' : 'transfers.saved');
  if (task.state === 'failed') return task.error?.code === 'cancelled' ? t('transfers.stopped') : errorText(task.error);
  if (task.state === 'waiting') return t('transfers.queued');
  if (task.stalled) return t('transfers.stalled');
  const { speed } = task.rate;
  const left = task.rate.secondsLeft(size);
  const percent = number(Math.min(100, Math.floor(100 * task.done / Math.max(1, size))));
  return speed === null || left === null ? t('transfers.begins', { percent }) : t('transfers.running', { percent, speed: sizeText(speed), left: leftText(left) });
}

const hasError = error => error && error.code !== 'cancelled';

/**
 * @param {Element} root @param {import('./receiving.js').Receiving} receiving
 * @param {{renew?: () => Promise<any>, unlock?: () => Promise<boolean>, logIn?: string | null, title?: (text: string) => void}} [how]
 *   `unlock`: asks for the passphrase of the person's own key; `logIn`: where somebody goes who is a recipient and not logged in
 * @returns {() => void} draws it anew
 */
export function receiveView(root, receiving, { renew, unlock, logIn = null, title = () => {} } = {}) {
  /** @type {Map<string, Task>} */
  const tasks = new Map();
  /** One after the other: side by side they would only share the same line. @type {Promise<any>} */
  let turn = Promise.resolve();

  /** @param {Item} item @param {boolean} ask */
  async function fetchOne(item, ask) {
    const task = /** @type {Task} */ (tasks.get(item.id));
    if (task.stop.signal.aborted) return;
    Object.assign(task, { state: 'running' });
    task.rate.begin(0);
    draw();
    try {
      const order = await receiving.orderOf(item);
      await download({ order, name: item.name, size: item.size, ask }, {
        renew, signal: task.stop.signal, stalled: is => { task.stalled = is; draw(); },
        progress: done => { task.done = done; task.rate.note(done); draw(); },
      });
      task.state = 'done';
    } catch (error) {
      Object.assign(task, { state: 'failed', error });
      if (error.code === 'no_key' && unlock && await unlock()) start([item]);
    }
    draw();
  }

  /** @param {Item[]} items */
  function start(items) {
    const fresh = items.filter(one => !['waiting', 'running'].includes(tasks.get(one.id)?.state ?? ''));
    for (const item of fresh) tasks.set(item.id, { state: 'waiting', done: 0, stalled: false, error: null, rate: new Rate(), stop: new AbortController() });
    // A place can be asked for only while the click is fresh, so for one file alone.
    if (fresh.length === 1 && ![...tasks.values()].some(one => one.state === 'running')) turn = fetchOne(fresh[0], true);
    else for (const item of fresh) turn = turn.then(() => fetchOne(item, false));
    draw();
  }

  /** @param {Item} item */
  function stop(item) {
    const task = /** @type {Task} */ (tasks.get(item.id));
    task.stop.abort();
    if (task.state === 'waiting') Object.assign(task, { state: 'failed', error: { code: 'cancelled' } });
    draw();
  }

  async function readNames() {
    await receiving.readNames();
    if (receiving.error?.code === 'no_key' && unlock && await unlock()) await receiving.readNames();
  }

  function head() {
    const { transfer } = receiving;
    const name = receiving.opened?.senderName;
    const left = transfer.maxDownloads === null ? null : Math.max(0, transfer.maxDownloads - transfer.downloadCount);
    const files = transfer.files.filter(one => !one.name.endsWith('.meta.cmfile'));
    return [
      h('div.transfer-head', { key: 'head' }, h('span.state-icon', null, icon(transfer.encrypted ? 'lock' : 'file')), h('div.grow', null,
        h('h1', { tabindex: '-1' }, name ? t('transfers.from', { name }) : t('transfers.forYou')),
        h('p.muted', null, [t('transfers.files', { n: files.length }), sizeText(files.reduce((sum, one) => sum + one.size, 0)), t('transfers.until', { date: shortDate(transfer.expiresAt) }),
          left !== null && t('transfers.downloadsLeft', { n: left })].filter(Boolean).join(' · ')))),
      transfer.message && h('blockquote.transfer-message', { key: 'message' }, transfer.message),
      transfer.encrypted && h('p.callout', { key: 'lock' }, icon('lock'), h('span', null, t(receiving.link || !receiving.items ? 'transfers.encryptedText' : 'transfers.encryptedForYou'))),
    ];
  }

  function sealedNames() {
    const { transfer, busy, error } = receiving;
    return h('div.stack', { key: 'sealed' },
      h('p', null, t('transfers.namesHidden'), ' ', t(transfer.maxDownloads === null ? 'transfers.namesFree' : 'transfers.namesCount')),
      hasError(error) && h('p.form-error', { role: 'alert' }, error.code === 'no_key' ? t('transfers.noKey') : errorText(error)),
      h('div', null, h('button.primary', { type: 'button', disabled: busy, 'data-testid': 'transfer-decrypt', onclick: readNames }, icon('key'), t(busy ? 'transfers.opening' : 'transfers.decrypt'))));
  }

  /** @param {Item} item */
  function row(item) {
    const task = tasks.get(item.id);
    const active = task && ['waiting', 'running'].includes(task.state);
    return h('li', { key: item.id, 'data-testid': 'transfer-file', 'data-state': task?.state ?? 'there' },
      h('span.file-sign', null, icon('file')),
      h('div.grow', null, h('strong', null, item.name), h('small', { class: task?.state === 'failed' && hasError(task.error) && 'field-error', role: task?.state === 'failed' ? 'alert' : null }, task ? taskText(task, item.sealedSize, Boolean(item.salt)) : sizeText(item.size))),
      active ? iconButton('close', t('transfers.stop', { name: item.name }), { 'data-testid': 'transfer-stop', onclick: () => stop(item) })
        : h('button.secondary', { type: 'button', 'data-testid': 'transfer-download', 'aria-label': t('transfers.downloadName', { name: item.name }), onclick: () => start([item]) }, icon(task?.state === 'failed' ? 'retry' : 'download'), h('span', null, t(task?.state === 'failed' ? 'action.retry' : 'transfers.download'))),
      task?.state === 'running' && h('progress', { max: String(Math.max(1, item.sealedSize)), value: String(task.done), 'aria-label': item.name }));
  }

  function list() {
    const items = receiving.items ?? [];
    return h('div.stack', { key: 'list' },
      h('ul.transfer-files', null, items.map(row)),
      items.length > 1 && h('div', null, h('button.primary', { type: 'button', 'data-testid': 'transfer-download-all', onclick: () => start(items.filter(one => tasks.get(one.id)?.state !== 'done')) }, icon('download'), t('transfers.downloadAll'))),
      receiving.transfer.maxDownloads !== null && (receiving.items?.some(one => one.salt) || tasks.size > 0) && h('p.muted', { key: 'lease' }, t('transfers.lease', { date: shortDate(receiving.opened?.expiresAt ?? '') })));
  }

  async function submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    await receiving.open(String(new FormData(form).get('password')));
    root.querySelector(receiving.phase === 'password' ? 'input' : 'h1')?.focus();
  }

  const password = () => h('form.stack.transfer-password', { key: 'password', novalidate: true, onsubmit: submit },
    h('span.state-icon', null, icon('lock')), h('h1', { tabindex: '-1' }, t('transfers.passwordTitle')), h('p.muted', null, t('transfers.passwordText')),
    field(t('transfers.password'), { name: 'password', type: 'password', autocomplete: 'off', autofocus: true, maxlength: '256', 'data-testid': 'transfer-password' }, { error: receiving.wrong ? t('transfers.passwordWrong') : '' }),
    h('div', null, h('button.primary', { type: 'submit', disabled: receiving.busy, 'data-testid': 'transfer-open' }, t(receiving.busy ? 'transfers.opening' : 'transfers.open'))));

  /** It is the page's only word, so it is its heading. */
  const empty = (what, title, text, ...actions) => h('div.state.empty', null, h('span.state-icon', null, icon(what)), h('h1', { tabindex: '-1' }, title), h('p', null, text), actions.length > 0 && h('div.state-actions', null, actions));
  const again = () => h('button.secondary', { type: 'button', 'data-testid': 'transfer-again', onclick: () => receiving.open(null) }, icon('retry'), t('action.retry'));
  const ENDS = {
    over: () => empty('clock', t('transfers.over'), t('transfers.overText')),
    unknown: () => empty('compass', t('transfers.unknown'), t('transfers.unknownText')),
    incomplete: () => empty('link', t('transfers.incomplete'), t(logIn ? 'transfers.incompleteText' : 'transfers.incompleteHere'), ...(logIn ? [h('a.button.secondary', { href: logIn }, t('auth.logIn'))] : [])),
    insecure: () => empty('warning', t('transfers.insecure'), t('transfers.insecureText')),
    wait: () => empty('clock', t('transfers.wait'), t('transfers.waitText', { n: Math.max(1, Math.ceil((receiving.error?.retryAfterMs ?? 60_000) / 60_000)) }), again()),
    failed: () => failure(receiving.error, () => receiving.open(null)),
  };

  function draw() {
    const { phase } = receiving;
    let body;
    if (phase === 'loading') body = skeleton(4, 'row');
    else if (phase === 'password') body = password();
    else if (phase === 'open') body = [head(), receiving.items ? list() : sealedNames()];
    else body = h('div', { key: phase, 'data-testid': 'transfer-end', 'data-phase': phase }, ENDS[phase]());
    title(phase === 'open' && receiving.opened?.senderName ? t('transfers.from', { name: receiving.opened.senderName }) : t('transfers.forYou'));
    patch(root, body);
  }
  receiving.changed = draw;
  draw();
  return draw;
}
