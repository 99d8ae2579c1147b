// The one list of the administration: searched, filtered, sorted, paged, selected, exported; a table, or cards where it is narrow.

import { get } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { currentRoute, navigate } from '../core/router.js';
import { debounce, empty, failure, iconButton, notify, notifyError, openMenu, skeleton } from '../core/ui.js';
import { icon } from '../core/icons.js';
import { bulk } from './act.js';
import { knowRoom, onNames } from './names.js';
import { addressOf, allOrNone, csvOf, EMPTY_PAGES, ENDLESS, fieldOf, isDescending, isNarrowed, joined, kept, MOST_SELECTED, nextSort, PAGE, reached, readQuery, requestOf, toggled } from './list-state.js';
import { refused } from './refused.js';
import { toolbar } from './toolbar.js';

/**
 * @typedef {import('./list-state.js').Shape & {
 *   name: string, columns: {name: string, cell: (one: any) => any, sort?: string, main?: boolean, number?: boolean, wide?: boolean, long?: boolean}[],
 *   idOf?: (one: any) => string, label: (one: any) => string, href?: (one: any) => string, bulk?: {action: string, danger?: boolean, ask: (n: number) => Promise<boolean>}[],
 *   acts?: (one: any, reload: () => void) => any[], sign: string, teach?: () => any, follow?: (state: any) => void, csv?: boolean}} List
 *   `columns[].wide`: only where there is room; `follow` is told each answer
 */

