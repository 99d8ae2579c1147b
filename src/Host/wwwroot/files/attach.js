// Files at a composer: dropped, pasted or chosen, they go up at once, and with the message when that is sent.

import { del } from '../core/api.js';
import { h } from '../core/html.js';
import { addTexts, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { pref } from '../core/prefs.js';
import deTexts from '../core/texts/de-files.js';
import enTexts from '../core/texts/en-files.js';
import deTransfers from '../core/texts/de-transfers.js';
import enTransfers from '../core/texts/en-transfers.js';
import { dayKey } from '../core/time.js';
import { errorText, iconButton, notify, notifyError } from '../core/ui.js';
import { post } from './posting.js';
import { fileSize } from './size.js';
import { sourceOf, uploads } from './uploading.js';

addTexts({ en: { ...enTransfers, ...enTexts }, de: { ...deTransfers, ...deTexts } });
needStyle('files.css');

const MOST = 20;

/** What was dropped: files, with their handles where the browser gives them; folders have no bytes. @param {DataTransfer} data */
export async function droppedFiles(data) {
  const items = [...data.items].filter(one => one.kind === 'file');
  // Both have to be asked for before this returns: afterwards the browser has forgotten what was dropped.
  const asked = items.map(one => ({ folder: one.webkitGetAsEntry?.()?.isDirectory, file: one.getAsFile(), handle: /** @type {any} */ (one).getAsFileSystemHandle?.().catch(() => null) }));
  const files = [];
  for (const one of asked) if (one.file && !one.folder) files.push({ file: one.file, handle: await one.handle ?? null });
  if (asked.some(one => one.folder)) notify(t('files.noFolders'), { kind: 'failed' });
  return files;
}

/** A pasted picture has no name of its own. @param {File} file */
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date();
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map(one => String(one).padStart(2, '0')).join('-');
  return new File([file], `${t('files.pasted')} ${dayKey(now)} ${clock}.${file.name.split('.').at(-1)}`, { type: file.type, lastModified: file.lastModified });
}

/** @param {ClipboardEvent} event @returns {File[]} what a text comes with (a table, a page) is only its picture */
export function pastedFiles(event) {
  const data = event.clipboardData;
  return data && !data.getData('text/plain') ? [...data.files].map(named) : [];
}

