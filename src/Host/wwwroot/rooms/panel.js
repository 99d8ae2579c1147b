// The right side of a room: members, pins, details. Which one is open is part of the URL.

import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { navigate } from '../core/router.js';
import { iconButton } from '../core/ui.js';
import { detailsPanel } from './details.js';
import { membersPanel } from './members.js';
import { pinsPanel } from '../messaging/pins.js';

const PANELS = { members: membersPanel, pins: pinsPanel, details: detailsPanel };
export const isPanel = name => name in PANELS;

/** @param {Element} root @param {string} roomId @param {string} name */
export function panelView(root, roomId, name) {
  const body = h('div.panel-body', { own: true });
  patch(root, [
    h('header.panel-head', null,
      h('h2', { tabindex: '-1', id: 'panel-title' }, t(`panel.${name}`)),
      iconButton('close', t('action.close'), { 'data-testid': 'close-panel', onclick: () => navigate(`/rooms/${roomId}`, { replace: true }) })),
    body,
  ]);
  const off = PANELS[name](body, roomId);
  /** @type {HTMLElement | null} */ (root.querySelector('#panel-title'))?.focus({ preventScroll: true });
  return off;
}
