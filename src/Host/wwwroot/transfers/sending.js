// Transfers on their way: their files are uploaded, then they are sent. It goes on while other pages are looked at, and after a reload.

import { del, get, post } from '../core/api.js';
import { newId } from '../core/id.js';
import { store } from '../core/store.js';
import { forgetDraft, keepDraft, readDrafts } from '../crypto/kept-seals.js';
import { hex, toBase64, toBase64Url } from '../crypto/layout.js';
import { authHash, createLink } from '../crypto/link.js';
import { sourceOf, uploads } from '../files/uploading.js';
import { letGo, uploadSealed } from './sealed-uploads.js';

export const MOST_FILES = 100;

/**
 * `parts`: how many uploads it waits for; `secret` of an encrypted transfer's link. `body` is what POST /transfers gets beside the files.
 * @typedef {{id: string, userId: string, names: string[], size: number, encrypted: boolean, parts: number, body: any, secret: string | null, hasPassword: boolean, toLink: boolean, state: 'preparing' | 'sending' | 'posting', createdAt: string}} Draft
 * @typedef {{draft: Draft, state: 'preparing' | 'sending' | 'posting' | 'done' | 'failed', error: any, url: string | null, transfer: any}} Sending
 */

/** @type {Map<string, Sending>} */
const going = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
export const onSending = listener => { listeners.add(listener); return () => listeners.delete(listener); };
export const sendings = () => [...going.values()];
/** @param {string} id */
export const sendingOf = id => going.get(id) ?? null;
const tell = () => { for (const one of [...listeners]) one(); };

/** @param {string} id @returns {any[]} in the order of its files: content, then its metadata */
export const partsOf = id => uploads.list().filter(one => one.tag?.transfer === id).sort((a, b) => a.tag.index - b.tag.index || Number(Boolean(a.tag.meta)) - Number(Boolean(b.tag.meta)));

const keep = draft => keepDraft(draft.id, draft).catch(error => console.warn('a transfer is not kept on this device', error?.name));

/**
 * @param {{files: {file: File, handle?: any}[], recipients: ({userId: string} | {email: string})[], message: string, hours: number, maxDownloads: number | null, password: string, encrypted: boolean, link: boolean, points: Uint8Array[]}} what
 * @returns {Promise<Sending>}
 */
export async function send(what) {
  const { files, encrypted } = what;
  const link = encrypted && what.link ? await createLink(what.password || null) : null;
  const proof = link && { linkAuthHash: hex(await authHash(link)), linkKdf: { salt: toBase64(link.salt), iterations: link.iterations, hasPassword: link.iterations > 0 } };
  /** @type {Draft} */
  const draft = {
    id: newId(), userId: store.get().me?.id ?? '', names: files.map(one => one.file.name), size: files.reduce((sum, one) => sum + one.file.size, 0), encrypted, parts: files.length * (encrypted ? 2 : 1),
    body: {
      recipients: what.recipients, message: what.message, expiresInHours: what.hours, ...(what.maxDownloads ? { maxDownloads: what.maxDownloads } : {}),
      ...(!encrypted && what.password ? { password: what.password } : {}), ...(proof ?? {}),
    },
    secret: link && toBase64Url(link.secret), hasPassword: Boolean(what.password), toLink: what.link, state: 'preparing', createdAt: new Date().toISOString(),
  };
  const sending = /** @type {Sending} */ ({ draft, state: 'preparing', error: null, url: null, transfer: null });
  going.set(draft.id, sending);
  await keep(draft);
  tell();
  prepare(sending, what, link);
  return sending;
}

