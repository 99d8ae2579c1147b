// A thread's messages into the store. Ascending pages to the end; what has happened meanwhile is applied on top.

import { get } from '../core/api.js';
import { applier } from '../core/app-state.js';
import { normalMessage } from '../core/normal.js';
import { store } from '../core/store.js';

const PAGE = 200;
/** A thread that is longer shows its latest replies only from a link into it; nobody reads further at once. */
const MOST = 2000;

/** @param {string} roomId @param {string} rootId */
async function read(roomId, rootId) {
  /** @type {import('../core/types.js').Thread} */
  let thread = { root: /** @type {any} */ (null), items: [], atSeq: 0 };
  let cursor = null;
  do {
    const page = await get(`/rooms/${roomId}/threads/${rootId}?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    const items = (page.items ?? []).map(one => normalMessage(one, page.atSeq));
    // Each page is true at its own number; what happened between two pages is known from the earliest on.
    thread = { root: thread.root ?? normalMessage(page.root, page.atSeq), items: [...thread.items, ...items], atSeq: thread.atSeq || page.atSeq };
    cursor = page.nextCursor;
  } while (cursor && thread.items.length < MOST);
  return thread;
}

/** @param {string} roomId @param {string} rootId */
export async function loadThread(roomId, rootId, again = true) {
  const thread = await read(roomId, rootId);
  store.set(state => (state.rooms[roomId] ? { ...state, threads: { ...state.threads, [rootId]: thread } } : state));
  if (!applier.catchUp(roomId, thread.atSeq) && again) await loadThread(roomId, rootId, false);
}
