// Keys that hold everywhere, and the map of all of them.

import { currentRoute, navigate } from './router.js';
import { notifyError } from './ui.js';
import { neighbour } from '../rooms/order.js';

/** In the order in which F6 goes through them; of those that are not there the next one takes the turn. */
const REGIONS = ['.rooms-head', '.room-list', '.main .scroller, .page', '.main .room-foot', '.panel', '#notices > .notice'];

/** Where one enters a region: the best that it has. */
const ENTRIES = ['[aria-current="page"]', 'article[tabindex="0"]', '.composer-text', 'h1[tabindex], h2[tabindex]', 'a[href], button'];

const soon = load => load.catch(() => notifyError({ code: 'network' }));
export const openSwitcher = () => soon(import('../rooms/switcher.js').then(module => module.openSwitcher()));
export const openKeyMap = () => soon(import('./key-map.js').then(module => module.openKeyMap()));

const typingIn = target => target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** A field that nothing was typed into does not hold the Escape key back. */
const busyTyping = target => typingIn(target) && !(target.closest('.panel') && target.value === '');

function nextRegion(back) {
  const regions = /** @type {HTMLElement[]} */ (REGIONS.map(one => document.querySelector(one)).filter(one => one instanceof HTMLElement && one.checkVisibility() && !one.closest('[inert]')));
  const at = regions.findIndex(one => one.contains(document.activeElement));
  const next = regions[(at + (back ? -1 : 1) + regions.length) % regions.length];
  const inside = ENTRIES.map(one => next?.querySelector(one)).find(one => one instanceof HTMLElement && one.checkVisibility());
  /** @type {HTMLElement | undefined} */ (inside ?? next)?.focus();
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
    } else if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'f') {
      event.preventDefault();
      navigate('/search');
    } else if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'e') {
      event.preventDefault();
      navigate('/files');
    } else if (event.key === 'F6') {
      event.preventDefault();
      nextRegion(event.shiftKey);
    } else if (event.key === '?' && !typingIn(event.target)) {
      event.preventDefault();
      openKeyMap();
    } else if (event.key === 'Escape' && ['panel', 'thread', 'found'].includes(currentRoute().name) && !busyTyping(event.target)) {
      event.preventDefault();
      navigate(location.pathname.split('/').slice(0, 3).join('/'), { replace: true });
    }
  });
}
