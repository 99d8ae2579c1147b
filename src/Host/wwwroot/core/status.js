// The one quiet line at the top, and the unread state in title and icon.

import { connection } from './app-state.js';
import { showBadge } from './device.js';
import { h, patch } from './html.js';
import { t } from './i18n.js';
import { roomName } from './people.js';
import { currentRoute } from './router.js';
import { store, watch } from './store.js';
import { updateReady } from './worker.js';
import { serverName } from '../auth/page.js';

/** A short loss is not worth a word; only after this long is it told. */
const QUIET_MS = 900;

/** @param {import('./types.js').Connection} conn */
function line(conn, lostFor, queued) {
  const now = h('button.link-button', { type: 'button', 'data-testid': 'reconnect-now', onclick: () => connection.now() }, t('conn.now'));
  const kept = queued > 0 && ` ${t('conn.queued', { n: queued })}`;
  if (conn.state === 'offline') return h('p', null, t('conn.offline'), kept);
  if (conn.state === 'waiting' && (conn.everLive ? lostFor > QUIET_MS : true)) {
    const seconds = Math.max(0, Math.ceil(((conn.retryAt ?? 0) - Date.now()) / 1000));
    // The seconds are only seen: spoken, they would interrupt each second anew.
    return h('p', null, h('span', { 'aria-hidden': 'true' }, seconds > 0 ? t('conn.waiting', { n: seconds }) : t('conn.connecting')), h('span.visually-hidden', null, t('conn.lost')), kept, ' ', now);
  }
  if (conn.state === 'connecting' && conn.everLive && lostFor > QUIET_MS) return h('p', null, t('conn.connecting'), kept);
  if (conn.state === 'live' && conn.restored !== undefined && lostFor > QUIET_MS) return h('p.good', null, conn.restored > 0 ? t('conn.restored', { n: conn.restored }) : t('conn.restoredNothing'));
  return null;
}

let later = false;

/** Another version came; it is taken by the person's own click. */
function update(draw) {
  if (!updateReady() || later) return null;
  return h('p.good', { 'data-testid': 'update-ready' }, t('update.ready'), ' ', h('button.link-button', { type: 'button', 'data-testid': 'update-reload', onclick: () => location.reload() }, t('update.reload')), ' ',
    h('button.link-button', { type: 'button', onclick: () => { later = true; draw(); } }, t('update.later')));
}

/** @param {Element} root */
export function connectionLine(root) {
  let lostAt = 0;
  let lostFor = 0;
  const draw = () => {
    const { conn, outbox } = store.get();
    if (conn.state === 'live') {
      if (lostAt) lostFor = Date.now() - lostAt;
      lostAt = 0;
    } else {
      lostAt ||= Date.now();
      lostFor = Date.now() - lostAt;
    }
    const content = line(conn, lostFor, outbox.filter(one => one.state === 'queued').length) ?? update(draw);
    root.setAttribute('data-state', conn.state);
    root.classList.toggle('shown', content !== null);
    patch(root, content);
  };
  const timer = setInterval(() => { if (store.get().conn.state !== 'live') draw(); }, 500);
  const off = watch(state => [state.conn, state.outbox], draw);
  addEventListener('chat:update', draw);
  return () => { clearInterval(timer); off(); removeEventListener('chat:update', draw); };
}

/** What a page is called in the window's title. */
const PAGES = {
  search: 'search.title', inbox: 'inbox.title', directory: 'directory.title', settings: 'settings.title', people: 'people.card', join: 'join.title', threads: 'threads.title', files: 'rooms.files',
  transfers: 'nav.transfers', transfersSent: 'nav.transfers', transfer: 'nav.transfers', admin: 'admin.title',
};

/** What a page of several calls the one that is open. @type {{name: string, text: string}} */
let part = { name: '', text: '' };

/** @param {string} text in front of the open page's own name */
export function titlePart(text) {
  part = { name: currentRoute().name, text };
  titleAndIcon();
}

export function titleAndIcon() {
  const state = store.get();
  const rooms = Object.values(state.rooms).filter(one => !one.muted);
  const count = rooms.reduce((sum, one) => sum + (one.type === 'direct' ? one.unreadCount : one.mentionCount), 0);
  const any = count > 0 || state.inbox.unreadCount > 0 || rooms.some(one => one.unreadCount > 0);
  showBadge(count, any);
  const at = currentRoute();
  const room = state.rooms[at.params.id];
  const place = room ? roomName(room) : at.name in PAGES && !(at.name === 'admin' && !state.me?.isAdmin) ? `${part.name === at.name && part.text ? `${part.text} · ` : ''}${t(PAGES[at.name])}` : '';
  document.title = `${count > 0 ? `(${count}) ` : any ? '• ' : ''}${place && `${place} · `}${serverName()}`;
  const href = any ? '/favicon-unread.svg' : '/favicon.svg';
  const link = document.querySelector('link[rel=icon]');
  if (link && link.getAttribute('href') !== href) link.setAttribute('href', href);
}
