// What a room is, what to hear from it, and the way out of it.

import { avatar, presenceDot, roomAvatar } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { presenceText, roomName } from '../core/people.js';
import { watch } from '../core/store.js';
import { shortDate } from '../core/time.js';
import { leaveRoom } from './leave.js';
import { setRoomPreference } from './preferences.js';

/** @param {any} room */
function facts(room) {
  return h('dl.facts', null,
    h('dt', null, t('room.kind')), h('dd', null, t(`room.${room.type}`)),
    h('dt', null, t('panel.members')), h('dd', null, h('a', { href: `/rooms/${room.id}/members` }, t('room.members', { n: room.memberCount }))),
    h('dt', null, t('room.created')), h('dd', null, room.createdAt ? shortDate(room.createdAt) : '–'),
    room.slowModeSeconds > 0 && [h('dt', null, t('room.slow')), h('dd', null, t('room.slowOn', { n: room.slowModeSeconds }))],
    room.retentionDays > 0 && [h('dt', null, t('room.keep')), h('dd', null, t('room.keepDays', { n: room.retentionDays }))]);
}

function hearing(room) {
  const now = room.muted ? 'none' : room.type === 'direct' ? 'all' : room.notify;
  const set = { all: { muted: false, notify: 'all' }, mentions: { muted: false, notify: 'mentions' }, none: { muted: true } };
  const offered = room.type === 'direct' ? ['all', 'none'] : ['all', 'mentions', 'none'];
  return h('fieldset.hearing', null, h('legend', null, t('room.notify')), offered.map(one => h('label.check', null,
    h('input', { type: 'radio', name: 'hearing', value: one, checked: now === one, 'data-testid': `room-notify-${one}`, onchange: () => setRoomPreference(room, room.type === 'direct' ? { muted: one === 'none' } : set[one]) }),
    h('span', null, t(`room.hear.${one}`), h('small', null, t(`room.hear.${one}Hint`))))));
}

/** @param {Element} root @param {string} roomId */
export function detailsPanel(root, roomId) {
  return watch(state => [state.rooms[roomId], state.presence, state.users], state => {
    const room = state.rooms[roomId];
    if (!room) return;
    const direct = room.type === 'direct';
    patch(root, h('div.details', { 'data-testid': 'details-panel' },
      direct && room.peer ? h('div.profile', null, avatar(room.peer, 'large'), h('h3', null, room.peer.displayName), h('p.muted', null, `@${room.peer.username}`),
        h('p.person-status', null, presenceDot(room.peer.id), ' ', presenceText(room.peer.id)), room.peer.bio && h('p.person-bio', null, room.peer.bio))
        : h('div.profile', null, roomAvatar(room, 'large'), h('h3', null, roomName(room)), h('p', { class: !room.topic && 'muted' }, room.topic || t('room.noTopic'))),
      !direct && facts(room),
      hearing(room),
      h('div.stack.tight', null,
        h('a.button.secondary.wide', { href: `/rooms/${roomId}/search`, 'data-testid': 'search-room' }, icon('search'), t('search.inRoom')),
        !direct && room.role !== 'member' && h('a.button.secondary.wide', { href: `/rooms/${roomId}/settings`, 'data-testid': 'edit-room' }, icon('settings'), t('panel.settings')),
        !direct && h('button.danger-quiet.wide', { type: 'button', 'data-testid': 'leave-room', onclick: () => leaveRoom(room) }, icon('leave'), t('room.leave')))));
  });
}
