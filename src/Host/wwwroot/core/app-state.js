// The session's moving parts, wired once: store, applier, connection, outbox. Views import what they need from here.

import { get, patchJson, post } from './api.js';
import { ConnectionKeeper } from './connection.js';
import { keptDb, outboxDb, wipeDb } from './db.js';
import { confirmed, Keeper } from './kept.js';
import { Applier } from './live.js';
import { normalMessage, normalUser } from './normal.js';
import { Outbox } from './outbox.js';
import { forgetAll, pref, setPref } from './prefs.js';
import { CommandError } from './socket.js';
import { emptyState, store } from './store.js';
import { tryAgain } from './ui.js';
import { forgetNotices, lookForUpdate } from './worker.js';
import { addLive, keepOwnReactions } from '../messaging/log.js';
import { addReply, changeEverywhere, findMessage } from '../messaging/threads.js';
import { loadInbox } from '../notifications/inbox-state.js';

/** So long a tab may hold the outbox while others wait; one that was put to sleep does not hold it for ever. */
const PATIENCE_MS = 15_000;
const others = 'BroadcastChannel' in globalThis ? new BroadcastChannel('chat') : null;
let on = { ended: () => {}, left: () => {}, notice: /** @type {(event: any) => void} */ (() => {}), message: /** @type {(message: any) => void} */ (() => {}), told: /** @type {(notification: any) => void} */ (() => {}), loaded: () => {} };

/** @param {typeof on} handlers `ended`: the session is over; `left`: another tab logged out; `notice`: the server announces something; `message`: somebody wrote; `told`: something for the inbox; `loaded`: what hangs on the person's own log is to be read anew */
export function onSession(handlers) { on = handlers; }

export const applier = new Applier({
  store, api: { get },
  created: event => {
    if ((event.by ?? event.message.senderId) === store.get().me?.id) outbox.settle(event.message.clientId);
    else on.message(normalMessage(event.message));
  },
  told: one => on.told(one),
  loaded: () => {
    loadInbox().catch(error => console.warn('the inbox is not known', error.code));
    on.loaded();
  },
});

export const connection = new ConnectionKeeper({
  store, applier,
  onLive: () => {
    store.set(confirmed);
    outbox.setOpen(true);
    watchPresence();
    compare();
    tryAgain();
    lookForUpdate();
  },
  onEnded: () => on.ended(),
  onSystem: event => on.notice(event),
});

/** What can be read without a network. */
export const keeper = new Keeper({ store, db: keptDb, visible: () => document.visibilityState === 'visible' });
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keeper.flush(); });
addEventListener('pagehide', () => keeper.flush());

/** Begun with what was kept: the rooms are compared with the server's once, beside the resume. */
let begunKept = false;
function compare() {
  if (!begunKept) return;
  begunKept = false;
  applier.loadRooms({ follow: true }).catch(error => { begunKept = true; console.warn('rooms not compared', error.code); });
}

/** One tab at a time sends for a person. @param {() => Promise<void>} run @returns {Promise<any>} */
async function alone(run) {
  const name = `chat:outbox:${store.get().me?.id}`;
  if (!navigator.locks) return run();
  try {
    return await navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, run);
  } catch (error) {
    if (error.name !== 'TimeoutError') throw error;
    return navigator.locks.request(name, { steal: true }, run);
  }
}

export const outbox = new Outbox({
  db: outboxDb, me: () => store.get().me?.id, lock: alone,
  tell: () => others?.postMessage('outbox'),
  changed: entries => store.set({ outbox: entries }),
  send: entry => (connection.socket && connection.live
    ? connection.socket.command('message.send', { roomId: entry.roomId, clientId: entry.clientId, text: entry.text, ...(entry.replyTo ? { replyTo: entry.replyTo.id } : {}), ...(entry.threadId ? { threadId: entry.threadId } : {}), ...(entry.attachments?.length ? { attachments: entry.attachments.map(one => one.id) } : {}) })
    : Promise.reject(new CommandError('disconnected'))),
  acked: fetchAcked,
});

/** The event usually follows the reply at once; a repeat causes none, so then the message is asked for. */
async function fetchAcked(entry, reply) {
  if (findMessage(store.get(), entry.roomId, reply.id)) return outbox.settle(entry.clientId);
  if (!reply.duplicate) return;
  try {
    const message = normalMessage(await get(`/messages/${reply.id}`));
    store.set(state => {
      if (message.threadId) return addReply(state, message, message.seq);
      const log = state.logs[entry.roomId];
      return log ? { ...state, logs: { ...state.logs, [entry.roomId]: addLive(log, message) } } : state;
    });
  } catch (error) {
    console.warn('sent, but not shown yet', error.code);
  }
  outbox.settle(entry.clientId);
}

