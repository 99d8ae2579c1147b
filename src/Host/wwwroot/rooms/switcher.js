import { avatar, roomAvatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { findPeople, roomName } from '../core/people.js';
import { currentRoute, navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { debounce, notifyError, openDialog } from '../core/ui.js';
import { openKeyMap } from '../core/keys.js';
import { PAGES } from '../admin/pages.js';
import { createRoom, openDirect, startDirect } from './create.js';
import { rank } from './rank.js';

/** @param {string} text what is looked for: the pages of the administration are many, and stand there when somebody asks for them */
const actions = text => [
  { key: 'new', icon: 'plus', label: t('rooms.new'), run: () => createRoom() },
  { key: 'direct', icon: 'compose', label: t('rooms.newDirect'), run: () => startDirect() },
  { key: 'browse', icon: 'compass', label: t('rooms.browse'), run: () => navigate('/directory') },
  { key: 'send', icon: 'send', label: t('nav.sendFiles'), run: () => import('../transfers/send-dialog.js').then(module => module.openSend(), () => notifyError({ code: 'network' })) },
  { key: 'transfers', icon: 'file', label: t('nav.transfers'), run: () => navigate('/transfers/inbox') },
  { key: 'inbox', icon: 'bell', label: t('inbox.title'), run: () => navigate('/inbox') },
  { key: 'threads', icon: 'thread', label: t('threads.title'), run: () => navigate('/threads') },
  { key: 'files', icon: 'file', label: t('rooms.files'), run: () => navigate('/files') },
  { key: 'search', icon: 'search', label: t('search.title'), run: () => navigate('/search') },
  ...['profile', 'appearance', 'notifications', 'security', 'sessions', 'account'].map(page => ({ key: `settings-${page}`, icon: 'settings', label: `${t('settings.title')}: ${t(`settings.${page}`)}`, run: () => navigate(`/settings/${page}`) })),
  ...(store.get().me?.isAdmin ? PAGES.filter(page => text || page === 'overview').map(page => ({ key: `admin-${page}`, icon: 'shield', label: `${t('admin.title')}: ${t(`admin.page.${page}`)}`, run: () => navigate(page === 'overview' ? '/admin' : `/admin/${page}`) })) : []),
  { key: 'keys', icon: 'keyboard', label: t('keys.title'), run: () => openKeyMap() },
];

const roomSign = room => (room.type === 'direct' ? avatar(room.peer, 'small') : room.avatarUrl ? roomAvatar(room) : icon(room.type === 'private' ? 'lock' : 'hash'));
const latest = room => room.lastMessage?.createdAt ?? room.createdAt ?? '';

export async function openSwitcher() {
  if (store.get().me?.isAdmin) await import('../admin/texts.js');
  if (document.querySelector('.switcher')) return;
  const state = { text: '', at: 0, people: /** @type {any[]} */ ([]), search: /** @type {any} */ (null) };
  const here = currentRoute().params.id;
  const chosen = await openDialog(t('switcher.title'), (close, redraw) => {
    state.search ??= debounce(async text => {
      const found = text ? await findPeople(text).catch(() => []) : [];
      if (text !== state.text) return;
      state.people = found;
      redraw();
    }, 150);
    const order = Object.values(store.get().rooms).map(room => ({ room, rank: rank(roomName(room), state.text) }))
      .filter(one => one.rank !== null)
      .sort((a, b) => (state.text ? 0 : Number(a.room.id === here) - Number(b.room.id === here)) || Number(a.rank) - Number(b.rank) || Number(b.room.unreadCount > 0) - Number(a.room.unreadCount > 0) || latest(b.room).localeCompare(latest(a.room)));
    const known = new Set(order.map(one => one.room.peer?.id));
    const rows = [
      ...order.slice(0, 12).map(({ room }) => ({ key: room.id, sign: roomSign(room), label: roomName(room), note: room.unreadCount ? t('room.unread', { n: room.unreadCount }) : '', run: () => navigate(`/rooms/${room.id}`) })),
      ...state.people.filter(user => !known.has(user.id) && user.id !== store.get().me?.id).slice(0, 6).map(user => ({ key: user.id, sign: avatar(user, 'small'), label: user.displayName, note: `@${user.username}`, run: () => openDirect(user.id) })),
      ...actions(state.text).filter(one => rank(one.label, state.text) !== null).map(one => ({ ...one, sign: icon(/** @type {any} */ (one.icon)), note: '' })),
      ...(state.text.length > 1 ? [{ key: 'find', sign: icon('search'), label: t('switcher.find', { text: state.text }), note: '', run: () => navigate(`/search?q=${encodeURIComponent(state.text)}`) }] : []),
    ];
    state.at = Math.min(state.at, Math.max(0, rows.length - 1));
    return h('div.switch-body', null,
      h('input.search-input', {
        role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'switch-list', 'aria-activedescendant': rows.length ? `switch-${state.at}` : null, 'aria-label': t('switcher.title'),
        placeholder: t('switcher.placeholder'), autocomplete: 'off', autofocus: true, 'data-testid': 'switcher-input',
        oninput: event => { state.text = event.currentTarget.value.trim(); state.at = 0; redraw(); state.search(state.text); },
        onkeydown: event => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (event.key === 'Enter' && rows[state.at]) { event.preventDefault(); close(rows[state.at]); }
          if (!step || !rows.length) return;
          event.preventDefault();
          state.at = (state.at + step + rows.length) % rows.length;
          redraw();
          document.getElementById(`switch-${state.at}`)?.scrollIntoView({ block: 'nearest' });
        },
      }),
      h('ul.switch-list', { id: 'switch-list', role: 'listbox', 'aria-label': t('switcher.title') }, rows.map((row, i) => h('li', {
        key: row.key, id: `switch-${i}`, role: 'option', 'aria-selected': String(i === state.at), onclick: () => close(row),
      }, h('span.room-sign', null, row.sign), h('span.room-name', null, row.label), row.note && h('small.muted', null, row.note)))),
      rows.length === 0 && h('p.muted.center', null, t('people.noneFound', { text: state.text })));
  }, { class: 'switcher', testid: 'switcher' });
  chosen?.run();
}
