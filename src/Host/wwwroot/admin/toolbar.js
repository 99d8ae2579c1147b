// Above a list: what it is narrowed by and sorted by, and the way out as a file.

import { get } from '../core/api.js';
import { avatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { normalUser } from '../core/normal.js';
import { nameOf, person } from '../core/people.js';
import { openPicker } from '../core/picker.js';
import { store } from '../core/store.js';
import { knowRoom, roomNamed, roomTitle } from './names.js';
import { allSorts } from './list-state.js';

const encoded = text => (text ? `&query=${encodeURIComponent(text)}` : '');

async function findUsers(text) {
  const page = await get(`/admin/users?limit=20${encoded(text)}`);
  return page.items.map(raw => {
    const user = normalUser(raw);
    store.set(now => (now.users[user.id] ? now : { ...now, users: { ...now.users, [user.id]: user } }));
    return { key: user.id, sign: avatar(user, 'small'), label: user.displayName, note: `@${user.username}` };
  });
}

async function findRooms(text) {
  const page = await get(`/admin/rooms?limit=20${encoded(text)}`);
  page.items.forEach(knowRoom);
  return page.items.map(room => ({ key: room.id, sign: icon(room.type === 'private' ? 'lock' : room.type === 'direct' ? 'people' : 'hash'), label: roomTitle(room) }));
}

/** @param {import('./list.js').List} list @param {Record<string, string>} query @param {(change: any, now?: boolean) => void} set @param {(() => void) | null} exportCsv @param {{open: boolean, toggle: () => void}} fold where it is narrow the filters wait behind a button */
export function toolbar(list, query, set, exportCsv, fold) {
  /** @param {import('./list-state.js').Filter} filter */
  function control(filter) {
    const { name } = filter;
    const label = t(`admin.filter.${name}`);
    const value = query[name];
    if (filter.options) {
      return h('select.filter', { key: name, 'aria-label': label, 'data-testid': `filter-${name}`, class: value && 'on', value, onchange: event => set({ [name]: event.currentTarget.value }) },
        h('option', { value: '' }, t('admin.filter.any', { what: label })), filter.options.map(one => h('option', { value: one }, t(`admin.choice.${name}.${one}`))));
    }
    if (filter.kind === 'date') {
      return h('label.filter-date', { key: name }, h('span', null, label), h('input', { type: 'date', value, 'data-testid': `filter-${name}`, onchange: event => set({ [name]: event.currentTarget.value }) }));
    }
    if (filter.kind === 'person' || filter.kind === 'room') {
      const shown = value && (filter.kind === 'room' ? roomNamed(value) : person(value) ? nameOf(value) : '…');
      const open = event => openPicker(event.currentTarget, {
        label, placeholder: t(filter.kind === 'room' ? 'search.findRoom' : 'people.search'), find: filter.kind === 'room' ? findRooms : findUsers, pick: one => set({ [name]: one.key }),
      });
      return h('span.chip', { key: name, class: value && 'on' },
        h('button.chip-main', { type: 'button', 'aria-haspopup': 'dialog', 'data-testid': `filter-${name}`, onclick: open }, label, shown && h('strong', null, shown), !shown && icon('chevron')),
        value && h('button.chip-clear', { type: 'button', 'aria-label': t('search.without', { what: label }), onclick: () => set({ [name]: '' }) }, icon('close')));
    }
    return h('input.filter', { key: name, type: 'search', 'aria-label': label, placeholder: label, value, maxlength: '200', 'data-testid': `filter-${name}`, onchange: event => set({ [name]: event.currentTarget.value.trim() }) });
  }

  const sort = query.sort || list.sorts[0];
  const used = (list.filters ?? []).filter(one => query[one.name]).length;
  return h('div.list-bar', { key: 'bar', class: fold.open && 'unfolded', role: 'search', 'aria-label': t('admin.list.narrow') },
    list.searches && h('div.search-box', { key: 'query' }, icon('search'), h('input.search-input', {
      type: 'search', 'aria-label': t(`admin.find.${list.name}`), placeholder: t(`admin.find.${list.name}`), value: query.query, maxlength: '200', autocomplete: 'off', enterkeyhint: 'search', 'data-testid': 'list-search',
      oninput: event => set({ query: event.currentTarget.value }, false),
    })),
    (list.filters ?? []).length > 0 && h('button.secondary.unfold', { key: 'unfold', type: 'button', 'aria-expanded': String(fold.open), 'data-testid': 'list-unfold', onclick: fold.toggle }, icon('settings'), t('admin.list.filters'), used > 0 && h('span.badge', null, used)),
    (list.filters ?? []).map(control),
    list.sorts.length > 0 && h('select.filter.sorts', { key: 'sort', 'aria-label': t('admin.list.sort'), 'data-testid': 'list-sort', value: sort, onchange: event => set({ sort: event.currentTarget.value === list.sorts[0] ? '' : event.currentTarget.value }) },
      allSorts(list).map(one => h('option', { value: one }, t(`admin.sort.${one}`)))),
    exportCsv && h('button.secondary.csv', { key: 'csv', type: 'button', 'data-testid': 'list-csv', onclick: exportCsv }, icon('download'), t('admin.list.csv')));
}
