import { del, patchJson, post, put } from '../core/api.js';
import { applier } from '../core/app-state.js';
import { avatar, presenceDot } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { roomName } from '../core/people.js';
import { navigate } from '../core/router.js';
import { store, watch } from '../core/store.js';
import { withoutRoom } from '../core/sync.js';
import { shortDate } from '../core/time.js';
import { confirm, dialogForm, errorText, field, notify, notifyError, openDialog } from '../core/ui.js';

async function editRoom(room) {
  const done = await openDialog(t('room.edit'), (close, redraw) => dialogForm(close, redraw, {
    testid: 'edit-room-submit', action: t('action.save'),
    submit: data => patchJson(`/rooms/${room.id}`, { name: String(data.get('name')).trim(), topic: String(data.get('topic')).trim() }).then(() => true),
    fields: error => [
      field(t('room.name'), { name: 'name', value: room.name ?? '', maxlength: '80', autofocus: true }, { error: error?.errors?.name?.[0] }),
      field(t('room.topic'), { name: 'topic', value: room.topic, maxlength: '250' }, { hint: t('room.topicHint'), error: error?.errors?.topic?.[0] }),
    ],
  }));
  if (done) notify(t('notice.saved'), { ms: 2500 });
}

function gone(roomId) {
  store.set(state => withoutRoom(state, roomId));
  navigate('/', { replace: true });
}

async function leave(room) {
  if (!await confirm({ title: t('room.leaveTitle', { name: roomName(room) }), text: t(room.type === 'public' ? 'room.leavePublic' : 'room.leavePrivate'), action: t('room.leave') })) return;
  try {
    await post(`/rooms/${room.id}/leave`);
    gone(room.id);
  } catch (error) {
    notify(error.code === 'conflict' ? t('room.lastOwner') : errorText(error), { kind: 'failed', ms: 9000 });
  }
}

async function remove(room) {
  const text = h('div', null, h('p', null, t('room.deleteText', { n: room.memberCount })), h('ul.what-goes', null, ['room.deleteMessages', 'room.deleteFiles', 'room.deleteInvites'].map(key => h('li', null, t(key)))), h('p', null, t('room.deleteFinal')));
  if (!await confirm({ title: t('room.deleteTitle', { name: roomName(room) }), text, action: t('room.delete') })) return;
  try {
    await del(`/rooms/${room.id}`);
    gone(room.id);
  } catch (error) {
    notifyError(error);
  }
}

async function setMuted(room, muted) {
  try {
    await put(`/rooms/${room.id}/preferences`, { muted });
    await applier.fetchRoom(room.id);
  } catch (error) {
    notifyError(error);
  }
}

/** @param {Element} root @param {string} roomId */
export function detailsPanel(root, roomId) {
  return watch(state => [state.rooms[roomId], state.presence, state.users], state => {
    const room = state.rooms[roomId];
    if (!room) return;
    const direct = room.type === 'direct';
    const peer = room.peer;
    const status = state.presence[peer?.id ?? '']?.status ?? 'offline';
    patch(root, h('div.details', { 'data-testid': 'details-panel' },
      direct && peer && h('div.profile', null, avatar(peer, 'large'), h('h3', null, peer.displayName), h('p.muted', null, `@${peer.username}`),
        h('p', null, presenceDot(peer.id), ' ', t(`presence.${status}`)), peer.bio && h('p', null, peer.bio)),
      !direct && h('dl.facts', null,
        h('dt', null, t('room.name')), h('dd', null, roomName(room)),
        h('dt', null, t('room.topic')), h('dd', null, room.topic || h('span.muted', null, t('room.noTopic'))),
        h('dt', null, t('room.kind')), h('dd', null, t(`room.${room.type}`)),
        h('dt', null, t('panel.members')), h('dd', null, h('a', { href: `/rooms/${roomId}/members` }, t('room.members', { n: room.memberCount }))),
        h('dt', null, t('room.created')), h('dd', null, room.createdAt ? shortDate(room.createdAt) : '–')),
      h('label.check', null, h('input', { type: 'checkbox', checked: room.muted, onchange: event => setMuted(room, event.currentTarget.checked) }), h('span', null, t('room.mute'), h('small', null, t('room.muteHint')))),
      h('div.stack', null,
        !direct && room.role !== 'member' && h('button.secondary.wide', { type: 'button', 'data-testid': 'edit-room', onclick: () => editRoom(room) }, icon('edit'), t('room.edit')),
        !direct && h('button.secondary.wide', { type: 'button', 'data-testid': 'leave-room', onclick: () => leave(room) }, icon('leave'), t('room.leave')),
        !direct && room.role === 'owner' && h('button.danger-quiet.wide', { type: 'button', 'data-testid': 'delete-room', onclick: () => remove(room) }, icon('trash'), t('room.delete')))));
  });
}
