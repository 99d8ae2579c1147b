// What this device does when something happens and nobody looks: the sign on the app, notices of the desktop, push. A
// notice is asked for by a person's own click, never before.

import { connection, tell } from './app-state.js';
import { del, get, post } from './api.js';
import { currentLanguage, t } from './i18n.js';
import { nameOf, roomName } from './people.js';
import { beginningOf, plain } from './plain.js';
import { pref, setPref } from './prefs.js';
import { store } from './store.js';
import { tellLanguage, theWorker } from './worker.js';

/** @typedef {'unsupported' | 'off' | 'blocked' | 'open' | 'push'} Notices  `open`: while the chat is open somewhere; `push`: always */

const canPush = () => Boolean(theWorker() && 'PushManager' in globalThis);
const focused = () => document.visibilityState === 'visible' && document.hasFocus();

/** @returns {Promise<Notices>} */
export async function noticesState() {
  if (!('Notification' in globalThis)) return 'unsupported';
  if (Notification.permission === 'denied') return 'blocked';
  if (Notification.permission !== 'granted' || !pref('desktopNotices')) return 'off';
  return canPush() && await theWorker()?.pushManager.getSubscription() ? 'push' : 'open';
}

const bytes = base64url => Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), one => one.charCodeAt(0));

async function subscribe() {
  const { publicKey } = await get('/push/key');
  const manager = /** @type {PushManager} */ (theWorker()?.pushManager);
  const subscription = await manager.getSubscription() ?? await manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(publicKey) });
  await post('/push/subscriptions', { ...subscription.toJSON(), language: currentLanguage() });
  await tellLanguage();
}

/** Only from a click. Without a push service the notices come while the chat is open. @returns {Promise<Notices>} */
export async function enableNotices() {
  if (!('Notification' in globalThis)) return 'unsupported';
  if (await Notification.requestPermission() !== 'granted') return noticesState();
  setPref('desktopNotices', true);
  if (canPush()) await subscribe().catch(error => console.warn('no push on this device', error.code ?? error.name));
  return noticesState();
}

/** @returns {Promise<Notices>} */
export async function disableNotices() {
  setPref('desktopNotices', null);
  const subscription = canPush() ? await theWorker()?.pushManager.getSubscription() : null;
  if (subscription) {
    const known = await get('/push/subscriptions').catch(() => ({ items: [] }));
    await Promise.all(known.items.filter(one => one.current).map(one => del(`/push/subscriptions/${one.id}`).catch(() => null)));
    await subscription.unsubscribe();
  }
  return noticesState();
}

/** Is it the time in which a person wants no word? @param {any} quiet @param {Date} now */
export function isQuiet(quiet, now = new Date()) {
  if (!quiet?.enabled) return false;
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: quiet.timeZone || undefined, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(now);
  return quiet.from <= quiet.to ? clock >= quiet.from && clock < quiet.to : clock >= quiet.from || clock < quiet.to;
}

/** Does this message call its reader? @param {any} state @param {any} message */
export function calls(state, message) {
  const room = state.rooms[message.roomId];
  if (!room || room.muted || message.senderId === state.me?.id || message.isDeleted || message.threadId) return false;
  return room.type === 'direct' || room.notify === 'all' || message.mentions.includes(state.me?.id) || Boolean(message.mentionsAll);
}

/** A message has come while nobody looks. Where there is push, the server sees to it. @param {any} message */
export async function noticeOf(message) {
  const state = /** @type {any} */ (store.get());
  if (focused() || !connection.live || !calls(state, message) || isQuiet(state.preferences?.doNotDisturb)) return;
  if (await noticesState() !== 'open') return;
  const room = state.rooms[message.roomId];
  const title = room.type === 'direct' ? nameOf(message.senderId) : t('notices.in', { name: nameOf(message.senderId), room: roomName(room) });
  const options = { body: plain(beginningOf(message, 300)).slice(0, 140), tag: `room ${message.roomId}`, icon: '/icons/192.png', data: { path: `/rooms/${message.roomId}/m/${message.seq}` } };
  if (theWorker()) await theWorker()?.showNotification(title, options);
  else new Notification(title, options).onclick = () => focus();
}

/** The server pushes nothing to somebody who looks. */
export function bindFocus() {
  const say = () => tell('focus', { on: focused() });
  for (const one of ['focus', 'blur']) addEventListener(one, say);
  document.addEventListener('visibilitychange', say);
  store.subscribe((now, before) => { if (now.conn.state === 'live' && before.conn.state !== 'live') say(); });
}

/** How much is unread, on the app's own sign. @param {number} count @param {boolean} any */
export function showBadge(count, any) {
  const badge = count > 0 ? navigator.setAppBadge?.(count) : any ? navigator.setAppBadge?.() : navigator.clearAppBadge?.();
  badge?.catch(() => null);
}
