import { post } from '../core/api.js';
import { applier } from '../core/app-state.js';
import { dialogForm, field } from '../core/forms.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { fieldError, notifyError, openDialog } from '../core/ui.js';
import { peopleSearch } from './people-search.js';

/** After making or joining: known at once, without waiting for the event. */
export async function enterRoom(roomId) {
  if (!store.get().rooms[roomId]) await applier.fetchRoom(roomId);
  navigate(`/rooms/${roomId}`);
}

export async function createRoom() {
  const room = await openDialog(t('rooms.new'), (close, redraw) => dialogForm(close, redraw, {
    testid: 'new-room-submit', action: t('rooms.create'),
    submit: data => post('/rooms', { type: data.get('private') ? 'private' : 'public', name: String(data.get('name')).trim(), ...(data.get('topic') ? { topic: String(data.get('topic')).trim() } : {}) }),
    fields: error => [
      field(t('room.name'), { name: 'name', id: 'new-name', maxlength: '80', required: true, autofocus: true, autocomplete: 'off', 'data-testid': 'new-room-name' }, { error: fieldError(error, 'name') }),
      field(t('room.topic'), { name: 'topic', id: 'new-topic', maxlength: '250', autocomplete: 'off', 'data-testid': 'new-room-topic' }, { hint: t('room.topicHint'), error: fieldError(error, 'topic') }),
      h('label.check', null, h('input', { type: 'checkbox', name: 'private', 'data-testid': 'new-room-private' }), h('span', null, t('room.private'), h('small', null, t('room.privateHint')))),
    ],
  }));
  if (room) await enterRoom(room.id);
}

/** @param {string} userId */
export async function openDirect(userId) {
  const known = Object.values(store.get().rooms).find(one => one.type === 'direct' && one.peer?.id === userId);
  if (known) return navigate(`/rooms/${known.id}`);
  try {
    const room = await post('/rooms', { type: 'direct', memberIds: [userId] });
    await enterRoom(room.id);
  } catch (error) {
    notifyError(error);
  }
}

export async function startDirect() {
  let view;
  const user = await openDialog(t('rooms.newDirect'), (close, redraw) => (view ??= peopleSearch({ pick: close, redraw }))(), { testid: 'direct-dialog' });
  if (user) await openDirect(user.id);
}
