import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyRoomEvent } from '../../src/Host/wwwroot/core/sync.js';
import { normalPage } from '../../src/Host/wwwroot/core/normal.js';
import { changeEverywhere, findMessage } from '../../src/Host/wwwroot/messaging/threads.js';
import { slowUntil } from '../../src/Host/wwwroot/messaging/slow.js';
import { ann, created, message, page, ROOM, stateWith } from './support.js';

const withThread = (more = {}) => {
  const state = stateWith({ atSeq: 3, log: normalPage(page(1, 3)), ...more });
  return { ...state, threads: { m2: { root: message(2, { asOf: 3 }), items: [], atSeq: 3 } } };
};
const reply = (seq, more = {}) => created(seq, { threadId: 'm2', ...more });
const root = state => state.logs[ROOM].items[1];

test('a reply goes into its thread, not into the room, and counts under its root in both places', () => {
  const state = applyRoomEvent(withThread(), reply(4, { senderId: 'u-zoe' }));
  assert.deepEqual(state.logs[ROOM].items.map(one => one.seq), [1, 2, 3]);
  assert.deepEqual(state.threads.m2.items.map(one => one.seq), [4]);
  for (const one of [root(state), state.threads.m2.root]) assert.deepEqual([one.replyCount, one.replierIds], [1, ['u-zoe']]);
  assert.equal(state.rooms[ROOM].unreadCount, 0);
});

test('the faces are the latest three, each once', () => {
  let state = withThread();
  for (const [seq, senderId] of [[4, 'a'], [5, 'b'], [6, 'a'], [7, 'c'], [8, 'd']]) state = applyRoomEvent(state, reply(seq, { senderId }));
  assert.deepEqual([root(state).replyCount, root(state).replierIds], [5, ['d', 'c', 'a']]);
});

test('a page that already counts a reply is not counted up by its event', () => {
  const state = { ...stateWith({ atSeq: 3, log: { ...normalPage(page(1, 3)), items: normalPage(page(1, 3)).items.map(one => ({ ...one, asOf: 4, replyCount: 1 })) } }) };
  assert.equal(root(applyRoomEvent(state, reply(4))).replyCount, 1);
});

test('a deleted reply becomes a tombstone and counts no more', () => {
  let state = applyRoomEvent(applyRoomEvent(withThread(), reply(4)), reply(5));
  state = applyRoomEvent(state, { type: 'message.deleted', roomId: ROOM, seq: 6, messageId: 'm4' });
  assert.equal(state.threads.m2.items[0].isDeleted, true);
  assert.deepEqual([root(state).replyCount, state.threads.m2.root.replyCount], [1, 1]);
  state = applyRoomEvent(state, { type: 'message.deleted', roomId: ROOM, seq: 7, messageId: 'm4' });
  assert.equal(root(state).replyCount, 1);
});

test('edits and reactions reach a message wherever it is held', () => {
  let state = applyRoomEvent(withThread(), reply(4));
  state = applyRoomEvent(state, { type: 'reaction.added', roomId: ROOM, seq: 5, messageId: 'm4', emoji: '👍', by: ann.id });
  state = applyRoomEvent(state, { type: 'reaction.added', roomId: ROOM, seq: 6, messageId: 'm2', emoji: '🎉', by: ann.id });
  assert.equal(findMessage(state, ROOM, 'm4')?.reactions[0].emoji, '👍');
  for (const one of [root(state), state.threads.m2.root]) assert.equal(one.reactions[0].emoji, '🎉');
  assert.equal(changeEverywhere(state, ROOM, 'nobody', one => ({ ...one })), state);
});

test('retention drops replies, and threads whose root is gone', () => {
  const state = applyRoomEvent(applyRoomEvent(withThread(), reply(4)), { type: 'messages.expired', roomId: ROOM, seq: 5, upToSeq: 1 });
  assert.equal(state.threads.m2.items.length, 1);
  assert.deepEqual(applyRoomEvent(state, { type: 'messages.expired', roomId: ROOM, seq: 6, upToSeq: 2 }).threads, {});
});

test('@all counts as a mention for everybody but its sender', () => {
  const mentions = sender => applyRoomEvent(stateWith({ atSeq: 3 }), created(4, { mentionsAll: true, senderId: sender })).rooms[ROOM].mentionCount;
  assert.deepEqual([mentions('u-bob'), mentions(ann.id)], [1, 0]);
});

test('slow mode counts from the last own message, also one in a thread or on its way, and not for moderators', () => {
  const at = minute => new Date(2026, 2, 1, 10, minute).toISOString();
  const room = { slowModeSeconds: 60, role: 'member' };
  const state = { ...withThread({ room }), outbox: [{ roomId: ROOM, createdAt: at(1), state: 'sending' }] };
  assert.equal(slowUntil(state, ROOM), Date.parse(at(2)));
  state.threads.m2.items = [message(4, { senderId: ann.id, createdAt: at(5) })];
  assert.equal(slowUntil(state, ROOM), Date.parse(at(6)));
  assert.equal(slowUntil({ ...state, rooms: { [ROOM]: { ...state.rooms[ROOM], role: 'moderator' } } }, ROOM), 0);
  assert.equal(slowUntil(withThread(), ROOM), 0);
});

test('a deleted reply counts no more under its root, also where the thread was never opened', () => {
  const gone = (state, seq) => applyRoomEvent(state, { type: 'message.deleted', roomId: ROOM, seq, messageId: `m${seq - 2}`, threadId: 'm2' });
  const state = [4, 5].reduce((now, seq) => applyRoomEvent(now, reply(seq)), stateWith({ atSeq: 3, log: normalPage(page(1, 3)) }));
  const one = gone(state, 6);
  assert.deepEqual([root(one).replyCount, root(one).lastReplyAt], [1, root(state).lastReplyAt]);
  assert.deepEqual([root(gone(one, 6)).replyCount, root(gone(one, 7)).replyCount, root(gone(one, 7)).lastReplyAt], [1, 0, null]);
});
