import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Applier } from '../../src/Host/wwwroot/core/live.js';
import { normalPage } from '../../src/Host/wwwroot/core/normal.js';
import { created, fakeApi, page, ROOM, settled, storeWith } from './support.js';

const seqs = store => store.get().logs[ROOM].items.map(one => one.seq);
const make = (answers, options) => {
  const store = storeWith(options);
  const api = fakeApi(answers);
  return { store, api, applier: new Applier({ store, api }) };
};

test('a doubled frame is applied once', () => {
  const { store, applier } = make({}, { atSeq: 2, log: normalPage(page(1, 2)) });
  applier.apply(created(3));
  applier.apply(created(3));
  assert.deepEqual(seqs(store), [1, 2, 3]);
  assert.equal(store.get().rooms[ROOM].unreadCount, 1);
});

test('a gap is filled over HTTP, and what came meanwhile follows in order', async () => {
  const { store, api, applier } = make({ '/rooms/room-1/events': { items: [created(3), created(4), created(5)], lastSeq: 5, epoch: 'e1' } }, { atSeq: 2, log: normalPage(page(1, 2)) });
  applier.apply(created(5));
  applier.apply(created(6));
  assert.deepEqual(seqs(store), [1, 2]);
  await settled();
  assert.deepEqual(seqs(store), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(api.asked, ['/rooms/room-1/events?after=2&limit=1000']);
});

test('a long gap is filled page by page', async () => {
  const answer = path => (path.includes('after=2') ? { items: [created(3)], lastSeq: 4 } : { items: [created(4)], lastSeq: 4 });
  const { store, applier } = make({ '/rooms/room-1/events': answer }, { atSeq: 2, log: normalPage(page(1, 2)) });
  applier.apply(created(4));
  await settled();
  assert.equal(store.get().rooms[ROOM].atSeq, 4);
});

test('another epoch in the answer makes the room be read anew', async () => {
  const { store, applier } = make({
    '/rooms/room-1/events': { items: [], lastSeq: 9, epoch: 'e2' },
    '/rooms/room-1': { id: ROOM, type: 'public', name: 'general', atSeq: 9, lastSeq: 9 },
  }, { atSeq: 2, log: normalPage(page(1, 2)) });
  applier.apply(created(8));
  await settled();
  assert.equal(store.get().logs[ROOM], undefined);
  assert.equal(store.get().rooms[ROOM].atSeq, 9);
});

test('an incomplete resume drops the messages in memory and follows from the new head', async () => {
  const { store, applier } = make({ '/rooms/room-1': { id: ROOM, type: 'public', name: 'general', atSeq: 5000, unreadCount: 40 } }, { atSeq: 2, log: normalPage(page(1, 2)) });
  await applier.afterResume({ userSeq: 0, rooms: { [ROOM]: { seq: 5000, complete: false } } });
  applier.apply(created(5001));
  await settled();
  assert.deepEqual([store.get().rooms[ROOM].atSeq, store.get().rooms[ROOM].unreadCount], [5001, 41]);
});

test('a room that is gone takes its messages with it', async () => {
  const { store, applier } = make({}, { atSeq: 2, log: normalPage(page(1, 2)) });
  await applier.afterResume({ userSeq: 0, rooms: { [ROOM]: { complete: false, code: 'not_found' } } });
  assert.deepEqual([store.get().rooms, store.get().logs], [{}, {}]);
});

test('resume asks from where each log was left', () => {
  const { applier } = make({}, { atSeq: 7 });
  assert.deepEqual(applier.position(), { epoch: 'e1', userSeq: 0, rooms: { [ROOM]: 7 } });
});

test('events of a room that is not known yet wait until it is', async () => {
  const { store, applier } = make({ '/rooms/room-2': { id: 'room-2', type: 'private', name: 'new', atSeq: 1 } }, { atSeq: 0 });
  applier.apply({ ...created(2), roomId: 'room-2', message: { ...created(2).message, roomId: 'room-2' } });
  await settled();
  assert.deepEqual([store.get().rooms['room-2'].atSeq, store.get().rooms['room-2'].unreadCount], [2, 1]);
});

test('a hole in the user log makes the rooms be read anew', async () => {
  const { store, applier } = make({ '/rooms': { items: [{ id: ROOM, type: 'public', name: 'general', atSeq: 3 }], userSeq: 12 } }, { atSeq: 3 });
  applier.apply({ type: 'room.read', userSeq: 12, roomId: ROOM, seq: 3 });
  await settled();
  assert.equal(store.get().userSeq, 12);
});

test('user events apply once and in order', () => {
  const { store, applier } = make({}, { atSeq: 3, room: { unreadCount: 2, lastMessage: created(3).message } });
  applier.apply({ type: 'room.read', userSeq: 1, roomId: ROOM, seq: 3 });
  applier.apply({ type: 'room.removed', userSeq: 1, roomId: ROOM });
  assert.equal(store.get().rooms[ROOM].unreadCount, 0);
  applier.apply({ type: 'room.removed', userSeq: 2, roomId: ROOM });
  assert.deepEqual(store.get().rooms, {});
});

test('a page asked for before an event and answered after it still shows the event', () => {
  const { store, applier } = make({}, { atSeq: 3 });
  applier.apply(created(4));
  applier.apply({ type: 'message.deleted', roomId: ROOM, seq: 5, messageId: 'm2' });
  store.set(state => ({ ...state, logs: { [ROOM]: normalPage(page(1, 3)) } }));
  assert.equal(applier.catchUp(ROOM, 3), true);
  assert.deepEqual(seqs(store), [1, 2, 3, 4]);
  assert.equal(store.get().logs[ROOM].items[1].isDeleted, true);
});

test('a page that is older than what is remembered cannot be made current', () => {
  const { applier } = make({}, { atSeq: 9 });
  assert.equal(applier.catchUp(ROOM, 3), false);
});
