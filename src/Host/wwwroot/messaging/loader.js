// Pages of a room's messages into the store; each page then meets what has happened since it was asked for.

import { get } from '../core/api.js';
import { applier } from '../core/app-state.js';
import { normalPage } from '../core/normal.js';
import { store } from '../core/store.js';
import { addAfter, addBefore } from './log.js';

const PAGE = 80;
/** Rooms whose messages stay in memory, so that going back to them paints at once. */
const KEPT = 8;
let used = [];

/** @param {string} roomId @param {string} query @param {(log: any, page: any) => any} join */
async function load(roomId, query, join, again = true) {
  const page = normalPage(await get(`/rooms/${roomId}/messages?limit=${PAGE}${query}`));
  store.set(state => {
    if (!state.rooms[roomId]) return state;
    const log = state.logs[roomId];
    return { ...state, logs: { ...state.logs, [roomId]: { ...join(log, page), held: log?.held ?? false } } };
  });
  if (!applier.catchUp(roomId, page.atSeq) && again) await load(roomId, query, join, false);
}

/** How often a page was asked for that takes the place of all others, by room. @type {Map<string, number>} */
const turns = new Map();

/** Of two such pages the one that was asked for last stays, whichever comes first. */
function alone(roomId, query) {
  const turn = (turns.get(roomId) ?? 0) + 1;
  turns.set(roomId, turn);
  return load(roomId, query, (log, page) => (turns.get(roomId) === turn ? page : log ?? page));
}

export const loadLatest = roomId => alone(roomId, '');
export const loadAround = (roomId, seq) => alone(roomId, `&around=${seq}`);

export function loadBefore(roomId) {
  const first = store.get().logs[roomId]?.items[0];
  return first ? load(roomId, `&before=${first.seq}`, (log, page) => (log?.items[0]?.id === first.id ? addBefore(log, page) : log ?? page)) : loadLatest(roomId);
}

export function loadAfter(roomId) {
  const last = store.get().logs[roomId]?.items.at(-1);
  return last ? load(roomId, `&after=${last.seq}`, (log, page) => (log?.items.at(-1)?.id === last.id ? addAfter(log, page) : log ?? page)) : loadLatest(roomId);
}

/** The room in view; the longest unused one beyond KEPT is forgotten. */
export function touch(roomId) {
  used = [roomId, ...used.filter(one => one !== roomId)];
  const gone = used.splice(KEPT);
  if (gone.length) store.set(state => ({ ...state, logs: Object.fromEntries(Object.entries(state.logs).filter(([id]) => !gone.includes(id))) }));
}

/** Somebody reads further up in the room (or no longer does), so what they read is not dropped for what comes. */
export function hold(roomId, on) {
  store.set(state => {
    const log = state.logs[roomId];
    return log && (log.held ?? false) !== on ? { ...state, logs: { ...state.logs, [roomId]: { ...log, held: on } } } : state;
  });
}