/** @param {string} roomId @param {string | undefined} threadId @param {() => void} changed */
export function attachments(roomId, threadId, changed) {
  const key = `${roomId}/${threadId ?? ''}`;
  const mine = () => store.get().uploads.filter(one => one.tag?.composer === key && !one.post);
  /** An encrypted file is two uploads, of which one is shown. */
  const seen = () => mine().filter(one => !one.tag.meta);
  const locked = () => Boolean(pref('encryptIn', {})[roomId]);
  const lock = () => import('../transfers/room-lock.js');

  /** @param {{file: File, handle?: any}[]} files */
  async function add(files) {
    const most = locked() ? MOST / 2 : MOST;
    const room = Math.floor((MOST - mine().length) / (MOST / most));
    if (files.length > room) notify(t('files.most', { n: most }), { kind: 'failed' });
    // Nothing goes in the clear because the lock did not load.
    if (locked()) return lock().then(module => module.addSealed(roomId, files.slice(0, Math.max(0, room)), { composer: key }), () => notifyError({ code: 'network' }));
    for (const { file, handle = null } of files.slice(0, Math.max(0, room))) await uploads.add({ source: sourceOf(file), file, handle, held: true, tag: { composer: key } });
  }

  /** @param {import('../core/types.js').Upload} one */
  async function remove(one) {
    const mates = mine().filter(other => other !== one && other.tag.pair && other.tag.pair === one.tag.pair);
    await Promise.all([one, ...mates].map(removeOne));
  }

  /** @param {import('../core/types.js').Upload} one */
  async function removeOne(one) {
    if (one.state !== 'done') return uploads.cancel(one.id);
    await uploads.forget(one.id);
    if (one.file) del(`/files/${one.file.id}`).catch(error => console.warn('a file stays among one’s own', error.code));
  }

  function chip(one) {
    const name = one.tag.label ?? one.name;
    const part = one.state === 'done' ? 1 : one.size ? one.sent / one.size : 0;
    const note = one.state === 'failed' ? errorText({ code: one.cause }) : one.cause === 'needs_file' ? t('files.needsFile') : one.state === 'paused' ? t('files.paused') : one.state === 'done' ? fileSize(one.size) : `${Math.floor(part * 100)} %`;
    return h('li.attach-chip', { key: one.id, class: one.state, 'data-testid': 'attachment', 'data-state': one.state, },
      icon(one.state === 'failed' ? 'warning' : one.kind === 'sealed' ? 'lock' : one.state === 'done' ? 'file' : 'upload'),
      h('span.attach-words', null, h('strong', { title: name }, name), h('small', { title: note }, note)),
      ['failed', 'paused'].includes(one.state) && one.cause !== 'needs_file' && iconButton('retry', t('files.resumeNamed', { name }), { 'data-testid': 'attachment-retry', onclick: () => uploads.resume(one.id) }),
      iconButton('close', t('files.removeNamed', { name }), { 'data-testid': 'attachment-remove', onclick: () => remove(one) }),
      one.state !== 'done' && h('progress', { max: '1', value: part, 'aria-label': name }));
  }

  function choose() {
    const input = h('input', { type: 'file', multiple: true, onchange: () => add([...input.files].map(file => ({ file }))) });
    input.click();
  }

  const off = store.subscribe((now, before) => { if (now.uploads !== before.uploads) changed(); });
  return {
    add, choose, off,
    get any() { return mine().length > 0; },
    draw: () => (mine().length > 0 ? h('ul.attach-chips', { key: 'files', 'aria-label': t('files.attached') }, seen().map(chip)) : null),
    lockButton: () => iconButton('lock', t(locked() ? 'transfers.sealedOn' : 'transfers.sealed'), { key: 'lock', class: locked() && 'on', 'aria-pressed': String(locked()), 'data-testid': threadId ? 'thread-lock' : 'lock', onclick: () => lock().then(module => module.toggleLock(roomId, changed), () => notifyError({ code: 'network' })) }),
    /** @param {string} text @param {any} replyTo */
    send: (text, replyTo) => post(mine(), { roomId, threadId, text, replyTo }),
  };
}

/**
 * Files may be dropped anywhere in a view.
 * @param {HTMLElement} root @param {() => string} label @param {(files: {file: File, handle: any}[]) => void} take @returns {() => void}
 */
export function dropZone(root, label, take) {
  const veil = h('div.drop-veil', { own: true, 'aria-hidden': 'true', 'data-testid': 'drop-veil' });
  let over = 0;
  const has = event => event.dataTransfer?.types.includes('Files');
  const show = on => {
    if (!on) over = 0;
    if (on) veil.replaceChildren(h('div', null, icon('upload'), h('strong', null, label())));
    veil.classList.toggle('on', on);
  };
  const on = {
    dragenter(event) { if (has(event)) { over += 1; show(true); event.preventDefault(); } },
    dragleave(event) { if (has(event) && --over <= 0) show(false); },
    dragover(event) { if (has(event)) { event.preventDefault(); event.dataTransfer.dropEffect = 'copy'; } },
    async drop(event) {
      if (!has(event)) return;
      event.preventDefault();
      show(false);
      take(await droppedFiles(event.dataTransfer));
    },
  };
  for (const [type, run] of Object.entries(on)) root.addEventListener(type, /** @type {any} */ (run));
  root.append(veil);
  return () => {
    for (const [type, run] of Object.entries(on)) root.removeEventListener(type, /** @type {any} */ (run));
    veil.remove();
  };
}

// Beside all of them a file that is dropped must not take the page's place.
for (const type of ['dragover', 'drop']) addEventListener(type, event => { if (!event.defaultPrevented && /** @type {DragEvent} */ (event).dataTransfer?.types.includes('Files')) event.preventDefault(); });
