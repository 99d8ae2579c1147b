// The uploads of this person in this tab. Each goes on after a cut, a pause, a closed tab, with the same bytes, once.
//
//   const upload = await uploads.add({ source, to, … });   `uploads` from files/uploading.js, which wires this to the rest
//   const { file, messageId } = await upload.done;          rejected only when it is cancelled: `code` is "cancelled"
//   uploads.pause(upload.id) · resume(id) · retry(id) · cancel(id) · again(id, file) · forget(id) · mark(id, fields)
//
// What it takes (see `add`):
//   source    {name, type, size, slice(offset, length) → Promise<Blob | Uint8Array>, thumbnail?(file) → Promise<Blob | null>}. `slice` is asked
//             for at most 16 MiB, mostly in order, and again for the same bytes after a cut: it has to answer the same each time. A source
//             that seals has the size of its ciphertext. `thumbnail` is asked once the file is there, if the server has made none; for an
//             encrypted file it answers an encrypted one. A File itself can stand for a plain source: `sourceOf(file)` of files/uploading.js.
//   to        {roomId, clientId} posts it as a message of its own; {recipientId, clientId}: to that person; {}: kept for oneself, to be
//             attached or sent later.
//   file      the File behind the source, so that it can be gone on with after a reload: up to 256 MB its bytes are kept on the device;
//   handle    otherwise the FileSystemFileHandle, which after a reload only needs a click; without one the person is asked for the file
//             again, and it has to be the same by name, size and time (`state` is then `paused`, `cause` `needs_file`).
//   kind      who makes the bytes; `plain` unless said. Another one says how, in each tab before the uploads are looked at or later:
//   recipe    `uploads.serve(kind, async (record, file) => source)`; `recipe` is kept with the upload and comes back in `record.recipe`. It
//             may hold what IndexedDB can hold, a CryptoKey that cannot be exported too, and never a secret in the clear.
//   held      true: once done it stays in the list (and over reloads) until `forget(id)`, since somebody needs its file yet.
//   tag       anything small: whose it is. `uploads.list()` and the store's `uploads` show it.
//
// The store's `uploads` has one Upload (core/types.js) for each: bytes sent, speed, seconds left, and `state`:
//   waiting   for its turn (three go at once), or with a `cause` for the network or the server, until `retryAt`;
//   running · paused · failed (with `cause`, a code of errors; `retry` tries again) · done.
// Of several tabs one carries an upload on, by a lock; when that tab is closed another takes it over. Logging out erases all of it.

import { newId } from '../core/id.js';
import { fault, stopped, Upload } from './upload.js';

/** So much of a file is kept on the device; a larger one is asked for again. */
export const KEPT_BYTES = 256 * 1024 * 1024;
const AT_ONCE = 3;
const SHOW_MS = 200;
const unmoving = { speed: null, secondsLeft: null, retryAt: null };

/** @returns {{promise: Promise<any>, resolve: (value: any) => void, reject: (error: any) => void}} */
function deferred() {
  const it = /** @type {any} */ ({});
  it.promise = new Promise((resolve, reject) => Object.assign(it, { resolve, reject }));
  return it;
}

export class Uploads {
  /**
   * @param {{db: any, tus: import('./tus.js').Tus, me: () => string | undefined, changed: (list: any[]) => void, lock?: (id: string, run: () => Promise<void>) => Promise<void>,
   *   finish?: (record: any, file: any, source: any) => Promise<any>, later?: (run: () => void, ms: number) => any, upload?: object}} parts
   *   `lock`: runs when no other tab has this upload, and holds it until the answer is settled; `finish`: what is done with a file before it is told; `upload`: for each Upload, in tests
   */
  constructor({ db, tus, me, changed, lock = (_, run) => run(), finish = async (_, file) => file, later = (run, ms) => setTimeout(run, ms), upload = {} }) {
    this.parts = { db, tus, me, changed, lock, finish, later, upload };
    /** @type {Map<string, any>} */
    this.all = new Map();
    /** @type {Map<string, (record: any, file: any) => Promise<any>>} */
    this.makers = new Map();
    this.telling = false;
    this.term = 0;
  }

  /** @param {string} kind @param {(record: any, file: File) => Promise<any>} make the source of an upload that is gone on with */
  serve(kind, make) {
    this.makers.set(kind, make);
    for (const one of this.all.values()) if (one.record.kind === kind) this.pump();
  }

  list() { return [...this.all.values()].sort((a, b) => a.record.order - b.record.order).map(one => one.shown); }

