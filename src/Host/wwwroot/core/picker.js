// A popover to choose one thing from a list that narrows while one types.

import { h, patch } from './html.js';
import { t } from './i18n.js';
import { needStyle } from './style.js';
import { debounce, errorText, openPopover } from './ui.js';

needStyle('pages.css');

/**
 * @param {Element} anchor
 * @param {{label: string, placeholder: string, find: (text: string) => Promise<{key: string, sign: any, label: string, note?: string}[]>, pick: (one: any) => void}} options
 */
export function openPicker(anchor, { label, placeholder, find, pick }) {
  const state = { text: '', at: 0, found: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null) };
  const search = debounce(async () => {
    const { text } = state;
    try {
      const found = await find(text);
      if (text === state.text) Object.assign(state, { found, error: null, at: 0 });
    } catch (error) {
      state.error = error;
    }
    draw();
  }, 120);
  const choose = one => { shown.close(); pick(one); };
  const onkeydown = event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = state.found?.length ?? 0;
    if (event.key === 'Enter' && state.found?.[state.at]) { event.preventDefault(); choose(state.found[state.at]); }
    if (!step || !count) return;
    event.preventDefault();
    state.at = (state.at + step + count) % count;
    draw();
    document.getElementById(`picker-${state.at}`)?.scrollIntoView({ block: 'nearest' });
  };
  const draw = () => patch(shown.box, [
    h('input.search-input', {
      'aria-label': placeholder, placeholder, autocomplete: 'off', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'picker-list', 'data-testid': 'picker-input',
      'aria-activedescendant': state.found?.length ? `picker-${state.at}` : null, onkeydown, oninput: event => { state.text = event.currentTarget.value.trim(); search(); },
    }),
    state.error && h('p.form-error', { role: 'alert' }, errorText(state.error)),
    h('ul.switch-list', { id: 'picker-list', role: 'listbox', 'aria-label': label }, state.found?.map((one, i) => h('li', {
      key: one.key, id: `picker-${i}`, role: 'option', 'aria-selected': String(i === state.at), 'data-testid': 'picker-option', onclick: () => choose(one),
    }, h('span.room-sign', null, one.sign), h('span.room-name', null, one.label), one.note && h('small.muted', null, one.note)))),
    state.found?.length === 0 && h('p.muted.center', null, t('people.noneFound', { text: state.text })),
  ]);
  const shown = openPopover(anchor, h('div', null), { class: 'picker', role: 'dialog', label });
  draw();
  search();
  shown.box.querySelector('input')?.focus();
  return shown;
}
