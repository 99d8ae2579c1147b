// Who is who: names for ids, fetched when they are first needed, and presence for those in view.

import { get } from './api.js';
import { store } from './store.js';
import { withUser } from './sync.js';
import { normalUser } from './normal.js';
import { t } from './i18n.js';
import { ago } from './time.js';

const asked = new Set();
let queue = [];

/** Four at a time, and no person twice. */
async function work() {
  while (queue.length) {
    const some = queue.splice(0, 4);
    await Promise.all(some.map(async id => {
      try {
        const user = await get(`/users/${id}`);
        store.set(state => withUser(state, user));
      } catch (error) {
        if (error.status !== 404) asked.delete(id);
      }
    }));
  }
}

/** @param {string} id @returns {import('./types.js').User | null} */
export function person(id) {
  const state = store.get();
  if (id === state.me?.id) return state.me;
  const known = state.users[id];
  if (known) return known;
  if (id && !asked.has(id)) {
    asked.add(id);
    queue.push(id);
    if (queue.length === 1) queueMicrotask(work);
  }
  return null;
}

export const nameOf = id => person(id)?.displayName ?? t('person.unknown');

/** @param {import('./types.js').Room | undefined} room */
export function roomName(room) {
  if (!room) return '';
  if (room.type === 'direct') return room.peer?.displayName ?? t('person.unknown');
  return room.name ?? '';
}

/** @param {string} text @returns {Promise<import('./types.js').User[]>} */
export async function findPeople(text, signal = undefined) {
  const page = await get(`/users?query=${encodeURIComponent(text)}&limit=20`, { signal });
  return page.items.map(normalUser);
}

/** One of twelve hues, always the same for an id (FNV-1a). */
export function hueOf(id) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0;
  return hash % 12;
}

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1) ?? ''] : [words[0] ?? '?'];
  return letters.map(one => [...new Intl.Segmenter().segment(one)][0]?.segment ?? '').join('').toLocaleUpperCase();
}

/** Whether somebody is there, or when they were. @param {string} userId */
export function presenceText(userId) {
  const now = store.get().presence[userId];
  if (now?.status && now.status !== 'offline') return t(`presence.${now.status}`);
  return now?.lastSeenAt ? t('presence.lastSeen', { when: ago(now.lastSeenAt) }) : t('presence.offline');
}