  /** Views are told some times a second, and at once of another state. @param {any} one @param {object} [fields] */
  show(one, fields = {}) {
    const before = one.shown?.state;
    one.shown = { ...one.shown, ...fields };
    if (before !== one.shown.state) return this.tell();
    if (this.telling) return;
    this.telling = true;
    this.parts.later(() => { this.telling = false; this.tell(); }, SHOW_MS);
  }

  tell() { this.parts.changed(this.list()); }

  /** @param {any} record */
  enter(record) {
    const { promise, resolve, reject } = deferred();
    promise.catch(() => null);
    const { id, name, type, size, kind, to, tag, post, createdAt, file, messageId } = record;
    const one = {
      record, source: /** @type {any} */ (null), run: /** @type {Upload | null} */ (null), done: promise, resolve, reject, release: () => {},
      shown: { id, name, type, size, kind, to, tag: tag ?? null, post: post ?? null, createdAt, state: record.state, cause: record.cause ?? null, sent: record.state === 'done' ? size : 0, file: file ?? null, messageId: messageId ?? null, again: false, ...unmoving },
    };
    this.all.set(id, one);
    if (record.state === 'done') resolve({ file, messageId });
    this.tell();
    return one;
  }

  /** What has to outlive the tab. An upload whose note cannot be kept goes on all the same. */
  async keep(one, fields) {
    Object.assign(one.record, fields);
    if (this.all.get(one.record.id) === one) await this.parts.db.put({ ...one.record }).catch(error => console.warn('an upload is not kept on this device', error?.name));
  }

  /**
   * @param {{source: any, file?: File | null, handle?: any, to?: object, kind?: string, recipe?: any, held?: boolean, tag?: any}} what
   * @returns {Promise<{id: string, done: Promise<{file: any, messageId: string | null}>}>} once it is known on this device
   */
  async add({ source, file = null, handle = null, to = {}, kind = 'plain', recipe = null, held = false, tag = null }) {
    const { name, type, size } = source;
    const record = {
      id: newId(), userId: this.parts.me(), name, type, size, to, kind, recipe, held, tag, post: null, uploadId: null, state: 'waiting', cause: null, createdAt: new Date().toISOString(),
      order: Math.max(Date.now(), ...[...this.all.values()].map(one => one.record.order + 1)), handle, original: file && { name: file.name, size: file.size, lastModified: file.lastModified },
    };
    const one = this.enter(record);
    one.source = source;
    this.hold(one);
    if (file && file.size <= KEPT_BYTES && this.all.get(record.id) === one) await this.parts.db.putBytes(record.id, file).catch(error => console.warn('a file is not kept on this device', error?.name));
    await this.keep(one, {});
    this.pump();
    return { id: record.id, done: one.done };
  }

  /** This tab carries it on as long as it is open. */
  hold(one) {
    const { promise, resolve } = deferred();
    one.release = () => resolve(undefined);
    this.parts.lock(one.record.id, () => promise).catch(error => console.warn('an upload is not locked', error?.name));
  }

  /** Goes on with what a closed tab or an ended session left, as soon as no other tab does. What another person left waits for them. */
  async adopt() {
    const { term } = this;
    const records = (await this.parts.db.all()).filter(one => one.userId === this.parts.me());
    for (const { id } of records.sort((a, b) => a.order - b.order)) {
      if (this.all.has(id)) continue;
      this.parts.lock(id, async () => {
        const record = await this.parts.db.get(id);
        if (!record || term !== this.term || this.all.has(id)) return;
        if (record.state === 'ending') return this.end(record);
        const one = this.enter(record);
        const held = new Promise(resolve => { one.release = () => resolve(undefined); });
        this.pump();
        await held;
      }).catch(error => console.warn('an upload is not taken over', error?.name));
    }
  }

  /** Starts those whose turn it is. */
  pump() {
    let free = AT_ONCE - [...this.all.values()].filter(one => one.run).length;
    for (const one of [...this.all.values()].sort((a, b) => a.record.order - b.record.order)) {
      if (free <= 0) return;
      if (one.run || one.record.state !== 'waiting' || !(one.source || this.makers.has(one.record.kind))) continue;
      free -= 1;
      this.go(one);
    }
  }

  async go(one) {
    const run = one.run = new Upload({ record: one.record, source: null, tus: this.parts.tus, changed: fields => this.show(one, fields), keep: fields => this.keep(one, fields), ...this.parts.upload });
    try {
      one.source ??= await this.sourceAgain(one);
      run.abort.signal.throwIfAborted();
      run.source = one.source;
      const { file, messageId } = await run.run();
      const told = file && await this.parts.finish(one.record, file, one.source).catch(error => { console.warn('a file is not finished', error?.code ?? error?.name); return file; });
      await this.settle(one, told, messageId);
    } catch (error) {
      if (!stopped(error)) await this.fail(one, error);
    }
    if (one.run === run) one.run = null;
    this.pump();
  }

