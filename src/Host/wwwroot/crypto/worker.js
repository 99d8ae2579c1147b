// Encrypts and decrypts away from the page: from a file or an address to a file, or piece by piece to whoever asks. Only a few
// megabytes are held at a time, whatever the size.
//
//   in   {id, op: 'seal' | 'open', source: Blob | {url, headers}, recipients | opener, sink: 'file' | 'pull' | FileSystemFileHandle}
//        {id, pull} the next piece, {id, cancel}
//   out  {id, header} its bytes, {id, progress} bytes of the source taken, {id, piece}, {id, done, file?}, {id, error}

import { open, piecesOf, seal } from './format.js';
import { SealError } from './layout.js';
import { sinkFor } from './sink.js';

/** `asked`: how many pieces are wanted and not sent yet. @typedef {{cancelled: boolean, asked: number, wake: () => void, abort: AbortController}} Job */
/** @type {Map<number, Job>} */
const jobs = new Map();
/** No more often than people can see. */
const TELL_MS = 100;

/** @param {{url: string, headers?: Record<string, string>}} from @param {AbortSignal} signal */
async function* fetched(from, signal) {
  const answer = await fetch(from.url, { headers: from.headers, credentials: 'same-origin', signal, cache: 'no-store' });
  if (!answer.ok || !answer.body) throw Object.assign(new Error(String(answer.status)), { code: answer.status === 404 ? 'not_found' : answer.status === 410 ? 'gone' : 'network', status: answer.status });
  const reader = answer.body.getReader();
  for (let one = await reader.read(); !one.done; one = await reader.read()) yield one.value;
}

/** @param {AsyncIterable<Uint8Array>} source @param {Job} job @param {number} id */
async function* watched(source, job, id) {
  let taken = 0;
  let told = 0;
  for await (const piece of source) {
    if (job.cancelled) throw Object.assign(new Error('cancelled'), { code: 'cancelled' });
    taken += piece.length;
    const now = performance.now();
    if (now - told > TELL_MS) {
      told = now;
      postMessage({ id, progress: taken });
    }
    yield piece;
  }
  postMessage({ id, progress: taken });
}

/** @param {number} id @param {any} order */
async function run(id, order) {
  const job = { cancelled: false, asked: 0, wake: () => {}, abort: new AbortController() };
  jobs.set(id, job);
  const raw = order.source instanceof Blob ? piecesOf(order.source) : fetched(order.source, job.abort.signal);
  const source = watched(raw, job, id);
  let sink = /** @type {import('./sink.js').Sink | null} */ (null);
  try {
    const { header, bytes } = order.op === 'seal' ? await seal(source, order.recipients) : await open(source, order.opener);
    postMessage({ id, header: header.bytes });
    if (order.sink === 'pull') {
      for await (const piece of bytes) {
        while (job.asked === 0 && !job.cancelled) await new Promise(resolve => { job.wake = () => resolve(undefined); });
        if (job.cancelled) return;
        job.asked -= 1;
        /** @type {any} */ (self).postMessage({ id, piece }, piece.byteOffset === 0 && piece.byteLength === piece.buffer.byteLength && piece !== header.bytes ? [piece.buffer] : []);
      }
      postMessage({ id, done: true });
    } else {
      const to = await sinkFor(order.sink);
      sink = to;
      for await (const piece of bytes) await to.write(piece);
      postMessage({ id, done: true, file: await to.close() });
    }
  } catch (error) {
    await sink?.abort().catch(() => null);
    if (!job.cancelled) postMessage({ id, error: error instanceof SealError || error.code ? error.code : error.name === 'QuotaExceededError' ? 'no_room' : 'unreadable' });
  } finally {
    jobs.delete(id);
  }
}

addEventListener('message', ({ data }) => {
  const job = jobs.get(data.id);
  if (data.op) run(data.id, data);
  else if (!job) return;
  else if (data.cancel) {
    job.cancelled = true;
    job.abort.abort();
    job.wake();
  } else if (data.pull) {
    job.asked += 1;
    job.wake();
  }
});
