// In which order rooms stand, and which is the next one.

import { roomName } from '../core/people.js';
import { currentRoute } from '../core/router.js';
import { store } from '../core/store.js';

const recency = room => room.lastMessage?.createdAt ?? room.createdAt ?? '';

/** Rooms by name; people by who spoke last. */
export function sortedRooms(rooms) {
  const all = Object.values(rooms);
  return {
    rooms: all.filter(one => one.type !== 'direct').sort((a, b) => roomName(a).localeCompare(roomName(b))),
    people: all.filter(one => one.type === 'direct').sort((a, b) => recency(b).localeCompare(recency(a))),
  };
}

/** In the order of the list, for Alt+↑↓. */
export function neighbour(step, unreadOnly = false) {
  const sorted = sortedRooms(store.get().rooms);
  const order = [...sorted.rooms, ...sorted.people];
  const at = order.findIndex(one => one.id === currentRoute().params.id);
  for (let i = 1; i <= order.length; i++) {
    const room = order[(at + step * i + order.length * i) % order.length];
    if (room && (!unreadOnly || room.unreadCount > 0)) return room;
  }
  return null;
}