/** @param {HTMLElement} root @param {List} list */
export function listView(root, list) {
  const idOf = list.idOf ?? (one => String(one.id));
  const fresh = () => ({ items: /** @type {any[] | null} */ (null), cursor: /** @type {string | null} */ (null), error: /** @type {any} */ (null), busy: false, tired: false });
  const state = { query: readQuery(list, currentRoute().query), asked: '', turn: 0, selected: /** @type {Set<string>} */ (new Set()), anchor: '', at: '', unfolded: false, ...fresh() };
  const ids = () => (state.items ?? []).map(idOf);

  async function load(more = false) {
    const turn = ++state.turn;
    if (!more) Object.assign(state, fresh());
    Object.assign(state, { busy: true, error: null, tired: false, asked: addressOf(list, state.query) });
    draw();
    try {
      let { cursor } = state;
      for (let i = 0; ; i++) {
        const page = await get(requestOf(list, state.query, cursor));
        if (turn !== state.turn) return;
        if (list.name === 'rooms') page.items.forEach(knowRoom);
        list.follow?.(page);
        cursor = page.nextCursor ?? null;
        Object.assign(state, { items: joined(state.items ?? [], page.items, idOf), cursor });
        if (page.items.length || !cursor) break;
        if (i + 1 >= EMPTY_PAGES) { state.tired = true; break; }
      }
    } catch (error) {
      if (turn !== state.turn) return;
      state.error = error;
    }
    state.busy = false;
    draw();
  }

  /** After an act the same rows anew, without losing the place. */
  async function reload() {
    const turn = ++state.turn;
    try {
      const page = await get(requestOf(list, state.query, null, Math.min(200, Math.max(PAGE, state.items?.length ?? 0))));
      if (turn !== state.turn) return;
      list.follow?.(page);
      Object.assign(state, { items: page.items, cursor: page.nextCursor ?? null, error: null, busy: false });
      state.selected = kept(state.selected, ids());
    } catch (error) {
      if (turn === state.turn) notifyError(error);
    }
    draw();
  }

  const later = debounce(() => { if (addressOf(list, state.query) !== state.asked) load(); }, 250);

  /** @param {import('./list-state.js').Query} change */
  function set(change, now = true) {
    state.query = { ...state.query, ...change };
    state.selected = new Set();
    history.replaceState(history.state, '', addressOf(list, state.query));
    if (now) load();
    else {
      draw();
      later();
    }
  }

  /** The session is renewed by an ordinary call first: a download cannot do that. */
  async function exportCsv() {
    try {
      await get(requestOf(list, state.query, null, 1));
      const link = h('a', { href: `/api/v1${csvOf(list, state.query)}`, download: `${list.name}.csv`, hidden: true });
      document.body.append(link);
      link.click();
      link.remove();
    } catch (error) {
      notifyError(error);
    }
  }

  function select(next) {
    if (next.size >= MOST_SELECTED) notify(t('admin.list.mostSelected', { n: MOST_SELECTED }));
    state.selected = next;
    draw();
  }

  async function runBulk(one) {
    const chosen = [...state.selected];
    const known = new Map((state.items ?? []).map(item => [idOf(item), list.label(item)]));
    if (!await one.ask(chosen.length)) return;
    if (!await bulk(one.action, chosen, { title: t(`admin.bulk.${one.action}`), nameOf: id => known.get(id) ?? id })) return;
    state.selected = new Set();
    await reload();
    /** @type {HTMLElement | null} */ (root.querySelector('tbody [role=row][tabindex="0"]'))?.focus();
  }

  const ends = new IntersectionObserver(entries => {
    if (entries.some(one => one.isIntersecting) && state.cursor && !state.busy && !state.error && !state.tired && (state.items?.length ?? 0) < ENDLESS) load(true);
  }, { rootMargin: '400px' });

  function head(column) {
    const now = state.query.sort || list.sorts[0];
    const sorted = column.sort && fieldOf(now) === column.sort;
    const label = t(`admin.col.${column.name}`);
    return h('th', { role: 'columnheader', scope: 'col', class: [column.number && 'number', column.wide && 'only-roomy'], 'aria-sort': sorted ? (isDescending(now) ? 'descending' : 'ascending') : null },
      column.sort && list.sorts.some(one => fieldOf(one) === column.sort)
        ? h('button.sort', { type: 'button', 'data-testid': `sort-${column.name}`, onclick: () => set({ sort: nextSort(list, state.query, column.sort) }) }, label, h('span.sort-sign', { 'aria-hidden': 'true' }, sorted ? (isDescending(now) ? '↓' : '↑') : '↕'))
        : label);
  }

  function row(one) {
    const id = idOf(one);
    const label = list.label(one);
    const acts = list.acts?.(one, reload) ?? [];
    return h('tr', {
      key: id, role: 'row', tabindex: '-1', 'aria-selected': list.bulk ? String(state.selected.has(id)) : null, class: state.selected.has(id) && 'selected', 'data-testid': 'row', 'data-id': id, 'aria-label': label,
    },
    list.bulk && h('td.pick', { role: 'gridcell' }, h('label', null, h('input', {
      type: 'checkbox', checked: state.selected.has(id), tabindex: '-1', 'aria-label': t('admin.list.select', { name: label }), 'data-testid': 'pick',
      onclick: event => { select(event.shiftKey && state.anchor ? reached(state.selected, ids(), state.anchor, id) : toggled(state.selected, id)); state.anchor = id; },
    }))),
    list.columns.map(column => h('td', { role: 'gridcell', class: [column.main && 'main-cell', column.number && 'number', column.wide && 'only-roomy', column.long && 'long'], 'data-label': t(`admin.col.${column.name}`) },
      column.main && list.href ? h('a.row-link', { href: list.href(one), tabindex: '-1' }, column.cell(one)) : column.cell(one))),
    list.acts && h('td.row-acts', { role: 'gridcell' }, acts.length > 0 && iconButton('more', t('admin.list.actsOf', { name: label }), { tabindex: '-1', 'aria-haspopup': 'menu', 'data-testid': 'row-menu', onclick: event => openMenu(event.currentTarget, acts, label) })));
  }

  function table() {
    const all = ids();
    const every = all.length > 0 && all.slice(0, MOST_SELECTED).every(id => state.selected.has(id));
    return h('table.admin-table', { role: 'grid', key: 'table', 'aria-label': t(`admin.page.${list.name}`), 'aria-multiselectable': list.bulk ? 'true' : null, 'data-testid': 'admin-list', 'aria-describedby': 'list-keys', onkeydown, onfocusin: event => settle(event.target) },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
        list.bulk && h('th.pick', { role: 'columnheader', scope: 'col' }, h('label', null, h('input', { type: 'checkbox', checked: every, indeterminate: !every && state.selected.size > 0, 'aria-label': t('admin.list.selectAll'), 'data-testid': 'pick-all', onclick: () => select(/** @type {any} */ (allOrNone(state.selected, all))) }))),
        list.columns.map(head), list.acts && h('th.row-acts', { role: 'columnheader', scope: 'col' }, h('span.visually-hidden', null, t('admin.list.acts'))))),
      h('tbody', { role: 'rowgroup' }, (state.items ?? []).map(row)));
  }

  function below() {
    if (state.error) return failure(state.error, () => load(true));
    if (state.tired) return h('div.search-more', null, h('p.muted', null, t('admin.list.tired')), h('button.secondary', { type: 'button', onclick: () => load(true) }, t('admin.list.further')));
    if (!state.cursor) return null;
    return (state.items?.length ?? 0) < ENDLESS ? h('div.search-more', { key: 'more', 'data-more': '' }, h('span.spinner', { role: 'status', 'aria-label': t('state.loading') }))
      : h('div.search-more', { key: 'button' }, h('button.secondary', { type: 'button', disabled: state.busy, 'data-testid': 'list-more', onclick: () => load(true) }, t('admin.list.more', { n: PAGE })));
  }

  function body() {
    const { items, error } = state;
    if (error && !items?.length) {
      return refused(error, () => load());
    }
    if (!items || (state.busy && !items.length)) return skeleton(8, 'row');
    if (items.length || state.cursor) return [items.length > 0 && table(), below()];
    return isNarrowed(list, state.query)
      ? empty('search', t('admin.list.noneFound'), t('admin.list.noneFoundText'), h('button.secondary', { type: 'button', 'data-testid': 'list-clear', onclick: () => set(Object.fromEntries(['query', ...(list.filters ?? []).map(one => one.name)].map(name => [name, '']))) }, t('admin.list.clear')))
      : empty(list.sign, t(`admin.none.${list.name}`), t(`admin.noneText.${list.name}`), ...(list.teach ? [list.teach()] : []));
  }

  function selection() {
    if (!list.bulk || !state.selected.size) return null;
    return h('div.bulk-bar', { key: 'bulk', role: 'region', 'aria-label': t('admin.list.selection') }, h('strong', { role: 'status', 'data-testid': 'selected-count' }, t('admin.list.selected', { n: state.selected.size })),
      list.bulk.map(one => h('button', { key: one.action, type: 'button', class: one.danger ? 'danger-quiet' : 'secondary', 'data-testid': `bulk-${one.action}`, onclick: () => runBulk(one) }, t(`admin.bulk.${one.action}`))),
      iconButton('close', t('admin.list.selectNone'), { onclick: () => select(new Set()) }));
  }

  const rows = () => /** @type {HTMLElement[]} */ ([...root.querySelectorAll('tbody [role=row]')]);

  /** One stop for the tab key in the whole table: the row at hand, and what is inside it. @param {any} [focused] */
  function settle(focused) {
    const at = focused?.closest?.('tbody [role=row]');
    if (at) state.at = at.dataset.id;
    const all = rows();
    const current = all.find(one => one.dataset.id === state.at) ?? all[0];
    for (const one of all) {
      const stop = one === current ? '0' : '-1';
      one.setAttribute('tabindex', stop);
      for (const inner of one.querySelectorAll('a[href], button, input')) inner.setAttribute('tabindex', stop);
    }
  }

  function onkeydown(event) {
    const all = rows();
    const row = event.target.closest('tbody [role=row]');
    const at = all.indexOf(row);
    if (at < 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key];
    const id = row.dataset.id;
    if (step) {
      const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
      if (event.shiftKey && list.bulk) select(reached(state.selected, ids(), id, next.dataset.id ?? id));
      rows().find(one => one.dataset.id === next.dataset.id)?.focus();
    } else if (event.target !== row && event.key !== 'Escape') return;
    else if (event.key === 'Enter') {
      const link = row.querySelector('.row-link');
      if (link) navigate(link.getAttribute('href'));
      else row.querySelector('[data-testid=row-menu]')?.click();
    } else if (event.key === ' ' && list.bulk) {
      state.anchor = id;
      select(toggled(state.selected, id));
    } else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey) && list.bulk) select(/** @type {any} */ (allOrNone(state.selected, ids())));
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) row.querySelector('[data-testid=row-menu]')?.click();
    else if (event.key === 'Escape' && state.selected.size) select(new Set());
    else return;
    event.preventDefault();
  }

  function draw() {
    patch(root, h('div.admin-list', null,
      toolbar(list, state.query, set, list.csv === false ? null : exportCsv, { open: state.unfolded, toggle: () => { state.unfolded = !state.unfolded; draw(); } }),
      h('p.visually-hidden', { role: 'status' }, state.items && !state.busy ? t('admin.list.found', { n: state.items.length }) : ''),
      h('p.visually-hidden', { id: 'list-keys' }, t('admin.list.keys')),
      h('div', { key: `body-${!state.items}` }, body()),
      selection()));
    settle();
    const more = root.querySelector('[data-more]');
    ends.disconnect();
    if (more) ends.observe(more);
  }

  load();
  const offs = [onNames(() => draw()), store.subscribe((now, before) => { if (now.users !== before.users) draw(); })];
  return {
    reload,
    stop() {
      state.turn = -1;
      ends.disconnect();
      for (const off of offs) off();
    },
    /** Another search by link or by the back button. @param {import('../core/router.js').Route} route */
    moved(route) {
      const next = readQuery(list, route.query);
      if (addressOf(list, next) === addressOf(list, state.query)) return;
      Object.assign(state, { query: next, selected: new Set() });
      load();
    },
  };
}
