// The rooms on the left: named rooms, then people.

import { avatar, presenceDot } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { roomName } from '../core/people.js';
import { currentRoute, navigate } from '../core/router.js';
import { store, watch } from '../core/store.js';
import { failure, iconButton, openMenu, skeleton } from '../core/ui.js';
import { loadRooms } from '../core/app-state.js';
import { serverName } from '../auth/page.js';
import { createRoom, startDirect } from './create.js';
import { openSwitcher } from './switcher.js';

const recency = room => room.lastMessage?.createdAt ?? room.createdAt ?? '';

/** Rooms by name; people by who spoke last. */
export function sortedRooms(rooms) {
  const all = Object.values(rooms);
  return {
    rooms: all.filter(one => one.type !== 'direct').sort((a, b) => roomName(a).localeCompare(roomName(b))),
    people: all.filter(one => one.type === 'direct').sort((a, b) => recency(b).localeCompare(recency(a))),
  };
}

/** In the order of the list, for Alt+↑↓. */
export function neighbour(step, unreadOnly = false) {
  const sorted = sortedRooms(store.get().rooms);
  const order = [...sorted.rooms, ...sorted.people];
  const at = order.findIndex(one => one.id === currentRoute().params.id);
  for (let i = 1; i <= order.length; i++) {
    const room = order[(at + step * i + order.length * i) % order.length];
    if (room && (!unreadOnly || room.unreadCount > 0)) return room;
  }
  return null;
}

function item(room, current) {
  const unread = room.unreadCount > 0 && !room.muted;
  const name = roomName(room);
  const badge = (kind, testid, shown, spoken) => h('span.badge', { class: kind, title: spoken }, h('span', { 'aria-hidden': 'true', 'data-testid': testid }, shown), h('span.visually-hidden', null, `, ${spoken}`));
  const most = n => (n > 99 ? '99+' : n);
  return h('li', { key: room.id },
    h('a.room-item', {
      href: `/rooms/${room.id}`, class: [unread && 'unread', room.muted && 'muted-room'], 'aria-current': room.id === current ? 'page' : null,
      'data-testid': 'room-item', 'data-room-id': room.id, title: name,
    },
    room.type === 'direct'
      ? h('span.room-sign', null, avatar(room.peer, 'small'), presenceDot(room.peer?.id ?? ''))
      : h('span.room-sign', null, icon(room.type === 'private' ? 'lock' : 'hash')),
    h('span.room-name', null, name),
    room.mentionCount > 0 && badge('at', 'mention-count', `@${most(room.mentionCount)}`, t('room.mentions', { n: room.mentionCount })),
    room.unreadCount > 0 && badge('', 'unread-count', most(room.unreadCount), t('room.unread', { n: room.unreadCount }))));
}

function section(title, add, items, none) {
  return h('section.room-section', { key: title, 'aria-label': title },
    h('div.room-section-head', null, h('h2', null, title), add),
    items.length ? h('ul', null, items) : h('p.room-none', null, none));
}

/** @param {Element} root */
export function roomList(root) {
  const draw = () => {
    const state = store.get();
    const current = currentRoute().params.id;
    const { rooms, people } = sortedRooms(state.rooms);
    let body;
    if (!state.roomsLoaded) body = state.roomsError ? failure(state.roomsError, () => { store.set({ roomsError: null }); loadRooms(); }) : skeleton(8);
    else {
      body = [
        section(t('rooms.title'), iconButton('plus', t('rooms.new'), {
          'data-testid': 'new-room', 'aria-haspopup': 'dialog', onclick: () => createRoom(),
        }), rooms.map(one => item(one, current)), t('rooms.none')),
        section(t('rooms.people'), iconButton('plus', t('rooms.newDirect'), { 'data-testid': 'new-direct', onclick: () => startDirect() }),
          people.map(one => item(one, current)), t('rooms.noPeople')),
      ];
    }
    patch(root, [
      h('header.rooms-head', { key: 'head' }, h('h1.server-name', null, serverName()),
        iconButton('search', `${t('switcher.title')} (Ctrl K)`, { onclick: () => openSwitcher(), 'data-testid': 'open-switcher' })),
      h('nav.room-list', { key: 'list', 'aria-label': t('rooms.title'), 'data-testid': 'room-list', tabindex: '-1' }, body,
        h('a.room-item.browse', { key: 'browse', href: '/directory', 'aria-current': currentRoute().name === 'directory' ? 'page' : null, 'data-testid': 'open-directory' },
          h('span.room-sign', null, icon('compass')), h('span.room-name', null, t('rooms.browse')))),
      state.me && h('footer.me-foot', { key: 'me' },
        h('button.me-button', {
          type: 'button', 'data-testid': 'me-menu', 'aria-haspopup': 'menu',
          onclick: event => openMenu(event.currentTarget, [
            { icon: 'settings', label: t('settings.title'), testid: 'open-settings', run: () => navigate('/settings/profile') },
            { icon: 'leave', label: t('auth.logOut'), testid: 'log-out', run: () => dispatchEvent(new CustomEvent('chat:logout')) },
          ], state.me?.displayName),
        }, avatar(state.me, 'medium'), h('span.me-name', null, h('strong', null, state.me.displayName), h('small', null, `@${state.me.username}`))),
        iconButton('settings', t('settings.title'), { onclick: () => navigate('/settings/profile') })),
    ]);
  };
  const off = watch(state => [state.rooms, state.presence, state.users, state.me, state.roomsLoaded, state.roomsError, state.config], draw);
  return { draw, off };
}
