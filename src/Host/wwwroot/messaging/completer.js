// The list of suggestions over the composer: what it offers, which one is chosen, and the keys for it.

import { avatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { currentLanguage, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { findPeople, person } from '../core/people.js';
import { store } from '../core/store.js';
import { debounce } from '../core/ui.js';
import { accept, commands, emoji, people, rooms, tokenAt } from './complete.js';
import { findMembers, hasMore } from '../rooms/member-list.js';
import { commandsFor } from './commands.js';
import { roomCommands } from './room-commands.js';

/** In rooms up to this size every member may call all; above, only who moderates, up to the second bound. */
const ALL_CALL = 50;
const MODERATORS_CALL = 1000;

function mayCallAll(room) {
  if (!room) return false;
  return room.type === 'direct' || room.memberCount <= ALL_CALL || (room.role !== 'member' && room.memberCount <= MODERATORS_CALL);
}

/**
 * @param {HTMLTextAreaElement} area @param {string} roomId
 * @param {{id: string, type: (text: string, from: number, to: number) => void, changed: () => void, drawn: () => void, inThread: boolean}} options
 */
export function completer(area, roomId, { id, type, changed, drawn, inThread }) {
  const state = { token: /** @type {any} */ (null), offers: /** @type {any[]} */ ([]), at: 0 };
  let find = /** @type {any} */ (null);
  let asked = '';

  /** People beyond those in memory: in a large room, and for a command that takes anybody. */
  const ask = debounce(async (query, look) => {
    if (asked !== query || !state.token) return;
    const found = await look(query).catch(() => []);
    if (asked !== query || !state.token || state.token.query !== query) return;
    const known = new Set(state.offers.map(one => one.key));
    state.offers = [...state.offers, ...people(state.token, found.filter(one => !known.has(one.id)))].slice(0, 8);
    drawn();
  }, 150);

  function offersFor(token) {
    const { members, rooms: all, me } = store.get();
    const room = all[roomId];
    if (token.kind === '/') {
      // The room's own beside those that are everywhere.
      const own = inThread ? [] : roomCommands(roomId, () => { if (state.token?.kind === '/') update(); });
      return inThread ? [] : commands(token, [...commandsFor(room), ...own.map(one => ({ name: one.name, hint: one.hint ?? '', about: one.description ?? '' }))]);
    }
    if (token.kind === '#') return rooms(token, Object.values(all).filter(one => one.name), location.origin);
    if (token.kind === ':') {
      if (find) return emoji(token, find);
      import('./emoji-data.js').then(async data => {
        await data.speakEmoji(currentLanguage()).catch(() => null);
        find = data.findEmoji;
        update();
      }, () => {});
      return [];
    }
    const anybody = /^\/(invite|msg)\s/.test(area.value);
    const inside = (members[roomId] ?? []).map(one => person(one.user.id) ?? one.user).filter(one => one.username && one.isActive !== false && one.id !== me?.id);
    if (anybody || (token.query && hasMore(roomId))) {
      asked = token.query;
      ask(token.query, anybody ? findPeople : async query => (await findMembers(roomId, query)).map(one => one.user).filter(one => one.id !== me?.id));
      if (area.value.startsWith('/invite')) return [];
    }
    return people(token, inside, mayCallAll(room) && !anybody ? { all: t('composer.allNote', { n: room.memberCount }) } : {});
  }

  function update() {
    state.token = area.selectionStart === area.selectionEnd && document.activeElement === area ? tokenAt(area.value, area.selectionStart) : null;
    state.offers = state.token ? offersFor(state.token) : [];
    state.at = 0;
    drawn();
  }

  function close() {
    if (!state.token && !state.offers.length) return;
    state.token = null;
    state.offers = [];
    drawn();
  }

  function take(offer) {
    const { text, from, to, caret } = accept(area.value, area.selectionStart, state.token, offer.insert);
    type(text, from, to);
    area.setSelectionRange(caret, caret);
    close();
    changed();
  }

  return {
    update, close,
    get open() { return state.offers.length > 0; },
    get active() { return state.offers.length ? `${id}-${state.at}` : null; },
    /** @returns {boolean} whether the key was for the list */
    key(event) {
      if (!state.offers.length) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        state.at = (state.at + step + state.offers.length) % state.offers.length;
        drawn();
      } else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') take(state.offers[state.at]);
      else if (event.key === 'Escape') close();
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
    draw: () => state.offers.length > 0 && h('ul.completions', { key: 'offers', id, role: 'listbox', 'aria-label': t('composer.completions'), 'data-testid': 'completions' }, state.offers.map((offer, i) => h('li', {
      key: offer.key, id: `${id}-${i}`, role: 'option', 'aria-selected': String(i === state.at), onpointerdown: event => { event.preventDefault(); take(offer); },
    }, offer.user ? avatar(offer.user, 'small') : offer.emoji ? h('span.emoji', null, offer.emoji) : h('span.offer-sign', null, icon(offer.icon ?? 'megaphone')),
    h('strong', null, offer.label), offer.note && h('small.muted', null, offer.note)))),
  };
}
