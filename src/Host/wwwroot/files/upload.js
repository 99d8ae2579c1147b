// The way of one upload from its first byte to its file: asks the server where it stands after whatever went wrong, goes on
// from there, and tells what cannot be helped. Knows neither a database nor other uploads.

import { Rate } from './rate.js';

/** A piece takes some seconds: small enough that a cut costs little, large enough that requests do not. */
const [LEAST, FIRST, MOST] = [256 * 1024, 1024 * 1024, 16 * 1024 * 1024];
const PIECE_SECONDS = 3;
const [BACK_OFF_MS, LONGEST_MS] = [600, 30_000];
/** So often in a row without a byte of progress the same refusal counts as final. */
const PATIENCE = 5;
/** The outcome is not known, or it is only a matter of time. */
const AGAIN = new Set(['network', 'timeout', 'unavailable', 'rate_limited', 'locked_out']);

export const stopped = error => error?.name === 'AbortError';
/** @param {string} code @param {any} [more] */
export const fault = (code, more = {}) => Object.assign(new Error(code), { code, ...more });

/** A wait that a word of the network, or the end of the upload, cuts short. @param {number} ms @param {AbortSignal} signal @param {Set<() => void>} wakers @returns {Promise<void>} */
export function restFor(ms, signal, wakers) {
  return new Promise((resolve, reject) => {
    const end = run => { clearTimeout(timer); wakers.delete(wake); signal.removeEventListener('abort', stop); run(); };
    const wake = () => end(resolve);
    const stop = () => end(() => reject(new DOMException('stopped', 'AbortError')));
    const timer = setTimeout(wake, ms);
    wakers.add(wake);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}

/** In base64; null over plain HTTP, where browsers do not reckon. @param {Uint8Array} bytes */
async function sumOf(bytes) {
  if (!globalThis.crypto?.subtle) return null;
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', /** @type {any} */ (bytes)));
  return btoa(String.fromCharCode(...sum));
}

/** A piece of a file on disk may take long, and may fail once that file was changed. */
async function read(source, offset, length) {
  try {
    const piece = await source.slice(offset, length);
    const bytes = piece instanceof Uint8Array ? piece : new Uint8Array(await piece.arrayBuffer());
    if (bytes.length !== length) throw fault('unreadable');
    return bytes;
  } catch (error) {
    if (error.code === 'unreadable' || !['NotReadableError', 'NotFoundError'].includes(error.name)) throw error;
    throw fault('unreadable');
  }
}

export class Upload {
  /**
   * @param {{record: any, source: any, tus: import('./tus.js').Tus, changed: (shown: object) => void, keep: (fields: object) => Promise<void>,
   *   rest?: typeof restFor, now?: () => number, random?: () => number, sum?: typeof sumOf}} parts
   *   `keep`: what has to outlive the tab; `changed`: what is shown
   */
  constructor({ record, source, tus, changed, keep, rest = restFor, now, random = Math.random, sum = sumOf }) {
    this.record = record;
    this.source = source;
    this.tus = tus;
    this.changed = changed;
    this.keep = keep;
    this.rest = rest;
    this.random = random;
    this.sum = sum;
    this.rate = new Rate(now);
    this.clock = now ?? (() => performance.now());
    this.abort = new AbortController();
    /** @type {Set<() => void>} */
    this.wakers = new Set();
    this.offset = 0;
    this.piece = FIRST;
    this.tries = 0;
    this.restarts = 0;
  }

  stop() { this.abort.abort(); }

  /** The network is back: whoever waits tries at once. */
  wake() { for (const one of [...this.wakers]) one(); }

  /** @returns {Promise<{file: any, messageId: string | null}>} throws an AbortError when stopped, otherwise what cannot be helped */
  async run() {
    const { signal } = this.abort;
    /** Where the upload stands is asked whenever that is not certain. */
    let certain = false;
    for (;;) {
      try {
        if (!this.record.uploadId) {
          await this.keep({ uploadId: await this.tus.create(this.record, signal) });
          this.stand(0);
          certain = true;
        }
        if (!certain) this.stand(await this.tus.offset(this.record.uploadId, signal));
        certain = true;
        while (this.offset < this.record.size) await this.append(signal);
        const { isComplete, file, messageId } = await this.tus.result(this.record.uploadId);
        // All bytes are there, and the server could not make a file of them: an append without any tries that once more.
        if (!isComplete) { await this.tus.append(this.record.uploadId, this.offset, new Uint8Array(0), { signal }); continue; }
        return { file, messageId };
      } catch (error) {
        certain = false;
        await this.recover(error);
      }
    }
  }

  /** @param {number} offset which the server has told */
  stand(offset) {
    if (offset > this.offset) this.tries = 0;
    this.offset = offset;
    this.rate.begin(offset);
    this.show(offset, { state: 'running', cause: null, retryAt: null });
  }

  async append(signal) {
    const length = Math.min(this.piece, this.record.size - this.offset);
    const bytes = await read(this.source, this.offset, length);
    signal.throwIfAborted();
    const sum = await this.sum(bytes);
    const began = this.clock();
    const offset = await this.tus.append(this.record.uploadId, this.offset, bytes, { sum, signal, sent: count => this.show(this.offset + Math.min(count, length)) });
    const seconds = Math.max(0.001, (this.clock() - began) / 1000);
    this.piece = Math.round(Math.max(LEAST, Math.min(MOST, this.piece * 4, length / seconds * PIECE_SECONDS)));
    this.tries = 0;
    this.offset = offset;
    this.show(offset);
  }

  /** @param {number} sent @param {object} [more] */
  show(sent, more = {}) {
    this.rate.note(sent);
    this.changed({ sent, speed: this.rate.speed, secondsLeft: this.rate.secondsLeft(this.record.size), ...more });
  }

  /** Waits where that helps, begins anew where the server has forgotten, and throws on what is final. @param {any} error */
  async recover(error) {
    if (stopped(error)) throw error;
    const gone = this.record.uploadId && (error.status === 404 || error.status === 410);
    if (gone && this.restarts++ < 2) {
      this.offset = 0;
      await this.keep({ uploadId: null, again: true });
      return this.changed({ sent: 0, speed: null, secondsLeft: null, again: true });
    }
    // Another offset, or bytes that arrived as others: asked where it stands it goes on, unless that leads nowhere.
    const soon = error.code === 'conflict' || error.code === 'checksum_mismatch' || error.status === 408;
    if ((!soon && !AGAIN.has(error.code)) || (soon && this.tries >= PATIENCE)) throw error;
    const wait = Math.max(error.retryAfterMs ?? 0, Math.min(LONGEST_MS, BACK_OFF_MS * 2 ** this.tries) * (0.5 + this.random() / 2));
    this.tries += 1;
    this.piece = Math.max(LEAST, Math.round(this.piece / 2));
    if (soon && this.tries === 1) return;
    this.changed({ sent: this.offset, speed: null, secondsLeft: null, state: 'waiting', cause: error.code, retryAt: Date.now() + wait });
    await this.rest(wait, this.abort.signal, this.wakers);
  }
}