  /** @param {any} one */
  async sourceAgain({ record }) {
    let file = await this.parts.db.bytes(record.id).catch(() => null);
    if (!file && record.handle && await record.handle.queryPermission?.({ mode: 'read' }).catch(() => null) === 'granted') file = await record.handle.getFile().catch(() => null);
    if (!file) throw fault('needs_file');
    if (!isSame(record.original, file)) throw fault('other_file');
    return this.makers.get(record.kind)?.(record, file);
  }

  async settle(one, file, messageId) {
    Object.assign(one.record, { state: 'done', cause: null, file, messageId });
    this.show(one, { state: 'done', cause: null, sent: one.record.size, file, messageId, ...unmoving });
    if (one.record.held) await this.keep(one, {});
    else await this.parts.db.remove(one.record.id).catch(() => null);
    one.source = null;
    one.resolve({ file, messageId });
    if (!one.record.held) one.release();
  }

  async fail(one, error) {
    if (this.all.get(one.record.id) !== one) return;
    // The session is over: what is kept waits for the next one.
    if (error.status === 401) return this.show(one, { state: 'waiting', cause: 'unauthenticated', ...unmoving });
    const code = error.code && typeof error.code === 'string' ? error.code : 'internal';
    if (code === 'internal') console.warn('an upload failed', error);
    const state = code === 'needs_file' ? 'paused' : 'failed';
    await this.keep(one, { state, cause: code });
    this.show(one, { state, cause: code, ...unmoving });
  }

  /** @param {string} id */
  async pause(id) {
    const one = this.all.get(id);
    if (one?.record.state !== 'waiting') return;
    one.run?.stop();
    one.run = null;
    await this.keep(one, { state: 'paused', cause: null });
    this.show(one, { state: 'paused', cause: null, ...unmoving });
    this.pump();
  }

  /** From a pause or a failure. A file that is not kept is asked for by its handle, which needs this to come from a click. @param {string} id */
  async resume(id) {
    const one = this.all.get(id);
    if (!one || !['paused', 'failed'].includes(one.record.state)) return;
    if (!one.source && one.record.handle) await one.record.handle.requestPermission?.({ mode: 'read' }).catch(() => null);
    // What was refused may have been refused for its upload's sake; what stands there is asked first in any case.
    await this.keep(one, { state: 'waiting', cause: null });
    this.show(one, { state: 'waiting', cause: null });
    this.pump();
  }

  retry(id) { return this.resume(id); }

  /** The file that was asked for. @param {string} id @param {File} file @returns {Promise<boolean>} whether it is the same one */
  async again(id, file) {
    const one = this.all.get(id);
    if (!one || !isSame(one.record.original, file)) return false;
    one.source = await this.makers.get(one.record.kind)?.(one.record, file);
    await this.resume(id);
    return true;
  }

  /** The network is back. */
  wake() {
    for (const one of this.all.values()) one.run?.wake();
    this.pump();
  }

  /** Gives it up, here and on the server; that is remembered until the server has heard it. @param {string} id */
  async cancel(id) {
    const one = this.all.get(id);
    if (!one) return;
    one.run?.stop();
    one.run = null;
    this.leave(one);
    one.reject(fault('cancelled'));
    one.release();
    await this.end({ ...one.record, state: 'ending' });
    this.pump();
  }

  async end(record) {
    const { db, tus } = this.parts;
    if (record.uploadId && record.file === undefined) {
      await db.put({ ...record, handle: null, recipe: null }).catch(() => null);
      try {
        await tus.end(record.uploadId);
      } catch (error) {
        return console.warn('an upload is not ended yet', error?.code);
      }
    }
    await db.remove(record.id).catch(() => null);
  }

  /** Nobody needs to see it any more. @param {string} id */
  async forget(id) {
    const one = this.all.get(id);
    if (one?.record.state !== 'done') return;
    this.leave(one);
    one.release();
    await this.parts.db.remove(id).catch(() => null);
  }

  /** @param {string} id @param {{tag?: any, post?: any}} fields whose it is now */
  async mark(id, fields) {
    const one = this.all.get(id);
    if (!one) return;
    await this.keep(one, fields);
    this.show(one, fields);
    this.tell();
  }

  leave(one) {
    this.all.delete(one.record.id);
    this.tell();
  }

  /** Forgets all in this tab; what is kept on the device stays for the person's next session, unless it is wiped. */
  clear() {
    this.term += 1;
    for (const one of this.all.values()) { one.run?.stop(); one.release(); }
    this.all.clear();
    this.tell();
  }
}

const isSame = (original, file) => !original || (original.name === file.name && original.size === file.size && original.lastModified === file.lastModified);
