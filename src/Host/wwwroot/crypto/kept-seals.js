// What is kept of uploads that are being encrypted, so that they go on after a reload: on this device only, and gone with the session.

import { MARK } from './source.js';

export const SEALS = 'chat-seals';
/** Older ones are not gone on with: the server has let go of them too. */
const KEPT_MS = 7 * 86_400_000;

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(SEALS, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('begun');
      request.result.createObjectStore('marks');
      request.result.createObjectStore('drafts');
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opening = null; };
      resolve(request.result);
    };
    request.onerror = request.onblocked = () => { opening = null; reject(request.error ?? new Error('blocked')); };
  });
  return opening;
}

/** @param {IDBTransactionMode} mode @param {(begun: IDBObjectStore, marks: IDBObjectStore, drafts: IDBObjectStore) => (IDBRequest | void)} act @returns {Promise<any>} once it is durable */
async function run(mode, act) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(['begun', 'marks', 'drafts'], mode, { durability: 'strict' });
    const request = act(transaction.objectStore('begun'), transaction.objectStore('marks'), transaction.objectStore('drafts'));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

const ALGORITHM = 'AES-GCM';

/** What is to be sent once its files are there. It may hold a link's secret, so it is kept under a key that cannot be taken out. @param {string} id @param {any} draft */
export async function keepDraft(id, draft) {
  const key = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ['encrypt', 'decrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: ALGORITHM, iv }, key, new TextEncoder().encode(JSON.stringify(draft)));
  await run('readwrite', (_, __, store) => store.put({ key, iv, sealed, at: Date.now() }, id));
}

/** @returns {Promise<any[]>} in the order in which they were begun */
export async function readDrafts() {
  const kept = await run('readonly', (_, __, store) => store.getAll());
  const fresh = kept.filter(one => Date.now() - one.at < KEPT_MS).sort((a, b) => a.at - b.at);
  return Promise.all(fresh.map(async ({ key, iv, sealed }) => JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: ALGORITHM, iv }, key, sealed)))));
}

/** @param {string} id */
export const forgetDraft = id => run('readwrite', (_, __, store) => store.delete(id));

const marksOf = id => IDBKeyRange.bound([id], [id, []]);

/** @param {string} id @param {import('./source.js').Begun} begun */
export const keepBegun = (id, begun) => run('readwrite', store => store.put({ ...begun, at: Date.now() }, id));

/** @param {string} id @returns {import('./source.js').Keep} */
export const keeperOf = id => (from, marks) => run('readwrite', (_, store) => store.put(marks, [id, from]));

/** @param {string} id @returns {Promise<{begun: import('./source.js').Begun, marks: Map<number, Uint8Array>} | null>} */
export async function readBegun(id) {
  const begun = await run('readonly', store => store.get(id));
  if (!begun || Date.now() - begun.at > KEPT_MS) return null;
  const marks = new Map();
  await run('readonly', (_, store) => {
    store.openCursor(marksOf(id)).onsuccess = event => {
      const cursor = /** @type {any} */ (event.target).result;
      if (!cursor) return;
      for (let i = 0; i * MARK < cursor.value.length; i++) marks.set(cursor.key[1] + i, cursor.value.subarray(i * MARK, (i + 1) * MARK));
      cursor.continue();
    };
  });
  return { begun, marks };
}

/** @param {string} id */
export const forgetBegun = id => run('readwrite', (begun, marks) => { begun.delete(id); marks.delete(marksOf(id)); });
