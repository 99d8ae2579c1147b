// What is there while somebody is logged in: rooms on the left, a page in the middle, a panel on the right.

import { currentRoute } from './router.js';
import { h, patch } from './html.js';
import { t } from './i18n.js';
import { lazyView } from './lazy.js';
import { connectionLine, titleAndIcon } from './status.js';
import { store } from './store.js';
import { closeOverlays, closePopovers } from './ui.js';
import { roomList } from '../rooms/list.js';
import { panelView } from '../rooms/panel.js';

export class Shell {
  /** @param {HTMLElement} app @param {{wide: MediaQueryList, changed: () => void}} parts `changed`: what an address shows may be another thing now */
  constructor(app, { wide, changed }) {
    this.wide = wide;
    const inside = h('div.rooms-inside', { own: true });
    this.rooms = h('aside.rooms', { own: true }, inside);
    this.mainRoot = h('main.main', { own: true, id: 'main', tabindex: '-1' });
    this.panelRoot = h('aside.panel', { own: true, hidden: true, 'aria-label': t('panel.label') });
    const line = h('div.connection', { own: true, role: 'status', 'data-testid': 'connection-state' });
    patch(app, h('div.shell', { key: `shell-${Date.now()}` }, h('div.columns', { own: true }, line, this.rooms, this.mainRoot, this.panelRoot)));
    this.list = roomList(inside);
    this.main = /** @type {any} */ ({ key: '' });
    this.panelKey = '';
    this.panel = /** @type {{stop: () => void, view: any} | null} */ (null);
    this.before = /** @type {any} */ (null);
    this.offs = [this.list.off, connectionLine(line), store.subscribe((now, before) => {
      if (now.rooms !== before.rooms || now.config !== before.config || now.inbox !== before.inbox) titleAndIcon();
      if (now.roomsLoaded !== before.roomsLoaded || Object.keys(now.rooms).length !== Object.keys(before.rooms).length) changed();
    })];
  }

  close() {
    for (const off of this.offs) off();
    this.main.stop?.();
    this.panel?.stop();
    document.body.classList.remove('panel-open');
    closeOverlays();
  }

  /** On a narrow screen the list of rooms is a page of its own, and a panel stands in front of its room. */
  markMain() {
    const alone = !this.wide.matches && currentRoute().name === 'home';
    if (alone) this.rooms.setAttribute('role', 'main');
    else this.rooms.removeAttribute('role');
    this.mainRoot.inert = !this.wide.matches && !this.panelRoot.hidden;
    if (!this.mainRoot.inert) this.main.uncovered?.();
  }

  /** Puts another view into the middle, unless it is the one that is there. @param {string} key @param {(root: any) => any} open */
  showMain(key, open) {
    if (this.main.key === key) return false;
    this.main.stop?.();
    closePopovers();
    this.mainRoot.replaceChildren();
    const root = h('div.view', null);
    this.mainRoot.append(root);
    const view = open(root);
    this.main = { key, ...(typeof view === 'function' ? { stop: view } : view) };
    return true;
  }

  /** A page that is loaded when it is wanted. A link into it moves the focus to its heading. */
  showPage(key, page, at, focus) {
    const heading = () => { if (focus) /** @type {HTMLElement | null} */ (this.mainRoot.querySelector('[autofocus]') ?? this.mainRoot.querySelector('h1'))?.focus(); };
    const opened = this.showMain(key, root => {
      const lazy = lazyView(root, page.load, module => page.open(module, root, at), heading);
      return { stop: lazy.stop, moved: route => lazy.view?.moved?.(route) };
    });
    if (!opened) this.main.moved?.(at);
  }

  /** @param {string} roomId @param {string | null} name @param {Record<string, string>} [params] */
  showPanel(roomId, name, params = {}) {
    const key = name ? `${roomId}/${name}/${params.root ?? ''}/${params.seq ?? ''}` : '';
    if (this.panelKey === key) return this.panel?.view?.moved?.(currentRoute());
    const inside = this.panelRoot.contains(document.activeElement);
    if (!this.panelKey) this.before = document.activeElement;
    this.panel?.stop();
    closePopovers();
    this.panelRoot.replaceChildren();
    this.panelRoot.hidden = !name;
    this.panelKey = key;
    this.panel = name ? panelView(this.panelRoot, roomId, name, params) : null;
    document.body.classList.toggle('panel-open', Boolean(name));
    this.markMain();
    // Who closes a panel is back where they were before it.
    if (!name && inside) (this.before?.isConnected ? this.before : document.querySelector('.composer-text'))?.focus({ preventScroll: true });
  }
}
