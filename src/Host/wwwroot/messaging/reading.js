// Read positions: what a focused person has in view counts as read, and who has read what the person wrote.

import { get, put } from '../core/api.js';
import { connection } from '../core/app-state.js';
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

/** So long until what the server could not take just now is told again. */
const AGAIN_MS = 5_000;
const REFUSED = ['not_found', 'forbidden', 'validation'];
const BUSY = ['rate_limited', 'unavailable'];

/** Read positions that the server has not confirmed: here they count already, so what is lost on the way would be lost for good. */
export class Positions {
  /** @param {(roomId: string, seq: number) => Promise<any>} send @param {(run: () => void, ms: number) => any} [later] */
  constructor(send, later = (run, ms) => setTimeout(run, ms)) {
    this.send = send;
    this.later = later;
    /** @type {Map<string, number>} */
    this.open = new Map();
  }

  /** @param {string} roomId @param {number} seq */
  async tell(roomId, seq) {
    this.open.set(roomId, seq);
    try {
      await this.send(roomId, seq);
    } catch (error) {
      if (!REFUSED.includes(error.code)) {
        console.warn('the read position follows later', error.code);
        // Anything else is told again once there is a connection anew.
        if (BUSY.includes(error.code)) this.later(() => this.again(roomId, seq), error.retryAfterMs ?? AGAIN_MS);
        return;
      }
    }
    if (this.open.get(roomId) === seq) this.open.delete(roomId);
  }

  again(roomId, seq) { return this.open.get(roomId) === seq ? this.tell(roomId, seq) : undefined; }

  all() { return Promise.all([...this.open].map(([roomId, seq]) => this.tell(roomId, seq))); }
}

const positions = new Positions((roomId, seq) => (connection.live && connection.socket ? connection.socket.command('read', { roomId, seq }) : put(`/rooms/${roomId}/read`, { seq })));
store.subscribe((now, before) => {
  if (now.me?.id !== before.me?.id) positions.open.clear();
  else if (now.conn.state === 'live' && before.conn.state !== 'live') positions.all();
});

/** @param {string} roomId */
export function markRead(roomId) {
  const seq = readUpTo(store.get(), roomId);
  if (seq === null) return;
  store.set(state => applyRead(state, roomId, seq));
  positions.tell(roomId, seq);
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
