import { put } from '../core/api.js';
import { store } from '../core/store.js';
import { withRoom } from '../core/sync.js';
import { notifyError } from '../core/ui.js';

/** What a person wants to hear from a room: shown at once, taken back when it is refused. @param {any} room @param {{muted?: boolean, notify?: 'all' | 'mentions'}} change */
export async function setRoomPreference(room, change) {
  const { muted, notify } = room;
  store.set(state => withRoom(state, room.id, now => ({ ...now, ...change })));
  try {
    await put(`/rooms/${room.id}/preferences`, change);
  } catch (error) {
    store.set(state => withRoom(state, room.id, now => ({ ...now, muted, notify })));
    notifyError(error);
  }
}
