import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { isTouch, pref, setPref } from '../core/prefs.js';
import { openPopover } from '../core/ui.js';
import { EMOJI, findEmoji, GROUP_KEYS } from './emoji-data.js';

const QUICK = ['👍', '❤️', '😂', '🎉', '👀', '✅', '🙏', '🚀'];

function remember(emoji) {
  setPref('emoji', [emoji, ...pref('emoji', []).filter(one => one !== emoji)].slice(0, 16));
}

/** @param {Element} anchor @param {(emoji: string) => void} pick */
export function openEmojiPicker(anchor, pick) {
  let text = '';
  const choose = emoji => {
    shown.close();
    remember(emoji);
    pick(emoji);
  };
  const button = (emoji, name) => h('button.emoji-button', { type: 'button', title: `:${name}:`, 'aria-label': name.replaceAll('_', ' '), 'data-testid': 'emoji', 'data-emoji': emoji, onclick: () => choose(emoji) }, emoji);
  const nameOf = emoji => EMOJI.find(one => one.emoji === emoji)?.name ?? emoji;
  const grid = h('div.emoji-grid-box', null);
  function draw() {
    if (text) {
      const found = findEmoji(text, 80);
      patch(grid, found.length ? h('div.emoji-grid', null, found.map(one => button(one.emoji, one.name))) : h('p.muted.center', null, t('emoji.none', { text })));
      return;
    }
    const recent = [...new Set([...pref('emoji', []), ...QUICK])].slice(0, 16);
    patch(grid, [
      h('h3', null, t('emoji.recent')), h('div.emoji-grid', null, recent.map(one => button(one, nameOf(one)))),
      GROUP_KEYS.map(group => [h('h3', null, t(`emoji.${group}`)), h('div.emoji-grid', null, EMOJI.filter(one => one.group === group).map(one => button(one.emoji, one.name)))]),
    ]);
  }
  /** Arrow keys walk the grid by what is where on the screen. */
  function onkeydown(event) {
    if (event.key === 'Enter' && event.target.tagName === 'INPUT') {
      event.preventDefault();
      /** @type {HTMLElement | null} */ (grid.querySelector('button'))?.click();
    }
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 };
    if (!(event.key in steps) || (event.target.tagName === 'INPUT' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const buttons = [...grid.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement);
    if (at < 0) buttons[0]?.focus();
    else if (at + steps[event.key] < 0) shown.box.querySelector('input')?.focus();
    else buttons[Math.min(at + steps[event.key], buttons.length - 1)].focus();
  }
  const shown = openPopover(anchor, [
    h('input.search-input', { type: 'search', placeholder: t('emoji.search'), 'aria-label': t('emoji.search'), autocomplete: 'off', 'data-testid': 'emoji-search', oninput: event => { text = event.currentTarget.value.trim(); draw(); } }),
    grid,
  ], { class: 'emoji-picker', role: 'dialog', label: t('action.react') });
  shown.box.addEventListener('keydown', onkeydown);
  draw();
  if (isTouch()) shown.box.focus();
  else /** @type {HTMLElement | null} */ (shown.box.querySelector('input'))?.focus();
  return shown;
}
