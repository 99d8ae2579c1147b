// Search over everything that the person may read, or beside an open room over that room. The address is the search, so that it can be
// kept, sent and gone back to.

import { get } from '../core/api.js';
import { applier } from '../core/app-state.js';
import { avatar, avatarOf, roomAvatar } from '../core/avatar.js';
import { dialogForm, field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { normalMessage } from '../core/normal.js';
import { findPeople, nameOf, person, roomName } from '../core/people.js';
import { openPicker } from '../core/picker.js';
import { currentRoute, goBack } from '../core/router.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { dayLabel, shortDate } from '../core/time.js';
import { debounce, empty, failure, iconButton, openDialog, skeleton } from '../core/ui.js';
import { fileLine } from '../files/cards.js';
import { addressOf as messageAddress } from '../messaging/actions.js';
import { rank } from '../rooms/rank.js';
import { addressOf, asRead, excerpt, isEnough, readQuery, requestOf } from './query.js';

needStyle('pages.css');

const PAGE = 30;
/** After so many pages without a hit the person says whether to go on. */
const EMPTY_PAGES = 3;

function found(text, highlights) {
  const read = asRead(text, highlights);
  return excerpt(read.text, read.highlights);
}

/** Who comes back from a hit finds the hits as they left them. @type {any} */
let kept = null;

/** Where the panel stands beside its room, a hit is shown there and the hits stay. */
const beside = matchMedia('(min-width: 1100px)');

/** @param {HTMLElement} root @param {string} [within] the room whose panel this is */
export function searchView(root, within = '') {
  const fresh = () => ({ items: /** @type {any[] | null} */ (null), cursor: /** @type {string | null} */ (null), error: /** @type {any} */ (null), busy: false, tired: false });
  const read = route => ({ ...readQuery(route.query), ...(within && { room: within }) });
  const state = { query: read(currentRoute()), asked: '', turn: 0, ...fresh() };
  const here = query => addressOf(query, within);

  async function run(more = false) {
    const { query } = state;
    // The same may be asked for twice, so the words alone do not tell whose answer comes.
    const turn = state.turn += 1;
    if (!isEnough(query.q)) {
      Object.assign(state, fresh(), { asked: '' });
      return draw();
    }
    const asked = here(query);
    if (!more) Object.assign(state, fresh());
    Object.assign(state, { asked, busy: true, error: null, tired: false });
    draw();
    try {
      let { cursor } = state;
      for (let i = 0; ; i++) {
        const page = await get(requestOf(query, cursor, PAGE));
        if (state.turn !== turn) return;
        const hits = page.items.map(one => ({ message: normalMessage(one.message), highlights: one.highlights ?? [] }));
        cursor = page.nextCursor ?? null;
        Object.assign(state, { items: [...(state.items ?? []), ...hits], cursor });
        if (hits.length || !cursor) break;
        if (i + 1 >= EMPTY_PAGES) { state.tired = true; break; }
      }
    } catch (error) {
      if (state.turn !== turn) return;
      state.error = error;
    }
    state.busy = false;
    draw();
  }
  const later = debounce(() => { if (here(state.query) !== state.asked) run(); }, 250);

  /** @param {Partial<import('./query.js').Query>} change */
  function set(change, now = true) {
    state.query = { ...state.query, ...change };
    history.replaceState(history.state, '', here(state.query));
    if (now) run();
    else {
      draw();
      later();
    }
  }

  const ends = new IntersectionObserver(entries => {
    if (entries.some(one => one.isIntersecting) && state.cursor && !state.busy && !state.error && !state.tired) run(true);
  }, { rootMargin: '600px' });

  function chip(name, label, value, { open, clear }) {
    return h('span.chip', { key: name, class: value && 'on' },
      h('button.chip-main', { type: 'button', 'data-testid': `filter-${name}`, 'aria-haspopup': 'dialog', onclick: open }, label, value && h('strong', null, value), !value && icon('chevron')),
      value && h('button.chip-clear', { type: 'button', 'aria-label': t('search.without', { what: label }), onclick: clear }, icon('close')));
  }

  const roomSign = room => (room.type === 'direct' ? avatar(room.peer, 'small') : room.avatarUrl ? roomAvatar(room) : icon(room.type === 'private' ? 'lock' : 'hash'));

  function chooseRoom(event) {
    openPicker(event.currentTarget, {
      label: t('search.room'), placeholder: t('search.findRoom'), pick: one => set({ room: one.key }),
      find: async text => Object.values(store.get().rooms).map(room => ({ room, rank: rank(roomName(room), text) })).filter(one => one.rank !== null)
        .sort((a, b) => Number(a.rank) - Number(b.rank) || roomName(a.room).localeCompare(roomName(b.room))).slice(0, 30).map(({ room }) => ({ key: room.id, sign: roomSign(room), label: roomName(room) })),
    });
  }

  function choosePerson(event) {
    openPicker(event.currentTarget, {
      label: t('search.person'), placeholder: t('people.search'), pick: one => set({ from: one.key }),
      find: async text => (await findPeople(text)).map(user => {
        store.set(now => (now.users[user.id] ? now : { ...now, users: { ...now.users, [user.id]: user } }));
        return { key: user.id, sign: avatar(user, 'small'), label: user.displayName, note: `@${user.username}` };
      }),
    });
  }

  async function chooseDates() {
    const { query } = state;
    const chosen = await openDialog(t('search.dates'), (close, redraw) => dialogForm(close, redraw, {
      action: t('search.apply'), testid: 'dates-apply',
      submit: async data => ({ after: String(data.get('after')), before: String(data.get('before')) }),
      fields: () => h('div.two', null,
        field(t('search.after'), { name: 'after', type: 'date', value: query.after, 'data-testid': 'date-after' }),
        field(t('search.before'), { name: 'before', type: 'date', value: query.before, 'data-testid': 'date-before' })),
    }));
    if (chosen) set(chosen.after && chosen.before && chosen.after > chosen.before ? { after: chosen.before, before: chosen.after } : chosen);
  }

  function dates() {
    const { after, before } = state.query;
    if (after && before) return after === before ? dayLabel(after) : `${dayLabel(after)} – ${dayLabel(before)}`;
    return after ? t('search.since', { date: dayLabel(after) }) : before ? t('search.until', { date: dayLabel(before) }) : '';
  }

  function filters() {
    const { query } = state;
    const room = store.get().rooms[query.room];
    return h('div.chips', { role: 'group', 'aria-label': t('search.filters') },
      !within && chip('room', t('search.room'), query.room && (room ? roomName(room) : '…'), { open: chooseRoom, clear: () => set({ room: '' }) }),
      chip('person', t('search.person'), query.from && (person(query.from) ? nameOf(query.from) : query.from.length < 33 ? query.from : '…'), { open: choosePerson, clear: () => set({ from: '' }) }),
      chip('dates', t('search.dates'), dates(), { open: chooseDates, clear: () => set({ after: '', before: '' }) }),
      h('button.chip.toggle', { key: 'file', type: 'button', class: query.has && 'on', 'aria-pressed': String(Boolean(query.has)), 'data-testid': 'filter-file', onclick: () => set({ has: query.has ? '' : 'file' }) }, icon(query.has ? 'check' : 'file'), t('search.hasFile')));
  }

  /** A hit as its message is now: nothing is shown that was deleted since. */
  function asNow(hit) {
    let { message, highlights } = hit;
    for (const event of applier.recent.get(message.roomId) ?? []) {
      if (event.messageId === message.id && event.type === 'message.deleted') message = { ...message, isDeleted: true, attachments: [] };
      else if (event.type === 'message.edited' && event.message.id === message.id && event.message.text !== message.text) [message, highlights] = [{ ...message, text: event.message.text ?? '' }, []];
    }
    return { message, highlights };
  }

  function hit(one) {
    const { message, highlights } = asNow(one);
    const room = store.get().rooms[message.roomId];
    const href = within && beside.matches && !message.threadId ? addressOf(state.query, within, message.seq) : messageAddress(message);
    return h('li', { key: message.id }, h('a.hit', { href, 'aria-current': currentRoute().params.seq === String(message.seq) ? 'true' : null, 'data-testid': 'search-hit', 'data-seq': message.seq },
      avatarOf(message.senderId, 'medium'),
      h('div.grow', null,
        h('header', null, h('strong', null, nameOf(message.senderId)), h('span.hit-room', null, !within && [room && roomSign(room), room ? roomName(room) : t('person.unknown')], message.threadId && h('span.tag', null, t('panel.thread'))),
          h('time', { datetime: message.createdAt }, shortDate(message.createdAt))),
        h('p.hit-text', null, message.isDeleted ? t('message.deleted') : found(message.text, highlights).map(part => (part.mark ? h('mark', null, part.text) : part.text))),
        message.attachments.length > 0 && h('p.hit-files', null, fileLine(message.attachments)))));
  }

  const everywhere = () => (within ? h('a.button.secondary', { href: addressOf({ ...state.query, room: '' }), 'data-testid': 'search-everywhere' }, t('search.everywhere'))
    : h('button.secondary', { type: 'button', onclick: () => set({ room: '' }) }, t('search.everywhere')));

  function results() {
    const { query, items } = state;
    const filtered = Boolean((query.room && !within) || query.from || query.after || query.before || query.has);
    if (!isEnough(query.q)) {
      return empty('search', t('search.teach'), t(within ? 'search.teachRoom' : 'search.teachText'), h('ul.search-tips', null, ['search.tipPart', 'search.tipQuotes', 'search.tipWords'].map(key => h('li', null, t(key)))));
    }
    if (state.error && !items?.length) return [403, 404].includes(state.error.status) ? empty('lock', t('search.notAllowed'), t('search.notAllowedText'), everywhere()) : failure(state.error, () => run());
    if (!items || (state.busy && !items.length)) return skeleton(6, 'message');
    if (!items.length && !state.cursor) {
      return empty('search', t('search.none', { text: query.q }), filtered ? t('search.noneFiltered') : t(within ? 'search.noneRoom' : 'search.noneText'),
        filtered && h('button.secondary', { type: 'button', onclick: () => set({ room: within, from: '', after: '', before: '', has: '' }) }, t('search.noFilters')),
        within && everywhere());
    }
    return [
      h('ul.hits', { 'data-testid': 'search-hits' }, items.map(hit)),
      state.error ? failure(state.error, () => run(true))
        : state.tired ? h('div.search-more', null, h('p.muted', null, t('search.tired')), h('button.secondary', { type: 'button', 'data-testid': 'search-further', onclick: () => run(true) }, t('search.further')))
          : state.cursor ? h('div.search-more', { key: 'more', 'data-more': '' }, h('span.spinner', { role: 'status', 'aria-label': t('search.older') })) : h('p.search-end', null, t('search.end')),
      within && !state.cursor && !state.error && h('div.search-more', null, everywhere()),
    ];
  }

  /** The arrow keys lead from the field through the hits and back. */
  function onkeydown(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const hits = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('.hit')]);
    const at = hits.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (!step || !hits.length || (at < 0 && event.target.tagName !== 'INPUT') || (at < 0 && step < 0)) return;
    event.preventDefault();
    if (at + step < 0) root.querySelector('input')?.focus();
    else hits[Math.min(at + step, hits.length - 1)].focus();
  }

  function draw() {
    const { query, items } = state;
    const label = t(within ? 'search.inRoom' : 'search.title');
    const content = [
      h('div.search-box', { role: 'search', 'aria-label': label }, icon('search'),
        h('input.search-input', { type: 'search', 'aria-label': label, placeholder: t('search.placeholder'), value: query.q, maxlength: '200', autocomplete: 'off', enterkeyhint: 'search', autofocus: true, 'data-testid': 'search-input',
          oninput: event => set({ q: event.currentTarget.value }, false), onkeydown: event => { if (event.key === 'Enter') run(); } })),
      filters(),
      h('p.visually-hidden', { role: 'status' }, items && !state.busy ? t('search.found', { n: items.length }) : ''),
      h('div', { key: `results-${!items}` }, results()),
    ];
    patch(root, within ? h('div.search-panel', { onkeydown, 'data-testid': 'search-panel' }, content) : h('div.page', { onkeydown },
      h('header.page-head', null, iconButton('back', t('action.back'), { onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('search.title'))),
      h('div.page-body', null, content)));
    const more = root.querySelector('[data-more]');
    ends.disconnect();
    if (more) ends.observe(more);
  }

  const me = store.get().me?.id;
  const scroller = () => (within ? root : root.querySelector('.page-body'));
  if (kept?.me === me && kept.state.asked === here(state.query) && kept.state.items?.length) {
    Object.assign(state, kept.state, { busy: false });
    draw();
    const body = scroller();
    if (body) body.scrollTop = kept.top;
  } else run();
  if (within && [document.body, document.getElementById('panel-title')].includes(/** @type {any} */ (document.activeElement))) root.querySelector('input')?.focus({ preventScroll: true });
  const off = store.subscribe((now, before) => { if (now.users !== before.users || now.rooms !== before.rooms) draw(); });
  return {
    stop() {
      state.turn += 1;
      kept = { me, state: { ...state }, top: scroller()?.scrollTop ?? 0 };
      off();
      ends.disconnect();
    },
    /** Another search by link or by the back button. */
    moved(route) {
      const next = read(route);
      if (here(next) === here(state.query)) return draw();
      state.query = next;
      run();
    },
  };
}
