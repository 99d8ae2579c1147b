// Where decrypted and encrypted bytes go: the file that the person chose, or one of the browser's own that is then given to them.
// In neither case is there anything under its final name before all of it was verified.

const PREFIX = 'seal-';
const DAY_MS = 86_400_000;
/** Without a file system of its own, a browser keeps pieces of this size as blobs, which it puts on disk itself. */
const PIECE = 16 << 20;

/** @typedef {{write: (bytes: Uint8Array) => Promise<void>, close: () => Promise<Blob | null>, abort: () => Promise<void>}} Sink */

/** @param {FileSystemFileHandle} handle it has what was written only once it is closed @returns {Promise<Sink>} */
async function toHandle(handle) {
  const stream = await handle.createWritable();
  return {
    write: bytes => stream.write(/** @type {any} */ (bytes)),
    async close() { await stream.close(); return null; },
    abort: () => stream.abort(),
  };
}

/** @returns {Promise<Sink>} */
async function toOwnFile() {
  const root = await navigator.storage.getDirectory();
  await clean(root);
  const name = `${PREFIX}${Date.now()}-${crypto.randomUUID()}`;
  const handle = await root.getFileHandle(name, { create: true });
  const file = await /** @type {any} */ (handle).createSyncAccessHandle();
  let at = 0;
  return {
    async write(bytes) { at += file.write(bytes, { at }); },
    async close() {
      file.flush();
      file.close();
      return handle.getFile();
    },
    async abort() {
      file.close();
      await root.removeEntry(name);
    },
  };
}

/** What was handed out a day ago has long been saved. @param {FileSystemDirectoryHandle} root */
async function clean(root) {
  for await (const name of /** @type {any} */ (root).keys()) {
    if (name.startsWith(PREFIX) && Date.now() - Number(name.split('-')[1]) > DAY_MS) await root.removeEntry(name).catch(() => null);
  }
}

/** @returns {Sink} */
function toBlob() {
  let whole = new Blob([]);
  let parts = /** @type {any[]} */ ([]);
  let held = 0;
  const fold = () => {
    whole = new Blob([whole, ...parts]);
    parts = [];
    held = 0;
  };
  return {
    async write(bytes) {
      parts.push(bytes);
      held += bytes.length;
      if (held > PIECE) fold();
    },
    async close() { fold(); return whole; },
    async abort() { parts = []; whole = new Blob([]); },
  };
}

/**
 * To the service worker, which answers a download of the browser's own with it: piece by piece, each when it is asked for.
 * The download has its name only once the end was told; told of an error, the browser throws it away.
 * @param {MessagePort} port @returns {Sink}
 */
function toPort(port) {
  let asked = 0;
  let stopped = false;
  let wake = () => {};
  port.onmessage = ({ data }) => {
    if (data.pull) asked += 1;
    if (data.cancel) stopped = true;
    wake();
  };
  return {
    async write(bytes) {
      while (asked === 0 && !stopped) await new Promise(resolve => { wake = () => resolve(undefined); });
      if (stopped) throw Object.assign(new Error('cancelled'), { code: 'cancelled' });
      asked -= 1;
      const own = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
      port.postMessage({ bytes: own }, [own.buffer]);
    },
    async close() { port.postMessage({ end: true }); return null; },
    async abort() { port.postMessage({ error: true }); },
  };
}

/** @param {'file' | FileSystemFileHandle | MessagePort} wanted @returns {Promise<Sink>} */
export async function sinkFor(wanted) {
  if (wanted instanceof MessagePort) return toPort(wanted);
  if (wanted !== 'file') return toHandle(wanted);
  return toOwnFile().catch(() => toBlob());
}