/** @param {Sending} sending @param {any} what @param {import('../crypto/link.js').Link | null} link */
async function prepare(sending, what, link) {
  const { draft } = sending;
  const recipients = [...what.points.map(point => ({ point })), ...(link ? [{ link }] : [])];
  const count = what.files.length;
  try {
    for (const [index, { file, handle }] of what.files.entries()) {
      if (!going.has(draft.id)) return;
      const tag = { transfer: draft.id, index, label: file.name, quiet: true };
      if (draft.encrypted) await uploadSealed(file, recipients, { index, count, tag, handle });
      else await uploads.add({ source: sourceOf(file), file, handle, held: true, tag });
    }
    Object.assign(draft, { state: 'sending' });
    sending.state = 'sending';
    await keep(draft);
    look(sending);
  } catch (error) {
    Object.assign(sending, { state: 'failed', error });
  }
  tell();
}

/** All of its files there: then it is sent. @param {Sending} sending */
function look(sending) {
  if (sending.state !== 'sending') return;
  const parts = partsOf(sending.draft.id);
  if (parts.length === sending.draft.parts && parts.every(one => one.state === 'done' && one.file)) finish(sending, parts.map(one => one.file.id));
}

/** @param {Sending} sending @param {string[]} fileIds */
async function finish(sending, fileIds) {
  const { draft } = sending;
  const again = draft.state === 'posting';
  sending.state = 'posting';
  tell();
  try {
    // A page that was closed right after it had sent does not send twice.
    const sent = again ? (await get('/transfers/sent?limit=20')).items.find(one => one.files.map(file => file.id).join() === fileIds.join()) : null;
    draft.state = 'posting';
    await keep(draft);
    const made = sent ? { transfer: sent, url: `/t/${sent.id}`, secret: null } : await post('/transfers', { ...draft.body, fileIds });
    const secret = draft.secret ?? made.secret;
    const hasLink = draft.toLink && secret;
    Object.assign(sending, { state: 'done', transfer: made.transfer, url: hasLink ? `${location.origin}/t/${made.transfer.id}#${secret}` : null });
    await forgetDraft(draft.id).catch(() => null);
    for (const one of partsOf(draft.id)) await letPartGo(one, id => uploads.forget(id));
    // The transfer has the bytes to itself: among one's own files they would outlive it.
    for (const id of fileIds) del(`/files/${id}`).catch(error => console.warn('a file stays among one’s own', error.code));
    dispatchEvent(new CustomEvent('chat:transfer-sent', { detail: { id: draft.id, transfer: made.transfer } }));
  } catch (error) {
    Object.assign(sending, { state: 'failed', error });
  }
  tell();
}

/** @param {any} one @param {(id: string) => Promise<void>} act */
async function letPartGo(one, act) {
  if (one.tag.keep) letGo(one.tag.keep);
  await act(one.id);
}

/** @param {string} id */
export async function retry(id) {
  const sending = going.get(id);
  if (!sending) return;
  for (const one of partsOf(id).filter(part => ['failed', 'paused'].includes(part.state))) uploads.retry(one.id);
  if (sending.state === 'failed' && sending.draft.state !== 'preparing') Object.assign(sending, { state: 'sending', error: null });
  tell();
  look(sending);
}

/** Given up, here and on the server. @param {string} id */
export async function discard(id) {
  going.delete(id);
  tell();
  for (const one of partsOf(id)) await letPartGo(one, part => uploads.cancel(part));
  await forgetDraft(id).catch(() => null);
}

/** It was seen. @param {string} id */
export function forget(id) {
  if (going.get(id)?.state === 'done') going.delete(id);
  tell();
}

/** What a closed tab left. Its uploads are taken over by the engine. */
export async function adopt() {
  const me = store.get().me?.id;
  for (const draft of await readDrafts().catch(() => [])) {
    if (going.has(draft.id) || draft.userId !== me) continue;
    // Some of its files were never begun: there is nothing to go on with.
    const state = draft.state === 'preparing' ? 'failed' : 'sending';
    going.set(draft.id, { draft, state, error: state === 'failed' ? { code: 'cancelled' } : null, url: null, transfer: null });
    look(/** @type {Sending} */ (going.get(draft.id)));
  }
  tell();
}

store.subscribe((now, before) => {
  if (now.me?.id !== before.me?.id) going.clear();
  if (now.uploads === before.uploads) return;
  for (const one of going.values()) look(one);
  tell();
});
