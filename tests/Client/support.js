// Builders for the tests: messages, rooms, states, and an API that answers from a table.

import { normalMessage, normalRoom, normalUser } from '../../src/Host/wwwroot/core/normal.js';
import { createStore, emptyState } from '../../src/Host/wwwroot/core/store.js';

export const ROOM = 'room-1';
export const ann = normalUser({ id: 'u-ann', username: 'ann', displayName: 'Ann' });

export const message = (seq, more = {}) => normalMessage({ id: `m${seq}`, roomId: ROOM, seq, senderId: 'u-bob', clientId: `c${seq}`, text: `text ${seq}`, createdAt: new Date(2026, 2, 1, 9, 0, seq).toISOString(), ...more });
export const created = (seq, more = {}) => ({ type: 'message.created', roomId: ROOM, seq, by: more.senderId ?? 'u-bob', at: '2026-03-01T09:00:00.000Z', message: { ...message(seq, more) } });
export const page = (from, to, more = {}) => ({ items: Array.from({ length: to - from + 1 }, (_, i) => message(from + i)), hasBefore: from > 1, hasAfter: false, atSeq: to, ...more });

export function stateWith({ atSeq = 0, log = undefined, room = {} } = {}) {
  const state = { ...emptyState(), me: ann, epoch: 'e1', roomsLoaded: true };
  state.rooms = { [ROOM]: normalRoom({ id: ROOM, type: 'public', name: 'general', atSeq, lastSeq: atSeq, memberCount: 2, ...room }) };
  if (log) state.logs = { [ROOM]: log };
  return state;
}

export const storeWith = options => createStore(stateWith(options), run => run());

/** Answers GETs from a table of path prefixes; remembers what was asked. */
export function fakeApi(answers) {
  const asked = [];
  return {
    asked,
    async get(path) {
      asked.push(path);
      const found = Object.entries(answers).find(([prefix]) => path.startsWith(prefix));
      if (!found) throw Object.assign(new Error(path), { status: 404, code: 'not_found' });
      return typeof found[1] === 'function' ? found[1](path) : found[1];
    },
  };
}

export const settled = async () => { for (let i = 0; i < 12; i++) await Promise.resolve(); };
