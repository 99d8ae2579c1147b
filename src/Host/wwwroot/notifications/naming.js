// What a notification is called, and where it leads.

import { t } from '../core/i18n.js';
import { nameOf, roomName } from '../core/people.js';
import { store } from '../core/store.js';

/** @typedef {import('../core/types.js').Notification} Notification */

/** The server tells of the person's own account: a new device, a changed credential. @param {Notification} one */
export const isOwn = one => one.kind === 'system' && !one.roomId && !one.actorId;

/** @param {Notification} one */
export function addressOf(one) {
  if (one.kind === 'transfer' && one.transferId) return `/transfers/${one.transferId}`;
  if (isOwn(one)) return '/settings/security';
  if (!one.roomId || !store.get().rooms[one.roomId]) return null;
  if (one.threadId) return `/rooms/${one.roomId}/thread/${one.threadId}${one.seq ? `/${one.seq}` : ''}`;
  return one.seq && one.messageId ? `/rooms/${one.roomId}/m/${one.seq}` : `/rooms/${one.roomId}`;
}

/** @param {Notification} one */
export function titleOf(one) {
  if (isOwn(one)) return t('inbox.account');
  const place = store.get().rooms[one.roomId ?? ''];
  return t(`inbox.${one.kind}${one.kind === 'reply' && one.threadId ? 'Thread' : ''}`, { name: one.actorId ? nameOf(one.actorId) : '', room: place ? roomName(place) : one.text });
}
