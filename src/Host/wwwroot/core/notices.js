// Notices of the desktop, and push: what this device does when something happens and nobody looks. They are asked for by a
// person's own click, never before; until then nothing of this is loaded.

import { connection } from './app-state.js';
import { ApiError, del, get, post } from './api.js';
import { focused, hasNotices } from './device.js';
import { currentLanguage, t } from './i18n.js';
import { normalNotification } from './inbox.js';
import { nameOf, roomName } from './people.js';
import { beginningOf, plain } from './plain.js';
import { setPref } from './prefs.js';
import { store } from './store.js';
import { tellLanguage, theWorker } from './worker.js';
import { mentionsMe } from '../messaging/mentions.js';
import { addressOf, titleOf } from '../notifications/naming.js';

/** @typedef {'unsupported' | 'off' | 'blocked' | 'open' | 'push'} Notices  `open`: while the chat is open somewhere; `push`: always */

const canPush = () => Boolean(theWorker() && 'PushManager' in globalThis);

/** @returns {Promise<Notices>} */
export async function noticesState() {
  if (!('Notification' in globalThis)) return 'unsupported';
  if (Notification.permission === 'denied') return 'blocked';
  if (!hasNotices()) return 'off';
  return canPush() && await theWorker()?.pushManager.getSubscription() ? 'push' : 'open';
}

const bytes = base64url => Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), one => one.charCodeAt(0));

/** Alike however often it is said. @param {PushSubscription} subscription */
const register = subscription => post('/push/subscriptions', { ...subscription.toJSON(), language: currentLanguage() });

async function subscribe() {
  const { publicKey } = await get('/push/key');
  const manager = /** @type {PushManager} */ (theWorker()?.pushManager);
  const subscription = await manager.getSubscription() ?? await manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(publicKey) });
  try {
    await register(subscription);
  } catch (error) {
    // One that only this browser knows of would look like push, and bring nothing.
    await subscription.unsubscribe();
    throw error;
  }
  await tellLanguage();
}

/** Of whom and which subscription the server was told by this page. */
let registered = '';

store.subscribe(now => { if (!now.me) registered = ''; });

/** At the server a subscription ends with its session, in the browser it does not: whoever is logged in now is pushed to by their own. */
export async function renewPush() {
  const me = store.get().me?.id;
  if (!me) return;
  const subscription = await (await navigator.serviceWorker?.ready)?.pushManager?.getSubscription();
  const now = `${me} ${subscription?.endpoint}`;
  if (!subscription || registered === now) return;
  try {
    await register(subscription);
    registered = now;
  } catch (error) {
    console.warn('no push on this device', error.code);
    // Refused for good: the settings then say that notices come while the chat is open.
    if ([400, 404, 409].includes(error.status)) await subscription.unsubscribe();
  }
}

/** Only from a click. Without a push service the notices come while the chat is open. @returns {Promise<Notices>} */
export async function enableNotices() {
  if (!('Notification' in globalThis)) return 'unsupported';
  if (await Notification.requestPermission() !== 'granted') return noticesState();
  setPref('desktopNotices', true);
  if (canPush()) await subscribe().catch(error => {
    // A browser without a push service, and a server that pushes nothing, are no failures.
    if (error instanceof ApiError && error.status !== 404) throw error;
    console.warn('no push on this device', error.code ?? error.name);
  });
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

/** Whoever has no notices here is not asked what they should tell of. */
export const loadWishes = () => get('/users/me/notifications').then(preferences => store.set({ preferences }), error => console.warn('what to be told of is not known', error.code));

/** What a person wants of a kind of notice; as long as that is not known, what everybody has at first. */
const wishOf = (state, kind) => ({ inApp: true, push: true, ...state.preferences?.kinds?.[kind] });

/** The first reason for which the server tells of a message too, or null. */
function reasonOf(state, message) {
  const { type, notify } = state.rooms[message.roomId];
  if (mentionsMe(message, state.me?.id)) return 'mention';
  if (message.replyTo?.senderId === state.me?.id) return 'reply';
  if (message.threadId) return null;
  return type === 'direct' ? 'direct' : notify === 'all' ? 'message' : null;
}

/** Does this message call its reader by itself? What is listed in the inbox calls from there. @param {any} state @param {any} message */
export function calls(state, message) {
  const room = state.rooms[message.roomId];
  if (!room || room.muted || message.senderId === state.me?.id || message.isDeleted) return false;
  const reason = reasonOf(state, message);
  if (!reason) return false;
  const wish = wishOf(state, reason);
  return wish.push && !(wish.inApp && ['mention', 'reply'].includes(reason));
}

/** Does what came to the inbox call? Rooms that are muted list nothing there. @param {any} state @param {import('./types.js').Notification} one */
export const tells = (state, one) => !one.readAt && wishOf(state, one.kind).push;

const isSilent = () => focused() || !connection.live || isQuiet(store.get().preferences?.doNotDisturb);

/** Where there is push, the server sees to it. */
async function show(title, text, tag, path) {
  if (await noticesState() !== 'open') return;
  const options = { body: text.slice(0, 140), tag, icon: '/icons/192.png', data: { path } };
  if (theWorker()) await theWorker()?.showNotification(title, options);
  else new Notification(title, options).onclick = () => focus();
}

/** A message has come while nobody looks. @param {any} message */
export async function noticeOf(message) {
  const state = store.get();
  if (isSilent() || !calls(state, message)) return;
  const room = state.rooms[message.roomId];
  const title = room.type === 'direct' ? nameOf(message.senderId) : t('notices.in', { name: nameOf(message.senderId), room: roomName(room) });
  await show(title, plain(beginningOf(message, 300)), `room ${message.roomId}`, `/rooms/${message.roomId}/m/${message.seq}`);
}

/** The same of what has come to the inbox. @param {any} raw */
export async function noticeOfNotification(raw) {
  const one = normalNotification(raw);
  if (isSilent() || !tells(store.get(), one)) return;
  const tag = one.threadId ? `thread ${one.threadId}` : one.roomId ? `room ${one.roomId}` : one.id;
  await show(titleOf(one), one.kind === 'added' ? '' : plain(one.text), tag, addressOf(one) ?? '/');
}
