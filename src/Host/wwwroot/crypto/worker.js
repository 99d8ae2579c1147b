// Encrypts and decrypts away from the page: from a file or an address to a file or a download, piece by piece to whoever asks, or at
// any offset. Only a few megabytes are held at a time, whatever the size.
//
//   in   {id, op: 'seal' | 'open' | 'copy', source: Blob | {url, headers}, recipients | opener, size?, sink: 'file' | 'pull' | FileSystemFileHandle | MessagePort}
//        {id, pull} the next piece, {id, cancel}, {id, renewed} after {id, renew}
//        {id, op: 'source', file, recipients, keep} then {id, slice, offset, length}; keep: under which name it is remembered on this device
//   out  {id, header} its bytes, {id, progress} bytes of the source taken, {id, stalled}, {id, piece}, {id, done, file?}, {id, error}
//        {id, source: {size, header, salt, resumed}}, {id, slice, bytes | error}

import { fetched } from './fetched.js';
import { open, piecesOf, seal } from './format.js';
import { forgetBegun, keepBegun, keeperOf, readBegun } from './kept-seals.js';
import { damaged, same, SealError } from './layout.js';
import { sinkFor } from './sink.js';
import { SealedSource } from './source.js';

/** `asked`: how many pieces are wanted and not sent yet. @typedef {{cancelled: boolean, asked: number, wake: () => void, abort: AbortController, renewed: () => void}} Job */
/** @type {Map<number, Job>} */
const jobs = new Map();
/** @type {Map<number, {source: SealedSource, keep: string | null}>} */
const sources = new Map();
/** No more often than people can see. */
const TELL_MS = 100;

const codeOf = error => (error instanceof SealError || error.code && typeof error.code === 'string' ? error.code : error.name === 'QuotaExceededError' ? 'no_room' : 'unreadable');

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

/** @param {number} id @param {any} order @param {Job} job */
function bytesOf(id, order, job) {
  if (order.source instanceof Blob) return piecesOf(order.source);
  const renew = () => new Promise(resolve => { job.renewed = () => resolve(undefined); postMessage({ id, renew: true }); });
  return fetched(order.source, job.abort.signal, { renew, stalled: is => postMessage({ id, stalled: is }) });
}

/** @param {any} order @param {AsyncIterable<Uint8Array>} source */
async function begin(order, source) {
  if (order.op === 'copy') return { header: null, bytes: source };
  if (order.op === 'seal') return seal(source, order.recipients);
  // The file that its metadata is of, and no other.
  return open(source, async header => {
    if (order.salt && !same(header.salt, order.salt)) throw damaged();
    return order.opener;
  });
}

/** @param {number} id @param {any} order */
async function run(id, order) {
  const job = { cancelled: false, asked: 0, wake: () => {}, abort: new AbortController(), renewed: () => {} };
  jobs.set(id, job);
  const source = watched(bytesOf(id, order, job), job, id);
  let sink = /** @type {import('./sink.js').Sink | null} */ (null);
  try {
    const { header, bytes } = await begin(order, source);
    if (header) postMessage({ id, header: header.bytes });
    if (order.sink === 'pull') {
      for await (const piece of bytes) {
        while (job.asked === 0 && !job.cancelled) await new Promise(resolve => { job.wake = () => resolve(undefined); });
        if (job.cancelled) return;
        job.asked -= 1;
        /** @type {any} */ (self).postMessage({ id, piece }, piece.byteOffset === 0 && piece.byteLength === piece.buffer.byteLength && piece !== header?.bytes ? [piece.buffer] : []);
      }
      postMessage({ id, done: true });
    } else {
      const to = await sinkFor(order.sink);
      sink = to;
      let written = 0;
      for await (const piece of bytes) {
        // Before it is written: a piece that is handed on is not here any more.
        written += piece.length;
        await to.write(piece);
      }
      // What the metadata says is what there must be, before it has its name.
      if (order.size !== undefined && written !== order.size) throw damaged();
      postMessage({ id, done: true, file: await to.close() });
    }
  } catch (error) {
    job.abort.abort();
    await sink?.abort().catch(() => null);
    if (!sink && order.sink instanceof MessagePort) order.sink.postMessage({ error: true });
    if (!job.cancelled) postMessage({ id, error: codeOf(error) });
  } finally {
    jobs.delete(id);
  }
}

/** @param {number} id @param {any} order */
async function makeSource(id, { file, recipients, keep }) {
  try {
    const known = keep ? await readBegun(keep).catch(() => null) : null;
    // Whoever goes on has no new recipients: what was begun is not here any more, and nothing else may take its place.
    if (!known && !recipients) throw Object.assign(new Error('nothing was begun'), { code: 'file_changed' });
    const source = known
      ? await SealedSource.resume(file, known.begun, keeperOf(keep), known.marks, progress => postMessage({ id, progress }))
      : await SealedSource.begin(file, recipients, keep ? keeperOf(keep) : undefined);
    if (keep && !known) await keepBegun(keep, source.begun).catch(() => { source.keep = async () => {}; });
    sources.set(id, { source, keep: keep ?? null });
    postMessage({ id, source: { size: source.size, header: source.begun.header, salt: source.begun.salt, resumed: Boolean(known) } });
  } catch (error) {
    postMessage({ id, error: codeOf(error) });
  }
}

/** @param {number} id @param {any} order */
async function slice(id, { slice: n, offset, length }) {
  try {
    const bytes = await /** @type {any} */ (sources.get(id)).source.slice(offset, length);
    /** @type {any} */ (self).postMessage({ id, slice: n, bytes }, [bytes.buffer]);
  } catch (error) {
    postMessage({ id, slice: n, error: codeOf(error) });
  }
}

addEventListener('message', ({ data }) => {
  const job = jobs.get(data.id);
  if (data.op === 'source') makeSource(data.id, data);
  else if (data.op === 'forget') forgetBegun(data.keep).catch(() => null);
  else if (data.op) run(data.id, data);
  else if (data.slice !== undefined) slice(data.id, data);
  else if (data.drop) {
    const dropped = sources.get(data.id);
    sources.delete(data.id);
    if (dropped?.keep && data.drop === 'forget') forgetBegun(dropped.keep).catch(() => null);
  } else if (!job) return;
  else if (data.renewed) job.renewed();
  else if (data.cancel) {
    job.cancelled = true;
    job.abort.abort();
    job.wake();
  } else if (data.pull) {
    job.asked += 1;
    job.wake();
  }
});
