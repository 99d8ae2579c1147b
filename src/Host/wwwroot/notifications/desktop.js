// Notices of the system while nobody looks, for whoever asked for them on this device; and the word to the server whether
// somebody looks, so that it sends nothing to a telephone that is already on the screen.

import { tell } from '../core/app-state.js';
import { t } from '../core/i18n.js';
import { nameOf, roomName } from '../core/people.js';
import { plain } from '../core/plain.js';
import { pref } from '../core/prefs.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { isQuiet } from './quiet.js';

/** After a long absence not each of a hundred things is told by itself. */
const AT_ONCE = 3;

const looking = () => document.visibilityState === 'visible' && document.hasFocus();
const wanted = () => 'Notification' in globalThis && Notification.permission === 'granted' && pref('desktopNotices') && !isQuiet(store.get().preferences?.doNotDisturb);

/** @param {{title: string, body: string, tag: string, path: string}} what */
async function show({ title, body, tag, path }) {
  const options = { body, tag, icon: '/favicon.svg', data: { path } };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker?.active) return worker.showNotification(title, options);
  const notice = new Notification(title, options);
  notice.onclick = () => { window.focus(); navigate(path); notice.close(); };
}

/** What has come between two states and is worth a notice. */
export function news(now, before) {
  const out = [];
  if (before.inbox.loaded) {
    const known = new Set(before.inbox.items.map(one => one.id));
    for (const one of now.inbox.items) {
      if (known.has(one.id)) break;
      if (one.readAt) continue;
      const room = one.roomId ? now.rooms[one.roomId] : null;
      const path = one.threadId ? `/rooms/${one.roomId}/thread/${one.threadId}/${one.seq}` : room ? one.seq ? `/rooms/${one.roomId}/m/${one.seq}` : `/rooms/${one.roomId}` : '/inbox';
      out.push({ id: one.messageId ?? one.id, title: t(`inbox.${one.kind}`, { name: one.actorId ? nameOf(one.actorId) : '', room: room ? roomName(room) : one.text }), body: one.kind === 'added' ? '' : plain(one.text), tag: one.roomId ?? one.id, path });
    }
  }
  for (const room of Object.values(now.rooms)) {
    const last = room.lastMessage;
    const old = before.rooms[room.id]?.lastMessage;
    if (!last || !before.rooms[room.id] || last.id === old?.id || last.seq <= (old?.seq ?? 0) || last.seq <= room.lastReadSeq || last.senderId === now.me?.id || last.isDeleted) continue;
    if (room.muted || (room.type !== 'direct' && room.notify !== 'all') || out.some(one => one.id === last.id)) continue;
    out.push({ id: last.id, title: room.type === 'direct' ? nameOf(last.senderId) : `${nameOf(last.senderId)} · ${roomName(room)}`, body: plain(last.text.slice(0, 300)).slice(0, 140), tag: room.id, path: `/rooms/${room.id}/m/${last.seq}` });
  }
  return out;
}

export function bindDesktop() {
  let said = /** @type {boolean | null} */ (null);
  const sayFocus = () => {
    const on = looking();
    if (on === said || store.get().conn.state !== 'live') return;
    said = on;
    tell('focus', { on });
  };
  for (const type of ['focus', 'blur']) addEventListener(type, sayFocus);
  document.addEventListener('visibilitychange', sayFocus);
  store.subscribe((now, before) => {
    if (now.conn.state !== before.conn.state) {
      said = null;
      sayFocus();
    }
    if ((now.inbox === before.inbox && now.rooms === before.rooms) || looking() || !wanted()) return;
    for (const one of news(now, before).slice(0, AT_ONCE)) show(one).catch(error => console.warn('no notice', error.message));
  });
  navigator.serviceWorker?.addEventListener('message', event => { if (event.data?.type === 'open' && typeof event.data.path === 'string' && event.data.path.startsWith('/')) navigate(event.data.path); });
}
