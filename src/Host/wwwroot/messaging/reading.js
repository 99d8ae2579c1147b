// Read positions: what a focused person has in view counts as read, and who has read what the person wrote.

import { get, put } from '../core/api.js';
import { connection, tell } from '../core/app-state.js';
import { store } from '../core/store.js';
import { applyRead } from '../core/sync.js';

/** The number up to which `roomId` is read now, or null when nothing changes. */
export function readUpTo(state, roomId) {
  const room = state.rooms[roomId];
  const log = state.logs[roomId];
  if (!room || !log || log.hasAfter) return null;
  const others = log.items.findLast(one => one.senderId !== state.me?.id);
  const last = Math.max(others?.seq ?? 0, room.unreadCount > 0 ? room.lastMessage?.seq ?? 0 : 0);
  return last > room.lastReadSeq ? last : null;
}

/** @param {string} roomId */
export function markRead(roomId) {
  const seq = readUpTo(store.get(), roomId);
  if (seq === null) return;
  store.set(state => applyRead(state, roomId, seq));
  if (connection.live) tell('read', { roomId, seq });
  else put(`/rooms/${roomId}/read`, { seq }).catch(error => console.warn('the read position follows later', error.code));
}

/** @param {string} roomId */
export async function loadReceipts(roomId) {
  try {
    const page = await get(`/rooms/${roomId}/receipts`);
    store.set(state => {
      const known = { ...state.receipts[roomId] };
      for (const one of page.items ?? []) known[one.userId] = Math.max(known[one.userId] ?? 0, one.seq ?? 0);
      return { ...state, receipts: { ...state.receipts, [roomId]: known } };
    });
  } catch (error) {
    console.warn('receipts are not known', error.code);
  }
}
