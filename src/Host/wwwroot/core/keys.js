// Keys that hold everywhere, and the map of all of them.

import { h } from './html.js';
import { t } from './i18n.js';
import { navigate } from './router.js';
import { openDialog } from './ui.js';
import { neighbour } from '../rooms/list.js';
import { openSwitcher } from '../rooms/switcher.js';

const REGIONS = ['.room-list', '.scroller', '.composer-text', '.panel'];

const typingIn = target => target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

function nextRegion(back) {
  const regions = /** @type {HTMLElement[]} */ (REGIONS.map(one => document.querySelector(one)).filter(one => one instanceof HTMLElement && one.offsetParent !== null));
  const at = regions.findIndex(one => one.contains(document.activeElement));
  const next = regions[(at + (back ? -1 : 1) + regions.length) % regions.length];
  const inside = /** @type {HTMLElement | null} */ (next?.querySelector('[aria-current="page"], article[tabindex="0"], h2[tabindex]'));
  (inside ?? next)?.focus();
}

const MAP = [
  ['Ctrl K', 'keys.switcher'], ['Alt ↑ ↓', 'keys.rooms'], ['Alt Shift ↑ ↓', 'keys.unread'], ['F6', 'keys.regions'], ['?', 'keys.map'],
  ['↑', 'keys.editLast'], ['Shift ↑', 'keys.toMessages'], ['Enter', 'keys.send'], ['Esc', 'keys.cancel'], ['@  :', 'keys.complete'],
  ['↑ ↓ Home End', 'keys.messages'], ['R', 'action.reply'], ['E', 'action.edit'], ['C', 'action.copyText'], ['+', 'action.react'], ['Del', 'action.delete'], ['Enter ', 'action.more'],
];

export function openKeyMap() {
  if (document.querySelector('.key-map')) return;
  openDialog(t('keys.title'), () => h('dl.keys', { class: 'key-map' }, MAP.map(([keys, text]) => h('div', null, h('dt', null, h('kbd', null, keys.replace('Ctrl', /Mac/.test(navigator.platform) ? '⌘' : 'Ctrl'))), h('dd', null, t(text))))));
}

/** @param {() => boolean} signedIn */
export function bindKeys(signedIn) {
  document.addEventListener('keydown', event => {
    if (!signedIn() || event.defaultPrevented || event.isComposing) return;
    const modal = document.querySelector('dialog[open]');
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (!modal) openSwitcher();
    } else if (modal) return;
    else if (event.altKey && !event.ctrlKey && !event.metaKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      const room = neighbour(event.key === 'ArrowUp' ? -1 : 1, event.shiftKey);
      if (room) navigate(`/rooms/${room.id}`);
    } else if (event.key === 'F6') {
      event.preventDefault();
      nextRegion(event.shiftKey);
    } else if (event.key === '?' && !typingIn(event.target)) {
      event.preventDefault();
      openKeyMap();
    } else if (event.key === 'Escape' && /^\/rooms\/[^/]+\/[a-z]+$/.test(location.pathname) && !typingIn(event.target)) {
      navigate(location.pathname.split('/').slice(0, 3).join('/'), { replace: true });
    }
  });
}
