import { h } from './html.js';
import { hueOf, initials, person } from './people.js';
import { store } from './store.js';
import { t } from './i18n.js';

/** @param {any} user @param {'small' | 'medium' | 'large'} [size] */
export function avatar(user, size = 'medium') {
  const name = user?.displayName || user?.username || '?';
  return h('span.avatar', { class: [size, `hue-${hueOf(user?.id ?? '')}`], 'aria-hidden': 'true' }, initials(name));
}

/** @param {string} id */
export const avatarOf = (id, size) => avatar(person(id) ?? { id, displayName: '?' }, size);

/** @param {string} userId */
export function presenceDot(userId) {
  const status = store.get().presence[userId]?.status ?? 'offline';
  return h('span.presence', { class: status, role: 'img', 'aria-label': t(`presence.${status}`), title: t(`presence.${status}`) });
}
