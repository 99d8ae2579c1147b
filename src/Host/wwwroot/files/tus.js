// What is said to the server in a resumable upload: tus 1.0.0 (tus.io/protocols/resumable-upload) with creation, checksum,
// termination. Knows no state; each function is one request, or one and its repeat after the session was renewed.

import { ApiError, BASE, get, renewing } from '../core/api.js';

/** So long nothing moves before a connection counts as cut: browsers themselves wait for minutes. */
const STALLED_MS = 30_000;
/** Once all has left, the server may have a large file to look through before it answers. */
const ANSWER_MS = 90_000;

/**
 * @typedef {{method: string, path: string, headers: Record<string, string>, body?: any, signal?: AbortSignal, sent?: (bytes: number) => void}} Sending
 * @typedef {{status: number, header: (name: string) => string | null, text: string}} Answer
 */

/** XMLHttpRequest, since it alone tells how much of a body has left. @param {Sending} what @returns {Promise<Answer>} */
export function sendByXhr({ method, path, headers, body, signal, sent }) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new DOMException('stopped', 'AbortError'));
    const request = new XMLHttpRequest();
    let timer;
    const alive = (ms = STALLED_MS) => { clearTimeout(timer); timer = setTimeout(() => { request.abort(); end(() => reject(new ApiError(0, 'network', { detail: 'nothing moves' }))); }, ms); };
    const stop = () => { request.abort(); end(() => reject(new DOMException('stopped', 'AbortError'))); };
    // Once the network is gone nothing of it comes back; the browser itself may take a minute to say so.
    const lost = () => { request.abort(); end(() => reject(new ApiError(0, 'network', { detail: 'offline' }))); };
    const end = run => { clearTimeout(timer); signal?.removeEventListener('abort', stop); removeEventListener('offline', lost); run(); };
    request.open(method, BASE + path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = event => { alive(); sent?.(event.loaded); };
    request.upload.onload = () => alive(ANSWER_MS);
    request.onload = () => end(() => resolve({ status: request.status, header: name => request.getResponseHeader(name), text: request.responseText }));
    request.onerror = () => end(() => reject(new ApiError(0, 'network', { detail: 'the connection was cut' })));
    signal?.addEventListener('abort', stop);
    addEventListener('offline', lost);
    alive(body ? STALLED_MS : ANSWER_MS);
    // As a blob the bytes leave this process once, and nobody else has to hold them.
    request.send(body instanceof Uint8Array ? new Blob([/** @type {any} */ (body)]) : body ?? null);
  });
}

/** HEAD has no body that would name what is wrong. */
const CODES = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found', 409: 'conflict', 410: 'gone', 413: 'quota_exceeded', 429: 'rate_limited', 460: 'checksum_mismatch', 507: 'insufficient_storage' };

/** @param {Answer} answer @returns {ApiError} */
function refusal({ status, header, text }) {
  /** @type {any} */
  let problem = null;
  try { problem = JSON.parse(text); } catch { /* the status tells enough */ }
  const wait = Number(header('retry-after'));
  return new ApiError(status, problem?.code ?? CODES[status] ?? (status >= 500 ? 'unavailable' : 'internal'), problem, wait > 0 ? wait * 1000 : undefined);
}

const base64 = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** @param {Record<string, string | undefined>} fields */
export const metadata = fields => Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `${name} ${base64(value)}`).join(',');

export class Tus {
  /** @param {{send?: (what: Sending) => Promise<Answer>, renew?: typeof renewing, look?: (path: string) => Promise<any>}} [parts] tests bring their own */
  constructor({ send = sendByXhr, renew = renewing, look = get } = {}) {
    this.send = send;
    this.renew = renew;
    this.look = look;
  }

  /** @param {Omit<Sending, 'headers'> & {headers?: Record<string, string>}} what @returns {Promise<Answer>} */
  ask(what) {
    return this.renew(async () => {
      const answer = await this.send({ ...what, headers: { 'Tus-Resumable': '1.0.0', ...what.headers } });
      if (answer.status >= 200 && answer.status < 300) return answer;
      throw refusal(answer);
    });
  }

  /**
   * @param {{name: string, type: string, size: number, to: {roomId?: string, recipientId?: string, clientId?: string}}} upload @param {AbortSignal} [signal]
   * @returns {Promise<string>} the upload's id
   */
  async create({ name, type, size, to }, signal) {
    const answer = await this.ask({
      method: 'POST', path: '/uploads', signal,
      headers: { 'Upload-Length': String(size), 'Upload-Metadata': metadata({ filename: name, filetype: type, roomId: to.roomId, recipientId: to.recipientId, clientId: to.clientId }) },
    });
    const id = (answer.header('location') ?? '').split('/').at(-1);
    if (!id) throw new ApiError(answer.status, 'internal');
    return id;
  }

  /** @param {string} id @param {AbortSignal} [signal] @returns {Promise<number>} bytes that the server holds for certain */
  async offset(id, signal) {
    return this.offsetOf(await this.ask({ method: 'HEAD', path: `/uploads/${id}`, signal }));
  }

  /**
   * @param {string} id @param {number} offset @param {Blob | Uint8Array} body @param {{sum?: string | null, signal?: AbortSignal, sent?: (bytes: number) => void}} [how]
   *   `sum`: SHA-256 of the piece in base64, by which the server keeps it whole or not at all
   * @returns {Promise<number>} the offset after it
   */
  async append(id, offset, body, { sum, signal, sent } = {}) {
    const headers = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), ...(sum ? { 'Upload-Checksum': `sha256 ${sum}` } : {}) };
    return this.offsetOf(await this.ask({ method: 'PATCH', path: `/uploads/${id}`, headers, body, signal, sent }));
  }

  /** What is not there is ended as well. @param {string} id */
  async end(id) {
    try {
      await this.ask({ method: 'DELETE', path: `/uploads/${id}` });
    } catch (error) {
      if (error.status !== 404 && error.status !== 410) throw error;
    }
  }

  /** @param {string} id @returns {Promise<{isComplete: boolean, file: import('../core/types.js').FileView | null, messageId: string | null}>} what became of it */
  result(id) { return this.look(`/uploads/${id}`); }

  /** @param {Answer} answer */
  offsetOf(answer) {
    const text = answer.header('upload-offset') ?? '';
    if (!/^\d+$/.test(text)) throw new ApiError(answer.status, 'unavailable');
    return Number(text);
  }
}
