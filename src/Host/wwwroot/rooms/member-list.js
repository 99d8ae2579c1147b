import { all } from '../core/api.js';
import { normalUser } from '../core/normal.js';
import { store } from '../core/store.js';

const loading = new Map();

/** The members of a room, once; events keep them true afterwards. */
export function loadMembers(roomId, { again = false } = {}) {
  if (store.get().members[roomId] && !again) return Promise.resolve();
  if (!loading.has(roomId)) {
    loading.set(roomId, all(`/rooms/${roomId}/members`).then(items => {
      const members = items.map(one => ({ ...one, user: normalUser(one.user) }));
      store.set(state => ({ ...state, members: { ...state.members, [roomId]: members }, users: { ...state.users, ...Object.fromEntries(members.map(one => [one.user.id, one.user])) } }));
    }).finally(() => loading.delete(roomId)));
  }
  return loading.get(roomId);
}
