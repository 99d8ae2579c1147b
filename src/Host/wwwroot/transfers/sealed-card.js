// An encrypted file as it stands in a message: a lock until the person's key is open, then its name, its picture, and the way to save it.

import { get } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { addTexts, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import deKeys from '../core/texts/de-keys.js';
import enKeys from '../core/texts/en-keys.js';
import deTexts from '../core/texts/de-transfers.js';
import enTexts from '../core/texts/en-transfers.js';
import { confirm, errorText, iconButton, notify, notifyError } from '../core/ui.js';
import { openBytes } from '../crypto/format.js';
import { describe, headerLength, parseHeader } from '../crypto/header.js';
import { damaged, PREFIX } from '../crypto/layout.js';
import { readMetadata } from '../crypto/metadata.js';
import { Rate } from '../files/rate.js';
import { fileSize } from '../files/size.js';
import { download } from './downloads.js';
import { addMembers, bytesOf, headOf } from './sealed-files.js';
import { taskText } from './receive-view.js';
import { askForKey, pairFor } from './unlock.js';

addTexts({ en: { ...enKeys, ...enTexts }, de: { ...deKeys, ...deTexts } });
needStyle('transfers.css');

const SMALL = 1 << 20;
/** What was read stays read while the page is open. @type {Map<string, {metadata: import('../crypto/metadata.js').Metadata, salt: Uint8Array, keyIds: Uint8Array[], tag: string | null, picture: string | null}>} */
const read = new Map();
/** Cards that wait for the key. @type {Set<() => void>} */
const waiting = new Set();
store.subscribe((now, before) => { if (now.me?.id !== before.me?.id) read.clear(); });

const headerOf = bytes => parseHeader(bytes.slice(0, headerLength(bytes.subarray(0, PREFIX))));

/** @param {any} file @param {any} meta @param {import('../crypto/keys.js').Pair} pair */
async function readFile(file, meta, pair) {
  const { bytes, tag } = await headOf(file);
  const header = headerOf(bytes);
  if (meta.size > SMALL) throw damaged();
  const metadata = readMetadata(await openBytes(await bytesOf(`/api/v1/files/${meta.id}/content`), { pair }), header.salt);
  let picture = /** @type {string | null} */ (null);
  if (file.hasThumbnail && metadata.type.startsWith('image/')) {
    const small = await bytesOf(`/api/v1/files/${file.id}/thumbnail`).then(sealed => openBytes(sealed, { pair }), () => null);
    picture = small && URL.createObjectURL(new Blob([/** @type {any} */ (small)], { type: 'image/webp' }));
  }
  const found = { metadata, salt: header.salt, keyIds: describe(header).keyIds, tag, picture };
  read.set(`${file.id} ${file.version}`, found);
  return found;
}

/** @param {HTMLElement} card @param {any} file @param {any} meta @param {string} roomId */
export function fillCard(card, file, meta, roomId) {
  const name = `${file.id} ${file.version}`;
  const state = { busy: false, error: /** @type {any} */ (null), task: /** @type {any} */ (null) };

  /** @param {boolean} ask */
  async function unlock(ask) {
    if (state.busy) return;
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      const { bytes } = await headOf(meta);
      const { keyIds } = describe(headerOf(bytes));
      let pair = await pairFor(keyIds);
      if (!pair && ask && await askForKey()) {
        pair = await pairFor(keyIds);
        for (const one of [...waiting]) one();
      }
      if (pair) await readFile(file, meta, pair);
      else if (ask) state.error = { code: 'no_key' };
    } catch (error) {
      state.error = error;
    }
    state.busy = false;
    if (read.has(name)) waiting.delete(quietly);
    draw();
  }
  const quietly = () => { if (!read.has(name)) unlock(false); };

  async function save() {
    const found = read.get(name);
    const pair = found && await pairFor(found.keyIds);
    if (!found || !pair) return unlock(true);
    const task = { state: 'running', done: 0, stalled: false, error: /** @type {any} */ (null), rate: new Rate(), stop: new AbortController() };
    task.rate.begin(0);
    state.task = task;
    draw();
    try {
      const order = /** @type {const} */ ({ op: 'open', source: { url: `/api/v1/files/${file.id}/content`, tag: found.tag }, salt: found.salt, opener: { pair } });
      await download({ order, name: found.metadata.name, size: found.metadata.size, ask: true }, {
        renew: () => get('/auth/me'), signal: task.stop.signal, stalled: is => { task.stalled = is; draw(); }, progress: done => { task.done = done; task.rate.note(done); draw(); },
      });
      task.state = 'done';
    } catch (error) {
      Object.assign(task, { state: 'failed', error });
    }
    draw();
  }

  async function reach() {
    const found = read.get(name);
    const pair = found && await pairFor(found.keyIds);
    if (!pair || !await confirm({ title: t('transfers.addMembersTitle'), text: t('transfers.addMembersText'), action: t('transfers.addMembers'), danger: false })) return;
    Object.assign(state, { busy: true });
    draw();
    try {
      await addMembers([file, meta], roomId, pair);
      notify(t('transfers.addMembersDone'));
    } catch (error) {
      notifyError(error);
    }
    state.busy = false;
    draw();
  }

  function draw() {
    const found = read.get(name);
    const { task, busy, error } = state;
    const title = found ? found.metadata.name : t('transfers.encryptedFile');
    const note = task ? taskText(task, file.size, true) : error ? errorText(error) : found ? fileSize(found.metadata.size) : fileSize(file.size);
    const failed = task?.state === 'failed' || error;
    patch(card, [
      found?.picture && h('img.sealed-picture', { key: 'picture', src: found.picture, alt: '', loading: 'lazy', draggable: 'false' }),
      h('div.file-main', { key: 'main' }, h('span.file-sign.sealed', null, icon('lock')), h('span.file-words', null, h('strong', { 'data-testid': 'sealed-name' }, title), h('small', { role: failed ? 'alert' : null, class: failed && 'field-error' }, note, ' ', h('span.file-lock', { title: t('transfers.encryptedForYou') }, t('transfers.encrypted'))))),
      task?.state === 'running' ? iconButton('close', t('transfers.stop', { name: title }), { key: 'stop', 'data-testid': 'sealed-stop', onclick: () => task.stop.abort() })
        : found ? iconButton('download', t('transfers.downloadName', { name: title }), { key: 'save', 'data-testid': 'sealed-download', onclick: save })
        : h('button.secondary', { key: 'unlock', type: 'button', disabled: busy, 'data-testid': 'sealed-unlock', onclick: () => unlock(true) }, icon('key'), t('transfers.unlockFile')),
      found && file.ownerId === store.get().me?.id && iconButton('people', t('transfers.addMembers'), { key: 'reach', disabled: busy, 'data-testid': 'sealed-reach', onclick: reach }),
      task?.state === 'running' && h('progress', { key: 'bar', max: String(Math.max(1, file.size)), value: String(task.done), 'aria-label': title }),
    ]);
  }

  waiting.add(quietly);
  draw();
  quietly();
}
