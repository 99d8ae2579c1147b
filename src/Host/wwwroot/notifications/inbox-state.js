// The inbox's dealings with the server.

import { get, post } from '../core/api.js';
import { markRead, withPage } from '../core/inbox.js';
import { store } from '../core/store.js';

/** @param {boolean} [more] the next page */
export async function loadInbox(more = false) {
  const { nextCursor } = store.get().inbox;
  const page = await get(`/notifications?limit=40${more && nextCursor ? `&cursor=${encodeURIComponent(nextCursor)}` : ''}`);
  store.set(state => withPage(state, page, more));
}

async function read(which, body) {
  const before = store.get().inbox;
  store.set(state => markRead(state, which, new Date().toISOString()));
  try {
    await post('/notifications/read', body);
  } catch (error) {
    store.set({ inbox: before });
    throw error;
  }
}

/** @param {string} id */
export const readOne = id => read(one => one.id === id, { ids: [id] }).catch(error => console.warn('not marked as read', error.code));

export async function readAll() {
  await read(() => true, { all: true });
  store.set(state => ({ ...state, inbox: { ...state.inbox, unreadCount: 0 } }));
}

/** @param {(one: import('../core/types.js').Notification) => boolean} which */
function readSome(which) {
  const ids = store.get().inbox.items.filter(one => !one.readAt && which(one)).map(one => one.id).slice(0, 200);
  if (ids.length) read(one => ids.includes(one.id), { ids }).catch(error => console.warn('not marked as read', error.code));
}

/** Whoever has a thread in view has seen what it notified them of. @param {string} rootId */
export const readThread = rootId => readSome(one => one.threadId === rootId);

/** Whoever is in a room knows that they were added to it. @param {string} roomId */
export const readAdded = roomId => readSome(one => one.kind === 'added' && one.roomId === roomId);