store.subscribe((now, before) => {
  if (now.conn.state !== before.conn.state && now.conn.state !== 'live') outbox.setOpen(false);
});

/** @param {string} type @param {object} fields */
export function tell(type, fields) {
  if (connection.live) connection.socket?.tell(type, fields);
}

let inView = [];
let looked = /** @type {string[]} */ ([]);

/** One more person's presence, while they are looked at. @param {string} id @returns {() => void} */
export function lookAt(id) {
  looked = [id];
  watchPresence();
  return () => { looked = []; };
}

/** @param {string[]} [ids] whose presence is of interest beside that of all direct peers; without: the same as before */
export async function watchPresence(ids = inView) {
  inView = ids;
  const peers = Object.values(store.get().rooms).map(one => one.peer?.id ?? '').filter(Boolean);
  const watched = [...new Set([store.get().me?.id ?? '', ...looked, ...peers, ...ids])].filter(Boolean).slice(0, 200);
  if (!connection.live || !connection.socket || watched.length === 0) return;
  try {
    const reply = await connection.socket.command('presence.watch', { userIds: watched });
    const list = Array.isArray(reply.presences) ? reply.presences : Object.entries(reply.presences ?? {}).map(([userId, one]) => ({ userId, .../** @type {any} */ (one) }));
    store.set(state => ({ ...state, presence: { ...state.presence, ...Object.fromEntries(list.map(one => [one.userId, { status: one.status ?? 'offline', lastSeenAt: one.lastSeenAt }])) } }));
  } catch (error) {
    console.warn('presence is not known', error.code);
  }
}

/** What others see of the person; it counts for all their devices. @param {'online' | 'away' | 'busy' | 'invisible'} status */
export async function setPresence(status) {
  if (!connection.socket || !connection.live) throw new CommandError('disconnected');
  await connection.socket.command('presence.set', { status });
  const me = store.get().me?.id ?? '';
  store.set(state => ({ ...state, presence: { ...state.presence, [me]: { status: status === 'invisible' ? 'offline' : status } } }));
}

/** @param {string} id @param {string} text */
export async function editMessage(id, text) {
  putMessage(normalMessage(await patchJson(`/messages/${id}`, { text })));
}

/** An answer to an own call may come before its event. @param {import('./types.js').Message} message */
export function putMessage(message) {
  store.set(state => changeEverywhere(state, message.roomId, message.id, known => ({ ...keepOwnReactions(known, message, state.me?.id), asOf: known.asOf })));
}

/** @param {any} user @param {Partial<import('./types.js').State> | null} [kept] what this device remembers of them */
export async function begin(user, kept = null) {
  begunKept = kept !== null;
  const cleared = kept ? null : keeper.forget();
  store.set(state => ({ ...state, ...kept, me: normalUser(user) }));
  connection.start();
  await outbox.look();
  if (!store.get().roomsLoaded) await loadRooms();
  await cleared;
  keeper.start();
  outbox.pump();
}

export async function loadRooms() {
  try {
    await applier.loadRooms();
  } catch (error) {
    store.set({ roomsError: error });
  }
}

/** Fails unless the session is over at the server. An access token that ran out is renewed for it: the session would outlive it. */
export async function endSession() {
  try {
    await post('/auth/logout', {}, { quiet: true });
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  setPref('pendingLogout', null);
}

/** Leaves nothing of the account on this device, also when the server cannot be reached; then it is told at the next start. */
export async function logOut({ tellServer = true } = {}) {
  connection.stop();
  outbox.clear();
  dispatchEvent(new CustomEvent('chat:leaving'));
  const owed = tellServer ? !await endSession().then(() => true, () => false) : pref('pendingLogout');
  await keeper.forget();
  await wipeDb();
  await forgetNotices();
  forgetAll();
  if (owed) setPref('pendingLogout', true);
  forgetSession(true);
  if (tellServer) others?.postMessage('logged-out');
}

/** The session is over, but its person has not left: drafts and what waits to be sent stay on the device for them; what can be read does not. */
export function forgetSession(wiped = false) {
  if (!wiped) keeper.forget();
  connection.stop();
  outbox.clear();
  store.set({ ...emptyState(), config: store.get().config });
}

others?.addEventListener('message', event => {
  if (!store.get().me) return;
  if (event.data === 'logged-out') on.left();
  else if (event.data === 'outbox') outbox.look();
});
