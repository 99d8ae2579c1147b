import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clampView } from '../../src/Host/wwwroot/core/crop.js';
import { applyToInbox, inboxAfter, withPage } from '../../src/Host/wwwroot/core/inbox.js';
import { emptyState } from '../../src/Host/wwwroot/core/store.js';

const one = (n, more = {}) => ({ id: `n${n}`, kind: 'mention', roomId: 'r1', messageId: `m${n}`, seq: n, actorId: 'u1', text: 'hi', createdAt: '2026-03-01T09:00:00.000Z', ...more });
const at = '2026-03-01T10:00:00.000Z';
const come = (state, n, more) => applyToInbox(state, { type: 'notification', at, notification: one(n, more) });
const unread = state => state.inbox.items.filter(item => !item.readAt).map(item => item.id);
const three = () => [1, 2, 3].reduce((state, n) => come(state, n), withPage(emptyState(), { items: [], unreadCount: 0 }, false));

test('what comes stands first and counts once', () => {
  const state = come(three(), 3);
  assert.deepEqual([state.inbox.items.map(item => item.id), state.inbox.unreadCount], [['n3', 'n2', 'n1'], 3]);
});

test('reading on another device reads here: by number, or all up to one', () => {
  let state = applyToInbox(three(), { type: 'notifications.read', at, ids: ['n2', 'n9'] });
  assert.deepEqual([unread(state), state.inbox.unreadCount], [['n3', 'n1'], 2]);
  state = applyToInbox(state, { type: 'notifications.read', at, all: true, upTo: 'n2' });
  assert.deepEqual([unread(state), state.inbox.unreadCount], [['n3'], 1]);
});

test('reading a room reads what it told of, but not its threads and not what came later', () => {
  const state = come(three(), 4, { threadId: 't1' });
  const next = applyToInbox(state, { type: 'room.read', at, roomId: 'r1', seq: 2 });
  assert.deepEqual(unread(next), ['n4', 'n3']);
  assert.deepEqual(unread(applyToInbox(next, { type: 'room.read', at, roomId: 'r1', seq: 9 })), ['n4']);
  assert.equal(applyToInbox(next, { type: 'room.read', at, roomId: 'r2', seq: 9 }), next);
});

test('a room that is gone takes its notices along', () => {
  const state = applyToInbox(come(three(), 4, { roomId: 'r2' }), { type: 'room.removed', at, roomId: 'r1' });
  assert.deepEqual([state.inbox.items.map(item => item.id), state.inbox.unreadCount], [['n4'], 1]);
});

test('a later page goes below without doubles, a first one replaces', () => {
  const more = withPage(three(), { items: [one(1), one(0)], nextCursor: null, unreadCount: 4 }, true);
  assert.deepEqual(more.inbox.items.map(item => item.id), ['n3', 'n2', 'n1', 'n0']);
  assert.deepEqual(withPage(more, { items: [one(5)], nextCursor: 'c', unreadCount: 1 }, false).inbox.items.map(item => item.id), ['n5']);
});

test('what came while the first page was on its way is not lost', () => {
  const state = withPage(three(), { items: [one(2), one(1)], nextCursor: null, unreadCount: 2 }, false);
  assert.deepEqual([state.inbox.items.map(item => item.id), state.inbox.unreadCount], [['n3', 'n2', 'n1'], 3]);
});

test('what was read while the first page was on its way stays read', () => {
  const read = applyToInbox(three(), { type: 'notifications.read', at, ids: ['n2', 'n3'] });
  const state = withPage(read, { items: [one(3), one(2), one(1), one(0)], nextCursor: null, unreadCount: 4 }, false);
  assert.deepEqual([unread(state), state.inbox.unreadCount], [['n1', 'n0'], 2]);
});

test('a picture is cut inside its edges', () => {
  const picture = { width: 400, height: 200 };
  assert.deepEqual(clampView(picture, { x: 0, y: 500, zoom: 0.1 }), { x: 100, y: 100, zoom: 1, side: 200 });
  assert.deepEqual(clampView(picture, { x: 390, y: 10, zoom: 2 }), { x: 350, y: 50, zoom: 2, side: 100 });
  assert.equal(clampView(picture, { x: 200, y: 100, zoom: 99 }).zoom, 5);
});

test('of a message that was deleted or has expired nothing stays, and one that was edited is told as it is', () => {
  const told = (n, more) => ({ type: 'notification', userSeq: n, notification: { id: `n${n}`, kind: 'mention', roomId: 'r1', messageId: `m${n}`, seq: n, text: `text ${n}`, createdAt: at, ...more } });
  let state = [1, 2, 3].reduce((now, n) => applyToInbox(now, told(n)), withPage(emptyState(), { items: [], unreadCount: 0 }, false));
  state = inboxAfter(state, { type: 'message.edited', roomId: 'r1', seq: 4, message: { id: 'm3', text: 'better' } });
  assert.equal(state.inbox.items[0].text, 'better');
  state = inboxAfter(state, { type: 'message.deleted', roomId: 'r1', seq: 5, messageId: 'm3' });
  assert.deepEqual([unread(state), state.inbox.unreadCount], [['n2', 'n1'], 2]);
  state = inboxAfter(state, { type: 'messages.expired', roomId: 'r1', seq: 6, upToSeq: 1 });
  assert.deepEqual([unread(state), state.inbox.unreadCount], [['n2'], 1]);
  assert.equal(inboxAfter(state, { type: 'message.deleted', roomId: 'r1', seq: 7, messageId: 'm9' }), state);
});
