// The session's moving parts, wired once: store, applier, connection, outbox. Views import what they need from here.

import { get, patchJson, post } from './api.js';
import { newId } from './id.js';
import { ConnectionKeeper } from './connection.js';
import { outboxDb, wipeDb } from './db.js';
import { Applier } from './live.js';
import { normalMessage, normalUser } from './normal.js';
import { Outbox } from './outbox.js';
import { forgetAll, setPref } from './prefs.js';
import { CommandError } from './socket.js';
import { emptyState, store } from './store.js';
import { addLive } from '../messaging/log.js';
import { loadInbox } from '../notifications/inbox-state.js';
import { addReply, changeEverywhere, findMessage } from '../messaging/threads.js';

const tab = newId();
const others = 'BroadcastChannel' in globalThis ? new BroadcastChannel('chat') : null;
let on = { ended: () => {}, left: () => {}, notice: /** @type {(event: any) => void} */ (() => {}) };

/** @param {typeof on} handlers `ended`: the session is over; `left`: another tab logged out; `notice`: the server announces something */
export function onSession(handlers) { on = handlers; }

export const applier = new Applier({
  store, api: { get },
  created: event => { if ((event.by ?? event.message.senderId) === store.get().me?.id) outbox.settle(event.message.clientId); },
  loaded: () => { loadInbox().catch(error => console.warn('the inbox is not known', error.code)); },
});

export const connection = new ConnectionKeeper({
  store, applier,
  onLive: () => { outbox.setOpen(true); watchPresence(); },
  onEnded: () => on.ended(),
  onSystem: event => on.notice(event),
});

export const outbox = new Outbox({
  db: outboxDb, tab, me: () => store.get().me?.id,
  isTabAlive: async id => Boolean((await navigator.locks?.query())?.held?.some(one => one.name === `chat:tab:${id}`)),
  changed: entries => store.set({ outbox: entries }),
  send: entry => (connection.socket && connection.live
    ? connection.socket.command('message.send', { roomId: entry.roomId, clientId: entry.clientId, text: entry.text, ...(entry.replyTo ? { replyTo: entry.replyTo.id } : {}), ...(entry.threadId ? { threadId: entry.threadId } : {}) })
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
  const watched = [...new Set([...looked, ...peers, ...ids])].slice(0, 200);
  if (!connection.live || !connection.socket || watched.length === 0) return;
  try {
    const reply = await connection.socket.command('presence.watch', { userIds: watched });
    const list = Array.isArray(reply.presences) ? reply.presences : Object.entries(reply.presences ?? {}).map(([userId, one]) => ({ userId, .../** @type {any} */ (one) }));
    store.set(state => ({ ...state, presence: { ...state.presence, ...Object.fromEntries(list.map(one => [one.userId, { status: one.status ?? 'offline', lastSeenAt: one.lastSeenAt }])) } }));
  } catch (error) {
    console.warn('presence is not known', error.code);
  }
}

/** @param {string} id @param {string} text */
export async function editMessage(id, text) {
  putMessage(normalMessage(await patchJson(`/messages/${id}`, { text })));
}

/** An answer to an own call may come before its event. @param {import('./types.js').Message} message */
export function putMessage(message) {
  store.set(state => changeEverywhere(state, message.roomId, message.id, known => ({ ...message, asOf: known.asOf })));
}

/** @param {any} user */
export async function begin(user) {
  store.set({ me: normalUser(user) });
  navigator.locks?.request(`chat:tab:${tab}`, () => new Promise(() => {}));
  connection.start();
  if (!store.get().roomsLoaded) await loadRooms();
  await outbox.adopt();
}

export async function loadRooms() {
  try {
    await applier.loadRooms();
  } catch (error) {
    store.set({ roomsError: error });
  }
}

/** Leaves nothing of the account on this device, also when the server cannot be reached. */
export async function logOut({ tellServer = true } = {}) {
  connection.stop();
  outbox.clear();
  let reached = true;
  if (tellServer) {
    try { await post('/auth/logout'); } catch (error) { reached = error.status > 0; }
  }
  await wipeDb();
  forgetAll();
  if (!reached) setPref('pendingLogout', true);
  forgetSession();
  if (tellServer) others?.postMessage('logged-out');
}

/** The session is over, but its person has not left: drafts and what waits to be sent stay on the device for them. */
export function forgetSession() {
  connection.stop();
  outbox.clear();
  store.set({ ...emptyState(), config: store.get().config });
}

others?.addEventListener('message', event => {
  if (event.data === 'logged-out' && store.get().me) on.left();
});
