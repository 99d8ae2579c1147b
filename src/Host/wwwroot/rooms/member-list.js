import { all, get } from '../core/api.js';
import { normalUser } from '../core/normal.js';
import { store } from '../core/store.js';

const loading = new Map();
/** As many are in memory; of a larger room the others are asked for by name. */
const MOST = 1000;
const FOUND = 30;

const normalMember = one => ({ ...one, user: normalUser(one.user) });

/** Whether a room has members who are not in memory. @param {string} roomId */
export const hasMore = roomId => (store.get().rooms[roomId]?.memberCount ?? 0) > MOST;

/** Those whose name begins so, wherever they stand in the list. @param {string} roomId @param {string} text @returns {Promise<import('../core/types.js').Member[]>} */
export async function findMembers(roomId, text) {
  const page = await get(`/rooms/${roomId}/members?query=${encodeURIComponent(text)}&limit=${FOUND}`);
  return page.items.map(normalMember);
}

/** The members of a room, once; events keep them true afterwards. */
export function loadMembers(roomId, { again = false } = {}) {
  if (store.get().members[roomId] && !again) return Promise.resolve();
  if (!loading.has(roomId)) {
    loading.set(roomId, all(`/rooms/${roomId}/members`, MOST).then(items => {
      const members = items.map(normalMember);
      store.set(state => ({ ...state, members: { ...state.members, [roomId]: members }, users: { ...state.users, ...Object.fromEntries(members.map(one => [one.user.id, one.user])) } }));
    }).finally(() => loading.delete(roomId)));
  }
  return loading.get(roomId);
}
