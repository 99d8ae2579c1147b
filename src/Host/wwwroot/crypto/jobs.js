// The page's side of the worker: one worker, made when it is first wanted (or at once, where nothing may be loaded later).

import { trustedWorker } from '../core/trusted.js';
import { SealError } from './layout.js';

/** @type {Worker | null} */
let worker = null;
let last = 0;
/** @type {Map<number, (message: any) => void>} */
const waiting = new Map();

/** @param {'seal' | 'local'} [which] */
export function startWorker(which = 'seal') {
  if (worker) return worker;
  worker = new Worker(trustedWorker(which), { type: 'module' });
  worker.addEventListener('message', ({ data }) => waiting.get(data.id)?.(data));
  worker.addEventListener('error', () => { for (const tell of [...waiting.values()]) tell({ error: 'unreadable' }); });
  return worker;
}

const errorOf = code => (code === 'damaged_file' || code === 'newer_version' ? new SealError(code) : Object.assign(new Error(code), { code }));

/** @typedef {Blob | {url: string, headers?: Record<string, string>, tag?: string | null}} From */
/** `size`: how much has to come out; `salt`: of the file that it has to be. @typedef {{op: 'seal', source: Blob, recipients: import('./header.js').Recipient[]} | {op: 'open', source: From, opener: import('./header.js').Opener, salt?: Uint8Array, size?: number} | {op: 'copy', source: From, size?: number}} Order */

/**
 * From a file (or an address) to a file. `sink` is where the person wants it, or `file` for one of the browser's own, which is answered.
 * @param {Order} order
 * @param {{sink?: 'file' | FileSystemFileHandle | MessagePort, progress?: (bytes: number) => void, stalled?: (is: boolean) => void, renew?: () => Promise<any>, signal?: AbortSignal}} [options] `renew` the login, while a long download waits
 * @returns {Promise<Blob | null>}
 */
export function toFile(order, { sink = 'file', progress = () => {}, stalled = () => {}, renew = async () => {}, signal } = {}) {
  const id = ++last;
  return new Promise((resolve, reject) => {
    const end = () => { waiting.delete(id); signal?.removeEventListener('abort', cancel); };
    const cancel = () => {
      end();
      worker?.postMessage({ id, cancel: true });
      reject(errorOf('cancelled'));
    };
    waiting.set(id, message => {
      if (message.progress !== undefined) progress(message.progress);
      else if (message.stalled !== undefined) stalled(message.stalled);
      else if (message.renew) renew().catch(() => null).then(() => worker?.postMessage({ id, renewed: true }));
      else if (message.done) { end(); resolve(message.file ?? null); }
      else if (message.error) { end(); reject(errorOf(message.error)); }
    });
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) return cancel();
    startWorker().postMessage({ id, ...order, sink }, sink instanceof MessagePort ? [sink] : []);
  });
}

/**
 * Piece by piece, each made when it is asked for: for uploads.
 * @param {Order} order @returns {{header: Promise<Uint8Array>, pieces: AsyncGenerator<Uint8Array>}}
 */
export function toPieces(order) {
  const id = ++last;
  /** @type {any[]} */
  const come = [];
  let wake = () => {};
  let headerCame = /** @type {(bytes: Uint8Array) => void} */ (() => {});
  let headerFailed = /** @type {(error: any) => void} */ (() => {});
  const header = new Promise((resolve, reject) => { headerCame = resolve; headerFailed = reject; });
  header.catch(() => null);
  waiting.set(id, message => {
    if (message.header) headerCame(message.header);
    else if (message.progress === undefined) {
      if (message.error) headerFailed(errorOf(message.error));
      come.push(message);
      wake();
    }
  });
  startWorker().postMessage({ id, ...order, sink: 'pull' });
  async function* pieces() {
    try {
      await header;
      for (;;) {
        worker?.postMessage({ id, pull: true });
        while (come.length === 0) await new Promise(resolve => { wake = () => resolve(undefined); });
        const message = come.shift();
        if (message.error) throw errorOf(message.error);
        if (message.done) return;
        yield message.piece;
      }
    } finally {
      waiting.delete(id);
      worker?.postMessage({ id, cancel: true });
    }
  }
  return { header: /** @type {Promise<Uint8Array>} */ (header), pieces: pieces() };
}

/**
 * A file as ciphertext that can be read at any offset, for an upload that goes on after a cut. With `keep`, a name that is this file's and
 * these recipients' alone, it goes on after a reload too, under the same key, if the file is provably the same.
 * @typedef {{size: number, header: Uint8Array, salt: Uint8Array, resumed: boolean, slice: (offset: number, length: number) => Promise<Uint8Array>, close: (how?: 'forget' | 'keep') => void}} Sealed
 * @param {Blob} file @param {import('./header.js').Recipient[] | null} recipients null: only goes on with what was begun @param {{keep?: string | null, progress?: (bytes: number) => void}} [options] @returns {Promise<Sealed>}
 */
export function sealedSource(file, recipients, { keep = null, progress = () => {} } = {}) {
  const id = ++last;
  let n = 0;
  /** @type {Map<number, {resolve: (bytes: Uint8Array) => void, reject: (error: any) => void}>} */
  const slices = new Map();
  return new Promise((resolve, reject) => {
    const close = (how = 'forget') => {
      waiting.delete(id);
      worker?.postMessage({ id, drop: how });
      for (const one of slices.values()) one.reject(errorOf('cancelled'));
    };
    const slice = (offset, length) => new Promise((done, failed) => {
      const which = ++n;
      slices.set(which, { resolve: done, reject: failed });
      worker?.postMessage({ id, slice: which, offset, length });
    });
    waiting.set(id, message => {
      const asked = slices.get(message.slice);
      if (message.progress !== undefined) progress(message.progress);
      else if (message.source) resolve({ ...message.source, slice, close });
      else if (asked) {
        slices.delete(message.slice);
        if (message.error) asked.reject(errorOf(message.error));
        else asked.resolve(message.bytes);
      } else if (message.error) {
        waiting.delete(id);
        reject(errorOf(message.error));
      }
    });
    startWorker().postMessage({ id, op: 'source', file, recipients, keep });
  });
}

/** What was kept of an upload that is done or given up. @param {string} keep */
export const forgetSealed = keep => startWorker().postMessage({ op: 'forget', keep });

/** Gives a file to the person as a download. @param {Blob} file @param {string} name */
export function handOut(file, name) {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser copies it in its own time.
  setTimeout(() => URL.revokeObjectURL(address), 600_000);
}

/** Above this a file goes straight to where the person wants it, where the browser can do that. */
const LARGE = 200 << 20;

/** To be called by a person's own click. @param {string} name @param {number} size @returns {Promise<'file' | FileSystemFileHandle>} */
export async function chooseSink(name, size) {
  const pick = /** @type {any} */ (globalThis).showSaveFilePicker;
  if (!pick || size < LARGE) return 'file';
  try {
    return await pick({ suggestedName: name });
  } catch (error) {
    if (error.name === 'AbortError') throw errorOf('cancelled');
    return 'file';
  }
}
