// From an address to the person's disk, decrypted on the way where it has to be. A small file is verified whole and then handed out; a
// large one flows to where the person wants it, by the File System Access API, or through the service worker of downloads as a download
// of the browser's own. In no case is there a file of its name before all of it was verified.

import { trustedWorker } from '../core/trusted.js';
import { handOut, toFile } from '../crypto/jobs.js';

/** Up to this a file is whole on the device before the browser hears of it. */
const SMALL = 16 << 20;
/** From this on a place is asked for, where the browser can write there itself. */
const LARGE = 200 << 20;
const SCOPE = '/download/';
const READY_MS = 5000;
const ALIVE_MS = 10_000;

/** A name that is one: no folder, no control character, nothing that hides what it is. @param {string} name @param {string} [instead] */
export function safeName(name, instead = 'file') {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const clean = last.replace(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '').trim().replace(/^\.+/, '').replace(/[. ]+$/, '');
  return clean.length > 0 && clean.length <= 200 ? clean : instead;
}

/** @type {Promise<ServiceWorker | null> | null} */
let starting = null;

/** @returns {Promise<ServiceWorker | null>} null where there can be none: over plain HTTP, in some private windows */
function downloadWorker() {
  starting ??= (async () => {
    const registration = await navigator.serviceWorker.register(trustedWorker('downloads'), { scope: SCOPE, updateViaCache: 'none' });
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    if (!worker) return null;
    if (worker.state !== 'activated') {
      await new Promise((resolve, reject) => {
        worker.addEventListener('statechange', () => { if (worker.state === 'activated') resolve(undefined); else if (worker.state === 'redundant') reject(new Error('redundant')); });
        setTimeout(reject, READY_MS);
      });
    }
    return worker;
  })().catch(error => { console.warn('no downloads through a worker', error?.name); return null; });
  return starting;
}

/**
 * A port that what is written to becomes a download. The page stays where it is.
 * @param {string} name @param {number | null} size @returns {Promise<{port: MessagePort, stop: () => void} | null>}
 */
async function browserDownload(name, size) {
  const worker = 'serviceWorker' in navigator ? await downloadWorker() : null;
  if (!worker) return null;
  const { port1, port2 } = new MessageChannel();
  const id = crypto.randomUUID();
  const known = await new Promise(resolve => {
    const told = ({ data, source }) => { if (source === worker && data?.type === 'download' && data.id === id) end(true); };
    const end = is => { clearTimeout(timer); navigator.serviceWorker.removeEventListener('message', told); resolve(is); };
    const timer = setTimeout(end, READY_MS, false);
    navigator.serviceWorker.addEventListener('message', told);
    navigator.serviceWorker.startMessages();
    worker.postMessage({ type: 'download', id, name, size }, [port2]);
  });
  if (!known) return null;
  // Without a word now and then a browser puts a worker to sleep, and the download with it.
  const beat = setInterval(() => worker.postMessage({ type: 'alive' }), ALIVE_MS);
  const link = document.createElement('a');
  link.href = SCOPE + id;
  link.click();
  return { port: port1, stop: () => clearInterval(beat) };
}

/** @param {string} name @param {number} size @param {boolean} ask by a person's own click, for this file alone */
async function placeFor(name, size, ask) {
  const nothing = () => {};
  if (size <= SMALL) return { sink: /** @type {const} */ ('file'), stop: nothing };
  const pick = /** @type {any} */ (globalThis).showSaveFilePicker;
  if (pick && ask && size >= LARGE) {
    try {
      const handle = await pick({ suggestedName: name });
      // A browser makes an empty file of the name at once; where nothing comes of it, it goes again.
      return { sink: handle, stop: (isDone = false) => { if (!isDone) handle.remove?.().catch(nothing); } };
    } catch (error) {
      if (error.name === 'AbortError') throw Object.assign(new Error('cancelled'), { code: 'cancelled' });
    }
  }
  const through = await browserDownload(name, size);
  return through ? { sink: through.port, stop: through.stop } : { sink: /** @type {const} */ ('file'), stop: nothing };
}

/**
 * @param {{order: import('../crypto/jobs.js').Order, name: string, size: number, ask?: boolean}} what `size` of what comes out
 * @param {{progress?: (bytes: number) => void, stalled?: (is: boolean) => void, renew?: () => Promise<any>, signal?: AbortSignal}} how
 */
export async function download({ order, name, size, ask = false }, how) {
  const called = safeName(name);
  const { sink, stop } = await placeFor(called, size, ask);
  let isDone = false;
  try {
    const made = await toFile(/** @type {any} */ ({ ...order, size }), { ...how, sink });
    isDone = true;
    if (made) handOut(made, called);
  } finally {
    stop(isDone);
  }
}
