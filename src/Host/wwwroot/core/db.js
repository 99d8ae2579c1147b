// A small key-value face on IndexedDB. Where it is not available (some private windows), memory stands in for the outbox,
// which then lives as long as the tab.

const NAME = 'chat';
/** What begun encrypted uploads need to go on (crypto/kept-seals.js); it goes when all goes. */
const SEALS = 'chat-seals';
const VERSION = 3;
/** @type {Promise<IDBDatabase | null> | null} */
let opening = null;
const memory = new Map();

function open() {
  opening ??= new Promise(resolve => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const stores = request.result.objectStoreNames;
      if (!stores.contains('outbox')) request.result.createObjectStore('outbox', { keyPath: 'clientId' });
      if (!stores.contains('kept')) request.result.createObjectStore('kept');
      if (!stores.contains('uploads')) request.result.createObjectStore('uploads', { keyPath: 'id' });
      if (!stores.contains('bytes')) request.result.createObjectStore('bytes');
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opening = null; };
      request.result.onclose = () => { opening = null; };
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
  return opening;
}

/**
 * @param {'outbox' | 'kept' | 'uploads' | 'bytes'} name @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => (IDBRequest | void)} act @returns {Promise<any>} once it is committed
 */
async function run(name, mode, act) {
  const db = await open();
  if (!db) return null;
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(name, mode);
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

/** What the outbox needs of a store; tests pass their own. */
export const outboxDb = {
  async put(entry) {
    memory.set(entry.clientId, entry);
    await run('outbox', 'readwrite', store => store.put(entry));
  },
  async remove(clientId) {
    memory.delete(clientId);
    await run('outbox', 'readwrite', store => store.delete(clientId));
  },
  async all() {
    return (await run('outbox', 'readonly', store => store.getAll())) ?? [...memory.values()];
  },
};

/** What is kept to be read without a network: values by key, several in one transaction. */
export const keptDb = {
  /** @returns {Promise<Map<string, any>>} */
  async all() {
    const entries = new Map();
    await run('kept', 'readonly', store => {
      store.openCursor().onsuccess = event => {
        const cursor = /** @type {any} */ (event.target).result;
        if (!cursor) return;
        entries.set(cursor.key, cursor.value);
        cursor.continue();
      };
    });
    return entries;
  },
  /** @param {Map<string, any>} puts @param {string[]} [removes] */
  async write(puts, removes = []) {
    await run('kept', 'readwrite', store => {
      for (const [key, value] of puts) store.put(value, key);
      for (const key of removes) store.delete(key);
    });
  },
  async clear() {
    await run('kept', 'readwrite', store => store.clear());
  },
};

/** Uploads that are not through, and apart from them their bytes, so that what is noted of an upload never copies them again. */
export const uploadsDb = {
  async all() { return await run('uploads', 'readonly', store => store.getAll()) ?? []; },
  async put(record) { await run('uploads', 'readwrite', store => store.put(record)); },
  async get(id) { return await run('uploads', 'readonly', store => store.get(id)) ?? null; },
  async putBytes(id, file) { await run('bytes', 'readwrite', store => store.put(file, id)); },
  async bytes(id) { return await run('bytes', 'readonly', store => store.get(id)) ?? null; },
  async remove(id) {
    await run('bytes', 'readwrite', store => store.delete(id));
    await run('uploads', 'readwrite', store => store.delete(id));
  },
};

/** @returns {Promise<void>} resolved also when another tab holds the database open: it is deleted when that one closes */
export async function wipeDb() {
  memory.clear();
  const db = await opening?.catch(() => null);
  db?.close();
  opening = null;
  await Promise.all([NAME, SEALS].map(name => new Promise(resolve => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve(undefined);
  })));
}
