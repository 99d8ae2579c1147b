import { h } from './html.js';
import { hueOf, initials, person } from './people.js';
import { store } from './store.js';
import { t } from './i18n.js';

/** A picture that the server does not have any more leaves the initials, which stand under it. */
const picture = url => h('img', { src: url, alt: '', loading: 'lazy', decoding: 'async', draggable: 'false', onerror: event => event.currentTarget.remove() });

/** @param {any} user @param {'tiny' | 'small' | 'medium' | 'large'} [size] */
export function avatar(user, size = 'medium') {
  const name = user?.displayName || user?.username || '?';
  return h('span.avatar', { class: [size, `hue-${hueOf(user?.id ?? '')}`], 'aria-hidden': 'true' }, initials(name), user?.avatarUrl && picture(user.avatarUrl));
}

/** @param {string} id @param {'tiny' | 'small' | 'medium' | 'large'} [size] */
export const avatarOf = (id, size) => avatar(person(id) ?? { id, displayName: '?' }, size);

/** A room's picture, where it has one. @param {any} room @param {'tiny' | 'small' | 'medium' | 'large'} [size] */
export const roomAvatar = (room, size = 'small') => h('span.avatar', { class: [size, `hue-${hueOf(room.id)}`], 'aria-hidden': 'true' }, initials(room.name ?? '?'), room.avatarUrl && picture(room.avatarUrl));

/** @param {string} userId */
export function presenceDot(userId) {
  const status = store.get().presence[userId]?.status ?? 'offline';
  return h('span.presence', { class: status, role: 'img', 'aria-label': t(`presence.${status}`), title: t(`presence.${status}`) });
}
