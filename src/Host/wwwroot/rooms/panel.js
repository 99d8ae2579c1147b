// The right side of a room: members, pins, details, settings, hooks, search, a thread. Which one is open is part of the URL.

import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { lazyView } from '../core/lazy.js';
import { roomName } from '../core/people.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { iconButton } from '../core/ui.js';

/** @type {Record<string, {load: () => Promise<any>, open: (module: any, body: any, roomId: string, params: any) => any}>} */
const PANELS = {
  members: { load: () => import('./members.js'), open: (module, body, roomId) => module.membersPanel(body, roomId) },
  pins: { load: () => import('../messaging/pins.js'), open: (module, body, roomId) => module.pinsPanel(body, roomId) },
  details: { load: () => import('./details.js'), open: (module, body, roomId) => module.detailsPanel(body, roomId) },
  search: { load: () => import('../search/view.js'), open: (module, body, roomId) => module.searchView(body, roomId) },
  settings: { load: () => import('./settings.js'), open: (module, body, roomId) => module.roomSettings(body, roomId) },
  hooks: { load: () => import('./hooks.js'), open: (module, body, roomId) => module.hooksPanel(body, roomId) },
  thread: { load: () => import('../messaging/thread.js'), open: (module, body, roomId, params) => module.threadPanel(body, roomId, params) },
};
export const isPanel = name => name in PANELS && name !== 'thread';

/** @param {Element} root @param {string} roomId @param {string} name @param {Record<string, string>} params @returns {{stop: () => void, view: any}} */
export function panelView(root, roomId, name, params) {
  const body = h('div.panel-body', { own: true });
  const up = name === 'hooks' ? `/rooms/${roomId}/settings` : name === 'settings' ? `/rooms/${roomId}/details` : `/rooms/${roomId}`;
  const close = () => navigate(up, { replace: true });
  patch(root, [
    h('header.panel-head', null,
      iconButton('back', t('action.back'), { class: !['settings', 'hooks'].includes(name) && 'only-narrow', 'data-testid': 'panel-back', onclick: close }),
      h('div.grow', null, h('h2', { tabindex: '-1', id: 'panel-title' }, t(`panel.${name}`)), ['thread', 'search'].includes(name) && h('p', null, roomName(store.get().rooms[roomId]))),
      iconButton('close', t('action.close'), { class: 'only-wide', 'data-testid': 'close-panel', onclick: () => navigate(`/rooms/${roomId}`, { replace: true }) })),
    body,
  ]);
  /** @type {HTMLElement | null} */ (root.querySelector('#panel-title'))?.focus({ preventScroll: true });
  return lazyView(body, PANELS[name].load, module => PANELS[name].open(module, body, roomId, params));
}
