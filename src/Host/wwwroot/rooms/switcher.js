import { avatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { findPeople, roomName } from '../core/people.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { debounce, openDialog } from '../core/ui.js';
import { createRoom, openDirect, startDirect } from './create.js';

/** How well `name` answers `text`: the start beats a word's start beats anywhere; null is no match. */
export function rank(name, text) {
  const a = name.toLocaleLowerCase();
  const b = text.toLocaleLowerCase();
  const at = a.indexOf(b);
  if (at < 0) return null;
  return at === 0 ? 0 : /[\s._-]/.test(a[at - 1]) ? 1 : 2;
}

const actions = () => [
  { key: 'new', icon: 'plus', label: t('rooms.new'), run: () => createRoom() },
  { key: 'direct', icon: 'compose', label: t('rooms.newDirect'), run: () => startDirect() },
  { key: 'browse', icon: 'compass', label: t('rooms.browse'), run: () => navigate('/directory') },
  { key: 'settings', icon: 'settings', label: t('settings.title'), run: () => navigate('/settings/profile') },
];

export async function openSwitcher() {
  if (document.querySelector('.switcher')) return;
  const state = { text: '', at: 0, people: /** @type {any[]} */ ([]) };
  const chosen = await openDialog(t('switcher.title'), (close, redraw) => {
    const search = debounce(async text => {
      const found = text ? await findPeople(text).catch(() => []) : [];
      if (text !== state.text) return;
      state.people = found;
      redraw();
    }, 150);
    const order = Object.values(store.get().rooms).map(room => ({ room, rank: rank(roomName(room), state.text) }))
      .filter(one => one.rank !== null)
      .sort((a, b) => Number(a.rank) - Number(b.rank) || Number(b.room.unreadCount > 0) - Number(a.room.unreadCount > 0) || (b.room.lastMessage?.createdAt ?? '').localeCompare(a.room.lastMessage?.createdAt ?? ''));
    const known = new Set(order.map(one => one.room.peer?.id));
    const rows = [
      ...order.slice(0, 12).map(({ room }) => ({ key: room.id, sign: room.type === 'direct' ? avatar(room.peer, 'small') : icon(room.type === 'private' ? 'lock' : 'hash'), label: roomName(room), note: room.unreadCount ? t('room.unread', { n: room.unreadCount }) : '', run: () => navigate(`/rooms/${room.id}`) })),
      ...state.people.filter(user => !known.has(user.id) && user.id !== store.get().me?.id).slice(0, 6).map(user => ({ key: user.id, sign: avatar(user, 'small'), label: user.displayName, note: `@${user.username}`, run: () => openDirect(user.id) })),
      ...actions().filter(one => rank(one.label, state.text) !== null).map(one => ({ ...one, sign: icon(/** @type {any} */ (one.icon)), note: '' })),
    ];
    state.at = Math.min(state.at, Math.max(0, rows.length - 1));
    return h('div.switch-body', null,
      h('input.search-input', {
        role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'switch-list', 'aria-activedescendant': rows.length ? `switch-${state.at}` : null, 'aria-label': t('switcher.title'),
        placeholder: t('switcher.placeholder'), autocomplete: 'off', autofocus: true, 'data-testid': 'switcher-input',
        oninput: event => { state.text = event.currentTarget.value.trim(); state.at = 0; redraw(); search(state.text); },
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
