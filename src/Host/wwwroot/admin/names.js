// Names for the ids that lists are full of. An admin need not be in a room to know what it is called.

import { get } from '../core/api.js';
import { t } from '../core/i18n.js';
import { nameOf } from '../core/people.js';

/** @type {Map<string, any>} what is known of a room; null where there is none */
const rooms = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
let queue = /** @type {string[]} */ ([]);
let working = false;

async function work() {
  if (working) return;
  working = true;
  while (queue.length) {
    const some = queue.splice(0, 4);
    await Promise.all(some.map(async id => {
      try {
        rooms.set(id, await get(`/admin/rooms/${id}`));
      } catch (error) {
        if (error.status === 404) rooms.set(id, null);
        else rooms.delete(id);
      }
    }));
    for (const one of listeners) one();
  }
  working = false;
}

/** @param {() => void} listener told when names have come @returns {() => void} */
export function onNames(listener) {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}

/** @param {any} room as the server tells it; a direct one is called after its two people */
export function roomTitle(room) {
  if (room.name) return room.name;
  return (room.owners ?? []).map(nameOf).join(' · ') || t('admin.room.direct');
}

/** A room that a list brought need not be asked for. @param {any} room */
export const knowRoom = room => { rooms.set(room.id, room); };

/** @param {string} id */
export function roomNamed(id) {
  if (!rooms.has(id)) {
    rooms.set(id, undefined);
    queue.push(id);
    queueMicrotask(work);
  }
  const room = rooms.get(id);
  return room ? roomTitle(room) : room === null ? t('admin.gone') : '…';
}
