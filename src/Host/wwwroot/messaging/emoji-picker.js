// All emoji to choose from: lately used ones, groups, and a search. A group's buttons are made when it comes near the view.

import { h, patch } from '../core/html.js';
import { currentLanguage, t } from '../core/i18n.js';
import { isTouch } from '../core/prefs.js';
import { openPopover } from '../core/ui.js';
import { EMOJI, emojiName, findEmoji, GROUP_KEYS, speakEmoji } from './emoji-data.js';
import { recentEmoji, rememberEmoji } from './emoji-recent.js';

const SIGNS = { smileys: '😀', people: '👋', nature: '🐻', food: '🍎', travel: '🚗', activity: '⚽', things: '💡', signs: '❤️', flags: '🏁' };
const COLUMNS = 8;

/** @param {Element} anchor @param {(emoji: string) => void} pick */
export function openEmojiPicker(anchor, pick) {
  let text = '';
  const choose = emoji => {
    shown.close();
    rememberEmoji(emoji);
    pick(emoji);
  };
  const button = emoji => h('button.emoji-button', { type: 'button', title: emojiName(emoji), 'aria-label': emojiName(emoji), 'data-testid': 'emoji', 'data-emoji': emoji }, emoji);
  const grid = h('div.emoji-grid-box', { own: true, onclick: event => { const at = event.target.closest('[data-emoji]'); if (at) choose(at.dataset.emoji); } });
  const near = new IntersectionObserver(entries => { for (const one of entries) if (one.isIntersecting) fill(one.target); }, { root: grid, rootMargin: '300px' });

  /** @param {any} box */
  function fill(box) {
    near.unobserve(box);
    if (!box.childElementCount) box.append(...EMOJI.filter(one => one.group === box.dataset.group).map(one => button(one.emoji)));
  }

  function draw() {
    near.disconnect();
    grid.scrollTop = 0;
    if (text) {
      const found = findEmoji(text, 96);
      return patch(grid, found.length ? h('div.emoji-grid', { key: 'found' }, found.map(one => button(one.emoji))) : h('p.muted.center', { key: 'none' }, t('emoji.none', { text })));
    }
    patch(grid, [
      h('section', { key: 'recent' }, h('h3', null, t('emoji.recent')), h('div.emoji-grid', null, recentEmoji(16).map(button))),
      GROUP_KEYS.map(group => h('section', { key: group, own: true, 'data-section': group }, h('h3', null, t(`emoji.${group}`)),
        h('div.emoji-grid', { 'data-group': group, vars: { '--rows': Math.ceil(EMOJI.filter(one => one.group === group).length / COLUMNS) } }))),
    ]);
    for (const box of grid.querySelectorAll('[data-group]')) near.observe(box);
  }

  /** Arrow keys walk the grid by what is where on the screen. */
  function onkeydown(event) {
    const inField = event.target.tagName === 'INPUT';
    if (event.key === 'Enter' && inField) {
      event.preventDefault();
      /** @type {HTMLElement | null} */ (grid.querySelector('button'))?.click();
    }
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
    if (!(event.key in steps) || (inField && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const empty = [...grid.querySelectorAll('[data-group]')].find(one => !one.childElementCount);
    let buttons = [...grid.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement);
    if (empty && at + 2 * COLUMNS >= buttons.length) {
      fill(empty);
      buttons = [...grid.querySelectorAll('button')];
    }
    if (at < 0) buttons[0]?.focus();
    else if (at + steps[event.key] < 0) shown.box.querySelector('input')?.focus();
    else buttons[Math.min(at + steps[event.key], buttons.length - 1)].focus();
  }

  const shown = openPopover(anchor, [
    h('input.search-input', { type: 'search', placeholder: t('emoji.search'), 'aria-label': t('emoji.search'), autocomplete: 'off', 'data-testid': 'emoji-search', oninput: event => { text = event.currentTarget.value.trim(); draw(); } }),
    h('div.emoji-groups', { role: 'group', 'aria-label': t('emoji.groups') }, GROUP_KEYS.map(group => h('button', {
      type: 'button', title: t(`emoji.${group}`), 'aria-label': t(`emoji.${group}`),
      onclick: () => {
        text = '';
        /** @type {any} */ (shown.box.querySelector('input')).value = '';
        draw();
        const section = grid.querySelector(`[data-section="${group}"]`);
        if (section) grid.scrollTop = section.offsetTop - grid.offsetTop;
      },
    }, SIGNS[group]))),
    grid,
  ], { class: 'emoji-picker', role: 'dialog', label: t('action.react') });
  shown.box.addEventListener('keydown', onkeydown);
  draw();
  speakEmoji(currentLanguage()).then(() => { if (shown.box.isConnected && !text) draw(); }, () => null);
  if (isTouch()) shown.box.focus();
  else /** @type {HTMLElement | null} */ (shown.box.querySelector('input'))?.focus();
  return shown;
}
