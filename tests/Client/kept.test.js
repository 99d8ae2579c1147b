import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmed, Keeper, LETTERS, MESSAGES, ROOMS, tail } from '../../src/Host/wwwroot/core/kept.js';
import { applyRoomEvent } from '../../src/Host/wwwroot/core/sync.js';
import { createStore, emptyState } from '../../src/Host/wwwroot/core/store.js';
import { normalPage, normalRoom } from '../../src/Host/wwwroot/core/normal.js';
import { created, message, page, ROOM, stateWith } from './support.js';

/** A device that remembers, and a tab on it. */
function device(state, rows = new Map(), visible = () => true) {
  const timers = [];
  const db = {
    rows,
    all: async () => structuredClone(rows),
    write: async (puts, removes = []) => { for (const [key, value] of puts) rows.set(key, structuredClone(value)); for (const key of removes) rows.delete(key); },
    clear: async () => rows.clear(),
  };
  const store = createStore(state, run => run());
  let clock = 0;
  const keeper = new Keeper({ store, db, visible, later: run => timers.push(run), now: () => ++clock });
  return { store, keeper, rows, timers };
}
const log = (from, to, more) => normalPage(page(from, to, more));
const again = rows => device(emptyState(), rows).keeper.restore();

test('what was seen is there again: rooms, positions, the last messages', async () => {
  const { keeper, rows } = device(stateWith({ atSeq: 30, log: log(1, 30) }));
  keeper.start();
  await keeper.flush();
  const kept = await again(rows);
  assert.equal(kept.me.id, 'u-ann');
  assert.deepEqual([kept.epoch, kept.roomsLoaded, kept.rooms[ROOM].atSeq], ['e1', true, 30]);
  assert.deepEqual([kept.logs[ROOM].items.length, kept.logs[ROOM].hasAfter, kept.logs[ROOM].kept, kept.logs[ROOM].stale], [30, false, true, false]);
});

test('an edit and a deletion that were missed are right after the replay', async () => {
  const { keeper, rows } = device(stateWith({ atSeq: 3, log: log(1, 3) }));
  keeper.start();
  await keeper.flush();
  let state = { ...emptyState(), ...await again(rows) };
  for (const event of [created(4), { type: 'message.deleted', roomId: ROOM, seq: 5, messageId: 'm2' }, { type: 'message.edited', roomId: ROOM, seq: 6, message: { ...message(1), text: 'mended', isEdited: true } }]) state = applyRoomEvent(state, event);
  assert.deepEqual(state.logs[ROOM].items.map(one => (one.isDeleted ? '' : one.text)), ['mended', '', 'text 3', 'text 4']);
  assert.equal(confirmed(state).logs[ROOM].kept, false);
});

test('a log that fell behind its room shows no live messages over the gap, and goes once the server has spoken', async () => {
  const rows = new Map();
  const first = device(stateWith({ atSeq: 3, log: log(1, 3) }), rows);
  first.keeper.start();
  await first.keeper.flush();
  const second = device(stateWith({ atSeq: 9 }), rows);
  second.keeper.start();
  await second.keeper.flush();
  const state = { ...emptyState(), ...await again(rows) };
  assert.deepEqual([state.logs[ROOM].stale, state.logs[ROOM].hasAfter], [true, true]);
  assert.equal(applyRoomEvent(state, created(10)).logs[ROOM].items.length, 3);
  assert.deepEqual(confirmed(state).logs, {});
});

test('it is bounded in rooms, messages and text', async () => {
  const many = Array.from({ length: ROOMS + 5 }, (_, i) => `room-${i}`);
  const state = stateWith();
  state.rooms = Object.fromEntries(many.map(id => [id, normalRoom({ id, type: 'public', name: id, atSeq: 400 })]));
  const { store, keeper, rows } = device(state);
  keeper.start();
  for (const id of many) {
    store.set(now => ({ ...now, logs: { [id]: log(1, 400) } }));
    await keeper.flush();
  }
  const names = [...rows.keys()].filter(one => one.startsWith('log'));
  assert.equal(names.length, ROOMS);
  assert.ok(!names.includes('log room-0') && names.includes(`log room-${ROOMS + 4}`));
  assert.deepEqual([rows.get('log room-9').items.length, rows.get('log room-9').hasBefore], [MESSAGES, true]);
  const long = Array.from({ length: 100 }, (_, i) => message(i + 1, { text: 'x'.repeat(8000) }));
  assert.ok(tail(long).reduce((sum, one) => sum + one.text.length, 0) <= LETTERS);
  assert.equal(tail([message(1, { text: 'x'.repeat(LETTERS * 2) })]).length, 1);
});

test('only what changed is written, and not while another tab is looked at', async () => {
  let seen = false;
  const { store, keeper, rows, timers } = device(stateWith({ atSeq: 2, log: log(1, 2) }), new Map(), () => seen);
  keeper.start();
  timers.shift()();
  await keeper.writing;
  assert.equal(rows.size, 0);
  seen = true;
  store.set({ userSeq: 5 });
  timers.shift()();
  await keeper.writing;
  assert.deepEqual([...rows.keys()].sort(), ['head', `log ${ROOM}`]);
  rows.delete(`log ${ROOM}`);
  store.set({ userSeq: 6 });
  timers.shift()();
  await keeper.writing;
  assert.deepEqual([...rows.keys()], ['head']);
});

test('nothing of it stays after the session, nor is anything written by what still waits', async () => {
  const { store, keeper, rows, timers } = device(stateWith({ atSeq: 2, log: log(1, 2) }));
  keeper.start();
  keeper.flush();
  store.set({ userSeq: 5 });
  await keeper.forget();
  for (const run of timers) run();
  await keeper.writing;
  assert.equal(rows.size, 0);
  assert.equal(await again(rows), null);
});

test('a room that is gone takes its messages along', async () => {
  const { store, keeper, rows } = device(stateWith({ atSeq: 2, log: log(1, 2) }));
  keeper.start();
  await keeper.flush();
  store.set({ rooms: {}, logs: {} });
  await keeper.flush();
  assert.deepEqual([...rows.keys()], ['head']);
});
