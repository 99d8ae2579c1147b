// A field that finds people, for a dialog: one of them, or several in one go.

import { avatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { list, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { findPeople } from '../core/people.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { debounce, errorText } from '../core/ui.js';

needStyle('pages.css');

const notMyself = user => user.id === store.get().me?.id;

/**
 * Search for people; `pick` gets the chosen one. The list works with the arrow keys. With `chosen` each pick takes one in or out of it.
 * @param {{pick?: (user: any) => void, chosen?: Map<string, any>, most?: number, redraw: () => void, leaveOut?: (user: any) => boolean}} options
 */
export function peopleSearch({ pick = () => {}, chosen, most = Infinity, redraw, leaveOut = notMyself }) {
  const state = { text: '', found: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null), at: 0, asked: '', entered: /** @type {any} */ (null) };
  const search = debounce(async text => {
    if (text !== state.text) return;
    try {
      const found = await findPeople(text);
      if (text !== state.text) return;
      Object.assign(state, { found: found.filter(user => !leaveOut(user)), error: null, at: 0, asked: text });
    } catch (error) {
      Object.assign(state, { error, asked: text });
    }
    const { entered, found, error } = state;
    state.entered = null;
    if (entered && !error && found?.[0]) toggle(found[0], entered);
    else redraw();
  }, 180);
  search('');

  /** What was typed has done its work: the next name can be typed at once. */
  function toggle(user, input) {
    if (!chosen) return pick(user);
    if (!chosen.delete(user.id) && chosen.size < most) chosen.set(user.id, user);
    if (state.text) {
      Object.assign(state, { text: '', at: 0 });
      input.value = '';
      search('');
    }
    input.focus();
    redraw();
  }

  const onkeydown = event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = state.found?.length ?? 0;
    const input = event.currentTarget;
    if (event.key === 'Enter') {
      event.preventDefault();
      // Who types faster than the list comes means what they typed, not what still stands there.
      if (state.asked !== state.text) state.entered = input;
      else if (state.found?.[state.at]) toggle(state.found[state.at], input);
    } else if (event.key === 'Backspace' && !input.value && chosen?.size) {
      event.preventDefault();
      toggle([...chosen.values()].at(-1), input);
    }
    if (!step || !count) return;
    event.preventDefault();
    state.at = (state.at + step + count) % count;
    redraw();
    document.getElementById(`found-${state.at}`)?.scrollIntoView({ block: 'nearest' });
  };

  function option(user, i) {
    const taken = chosen?.has(user.id) ?? false;
    const input = event => event.currentTarget.closest('.people-search').querySelector('input');
    return h('li', { key: user.id, id: `found-${i}`, role: 'option', class: i === state.at && 'at', 'aria-selected': String(chosen ? taken : i === state.at) },
      h('button.person', { type: 'button', tabindex: '-1', 'data-testid': 'person', onclick: event => toggle(user, input(event)) }, avatar(user),
        h('span.grow', null, h('strong', null, user.displayName), h('small', null, `@${user.username}`)), taken && icon('check')));
  }

  return () => h('div.people-search', null,
    chosen && chosen.size > 0 && h('ul.chips.chosen', { 'aria-label': t('people.chosen') }, [...chosen.values()].map(user => h('li', { key: user.id },
      h('button.chip.toggle', { type: 'button', 'data-testid': 'chosen-person', 'aria-label': t('people.takeOut', { name: user.displayName }), onclick: event => toggle(user, event.currentTarget.closest('.people-search').querySelector('input')) },
        avatar(user, 'small'), h('span', null, user.displayName), icon('close'))))),
    h('input', {
      name: 'person', 'aria-label': t('people.search'), placeholder: t('people.search'), autocomplete: 'off', autofocus: true, 'data-testid': 'people-search', role: 'combobox',
      'aria-expanded': 'true', 'aria-controls': 'people-found', 'aria-activedescendant': state.found?.length ? `found-${state.at}` : null, onkeydown,
      oninput: event => { Object.assign(state, { text: event.currentTarget.value.trim(), entered: null }); search(state.text); },
    }),
    state.error && h('p.form-error', { role: 'alert' }, errorText(state.error)),
    h('ul.people', { id: 'people-found', role: 'listbox', 'aria-label': t('people.found'), 'aria-multiselectable': chosen ? 'true' : null }, state.found?.map(option)),
    chosen && h('p.visually-hidden', { role: 'status' }, chosen.size > 0 && list([...chosen.values()].map(one => one.displayName))),
    state.found?.length === 0 && h('p.muted.center', null, state.text ? t('people.noneFound', { text: state.text }) : t(chosen ? 'people.noneOutside' : 'people.none')));
}
