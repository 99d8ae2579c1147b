// The rooms on the left: named rooms, then people.

import { avatar, presenceDot, roomAvatar } from '../core/avatar.js';
import { draftOf } from '../core/drafts.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { roomName } from '../core/people.js';
import { openKeyMap, openSwitcher } from '../core/keys.js';
import { currentRoute, navigate } from '../core/router.js';
import { store, watch } from '../core/store.js';
import { failure, iconButton, notifyError, openMenu, skeleton } from '../core/ui.js';
import { loadRooms, setPresence } from '../core/app-state.js';
import { serverName } from '../auth/page.js';
import { sortedRooms } from './order.js';

const making = run => import('./create.js').then(run, () => notifyError({ code: 'network' }));

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
      : h('span.room-sign', null, room.avatarUrl ? roomAvatar(room) : icon(room.type === 'private' ? 'lock' : 'hash')),
    h('span.room-name', null, name),
    room.id !== current && draftOf(room.id) && h('span.draft-sign', { title: t('room.draft') }, icon('edit'), h('span.visually-hidden', null, `, ${t('room.draft')}`)),
    room.muted && h('span.draft-sign', { title: t('room.muted') }, icon('bellOff'), h('span.visually-hidden', null, `, ${t('room.muted')}`)),
    room.mentionCount > 0 && badge('at', 'mention-count', `@${most(room.mentionCount)}`, t('room.mentions', { n: room.mentionCount })),
    room.unreadCount > 0 && badge('', 'unread-count', most(room.unreadCount), t('room.unread', { n: room.unreadCount }))));
}

/** What others see of oneself. @param {string | undefined} now */
function statusItems(now) {
  return /** @type {const} */ (['online', 'away', 'busy', 'invisible']).map(one => ({
    mark: h('span.presence', { class: one === 'invisible' ? 'offline' : one }), label: t(`presence.${one}`), testid: `status-${one}`, checked: one === 'invisible' ? now === 'offline' : now === one,
    run: () => { setPresence(one).catch(notifyError); },
  }));
}

function bell(count) {
  const label = count ? t('inbox.unread', { n: count }) : t('inbox.title');
  return h('a.icon-button.bell', { href: '/inbox', 'aria-label': label, title: label, 'aria-current': currentRoute().name === 'inbox' ? 'page' : null, 'data-testid': 'open-inbox' },
    icon('bell'), count > 0 && h('span.bell-count', { 'aria-hidden': 'true', 'data-testid': 'inbox-count' }, count > 99 ? '99+' : count));
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
        h('a.room-item.threads-link', { key: 'threads', href: '/threads', 'aria-current': currentRoute().name === 'threads' ? 'page' : null, 'data-testid': 'open-threads' }, h('span.room-sign', null, icon('thread')), h('span.room-name', null, t('threads.title'))),
        section(t('rooms.title'), iconButton('plus', t('rooms.new'), {
          'data-testid': 'new-room', 'aria-haspopup': 'dialog', onclick: () => making(module => module.createRoom()),
        }), rooms.map(one => item(one, current)), t('rooms.none')),
        section(t('rooms.people'), iconButton('plus', t('rooms.newDirect'), { 'data-testid': 'new-direct', onclick: () => making(module => module.startDirect()) }),
          people.map(one => item(one, current)), t('rooms.noPeople')),
      ];
    }
    patch(root, [
      h('header.rooms-head', { key: 'head' }, h('h1.server-name', null, serverName()), bell(state.inbox.unreadCount)),
      h('button.jump-field', { key: 'jump', type: 'button', 'data-testid': 'open-switcher', 'aria-haspopup': 'dialog', onclick: () => openSwitcher() },
        icon('search'), h('span', null, t('switcher.open')), h('span.jump-keys', { 'aria-hidden': 'true' }, h('kbd', null, /Mac/.test(navigator.platform) ? '⌘' : 'Ctrl'), h('kbd', null, 'K'))),
      h('nav.room-list', { key: 'list', 'aria-label': t('rooms.title'), 'data-testid': 'room-list', tabindex: '-1' }, body,
        h('a.room-item.browse', { key: 'files', href: '/files', 'aria-current': currentRoute().name === 'files' ? 'page' : null, 'data-testid': 'open-files' },
          h('span.room-sign', null, icon('file')), h('span.room-name', null, t('rooms.files'))),
        h('a.room-item.browse', { key: 'browse', href: '/directory', 'aria-current': currentRoute().name === 'directory' ? 'page' : null, 'data-testid': 'open-directory' },
          h('span.room-sign', null, icon('compass')), h('span.room-name', null, t('rooms.browse'))),
        h('a.room-item.browse', { key: 'transfers', href: '/transfers/inbox', 'aria-current': currentRoute().name.startsWith('transfer') ? 'page' : null, 'data-testid': 'open-transfers' },
          h('span.room-sign', null, icon('send')), h('span.room-name', null, t('nav.transfers'))),
        state.me?.isAdmin && h('a.room-item.browse', { key: 'admin', href: '/admin', 'aria-current': currentRoute().name === 'admin' ? 'page' : null, 'data-testid': 'open-admin' },
          h('span.room-sign', null, icon('shield')), h('span.room-name', null, t('admin.title')))),
      state.me && h('footer.me-foot', { key: 'me' },
        h('button.me-button', {
          type: 'button', 'data-testid': 'me-menu', 'aria-haspopup': 'menu',
          onclick: event => openMenu(event.currentTarget, [
            ...statusItems(state.presence[state.me?.id ?? '']?.status),
            { icon: 'settings', label: t('settings.title'), testid: 'open-settings', run: () => navigate('/settings/profile') },
            { icon: 'people', label: t('people.mine'), testid: 'open-my-page', run: () => navigate(`/people/${state.me?.id}`) },
            { icon: 'keyboard', label: t('keys.title'), testid: 'open-keys', run: () => openKeyMap() },
            { icon: 'leave', label: t('auth.logOut'), testid: 'log-out', run: () => dispatchEvent(new CustomEvent('chat:logout')) },
          ], state.me?.displayName),
        }, h('span.avatar-wrap', null, avatar(state.me, 'medium'), presenceDot(state.me.id)), h('span.me-name', null, h('strong', null, state.me.displayName), h('small', null, `@${state.me.username}`))),
        iconButton('settings', t('settings.title'), { onclick: () => navigate('/settings/profile') })),
    ]);
  };
  const off = watch(state => [state.rooms, state.presence, state.users, state.me, state.roomsLoaded, state.roomsError, state.config, state.inbox.unreadCount], draw);
  addEventListener('chat:drafts', draw);
  return { draw, off: () => { off(); removeEventListener('chat:drafts', draw); } };
}
