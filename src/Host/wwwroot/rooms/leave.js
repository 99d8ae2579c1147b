// The ways out of a room.

import { post } from '../core/api.js';
import { t } from '../core/i18n.js';
import { roomName } from '../core/people.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { withoutRoom } from '../core/sync.js';
import { confirm, errorText, notify } from '../core/ui.js';

/** It is not there any more, for this person: known at once, without waiting for the event. @param {string} roomId */
export function roomGone(roomId) {
  store.set(state => withoutRoom(state, roomId));
  navigate('/', { replace: true });
}

/** Asks first: of a private room nobody finds the way back alone. @param {any} room */
export async function leaveRoom(room) {
  if (!await confirm({ title: t('room.leaveTitle', { name: roomName(room) }), text: t(room.type === 'public' ? 'room.leavePublic' : 'room.leavePrivate'), action: t('room.leave') })) return;
  try {
    await post(`/rooms/${room.id}/leave`);
    roomGone(room.id);
  } catch (error) {
    notify(error.code === 'conflict' ? t('room.lastOwner') : errorText(error), { kind: 'failed', ms: 9000 });
  }
}
