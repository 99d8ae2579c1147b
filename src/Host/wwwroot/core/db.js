// A small key-value face on IndexedDB. Where it is not available (private windows), memory stands in and the outbox
// lives as long as the tab.

const NAME = 'chat';
/** @type {Promise<IDBDatabase | null> | null} */
let opening = null;
const memory = new Map();

function open() {
  opening ??= new Promise(resolve => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('outbox', { keyPath: 'clientId' });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
  return opening;
}

async function run(mode, act) {
  const db = await open();
  if (!db) return null;
  return new Promise((resolve, reject) => {
    const transaction = db.transaction('outbox', mode);
    const request = act(transaction.objectStore('outbox'));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

/** What the outbox needs of a store; tests pass their own. */
export const outboxDb = {
  async put(entry) {
    memory.set(entry.clientId, entry);
    await run('readwrite', store => store.put(entry));
  },
  async remove(clientId) {
    memory.delete(clientId);
    await run('readwrite', store => store.delete(clientId));
  },
  async all() {
    return (await run('readonly', store => store.getAll())) ?? [...memory.values()];
  },
};

/** @returns {Promise<void>} resolved also when another tab holds the database open: it is deleted when that one closes */
export async function wipeDb() {
  memory.clear();
  const db = await opening?.catch(() => null);
  db?.close();
  opening = null;
  await new Promise(resolve => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = () => resolve(undefined);
  });
}
