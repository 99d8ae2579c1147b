import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEphemeral, applyRead, applyRoomEvent, applyToLog, judge } from '../../src/Host/wwwroot/core/sync.js';
import { normalPage } from '../../src/Host/wwwroot/core/normal.js';
import { react } from '../../src/Host/wwwroot/messaging/log.js';
import { ann, created, page, ROOM, stateWith } from './support.js';

const log = (from, to) => normalPage(page(from, to));
const items = state => state.logs[ROOM].items;

test('only the next number is applied, an old one is skipped, a later one is a gap', () => {
  assert.equal(judge(4, { seq: 5 }), 'apply');
  assert.equal(judge(4, { seq: 4 }), 'skip');
  assert.equal(judge(4, { seq: 6 }), 'gap');
});

test('a trimmed range counts as one step up to its end', () => {
  assert.equal(judge(4, { type: 'log.trimmed', seq: 1, toSeq: 9 }), 'apply');
  assert.equal(judge(9, { type: 'log.trimmed', seq: 1, toSeq: 9 }), 'skip');
  assert.equal(judge(2, { type: 'log.trimmed', seq: 4, toSeq: 9 }), 'gap');
  const next = applyRoomEvent(stateWith({ atSeq: 4 }), { type: 'log.trimmed', roomId: ROOM, seq: 1, toSeq: 9 });
  assert.equal(next.rooms[ROOM].atSeq, 9);
});

test('a message is appended, counted as unread, and moves the cursor', () => {
  const next = applyRoomEvent(stateWith({ atSeq: 3, log: log(1, 3), room: { lastReadSeq: 3 } }), created(4, { mentions: [ann.id] }));
  assert.deepEqual(items(next).map(one => one.seq), [1, 2, 3, 4]);
  const room = next.rooms[ROOM];
  assert.deepEqual([room.atSeq, room.unreadCount, room.mentionCount, room.lastMessage.seq], [4, 1, 1, 4]);
});

test('own messages and thread replies are never unread', () => {
  let state = stateWith({ atSeq: 3, log: log(1, 3), room: { lastReadSeq: 3 } });
  state = applyRoomEvent(state, created(4, { senderId: ann.id }));
  state = applyRoomEvent(state, created(5, { threadId: 'm1' }));
  assert.equal(state.rooms[ROOM].unreadCount, 0);
  assert.deepEqual(items(state).map(one => one.seq), [1, 2, 3, 4]);
});

test('applying an entry to a page that already holds it changes nothing', () => {
  const state = stateWith({ atSeq: 6, log: { ...log(1, 5), items: log(1, 5).items.map(one => ({ ...one, asOf: 6, reactions: [{ emoji: '👍', count: 21, userIds: [] }] })) } });
  const next = applyToLog(state, { type: 'reaction.added', roomId: ROOM, seq: 6, messageId: 'm2', emoji: '👍', by: 'u-zoe' });
  assert.equal(items(next)[1].reactions[0].count, 21);
});

test('reactions come and go, each person once', () => {
  const event = (type, seq, by) => ({ type, roomId: ROOM, seq, messageId: 'm2', emoji: '🎉', by });
  let state = stateWith({ atSeq: 3, log: log(1, 3) });
  state = applyRoomEvent(state, event('reaction.added', 4, 'u-bob'));
  state = applyRoomEvent(state, event('reaction.added', 5, 'u-bob'));
  state = applyRoomEvent(state, event('reaction.added', 6, ann.id));
  assert.deepEqual(items(state)[1].reactions, [{ emoji: '🎉', count: 2, userIds: ['u-bob', ann.id] }]);
  state = applyRoomEvent(state, event('reaction.removed', 7, 'u-bob'));
  state = applyRoomEvent(state, event('reaction.removed', 8, ann.id));
  assert.deepEqual(items(state)[1].reactions, []);
});

test('an edit brings the new text, a deletion leaves a tombstone, and a late edit does not bring the text back', () => {
  let state = stateWith({ atSeq: 3, log: log(1, 3) });
  state = applyRoomEvent(state, { type: 'message.edited', roomId: ROOM, seq: 4, by: 'u-bob', message: { ...created(2).message, text: 'better', isEdited: true } });
  assert.equal(items(state)[1].text, 'better');
  state = applyRoomEvent(state, { type: 'message.deleted', roomId: ROOM, seq: 5, messageId: 'm2' });
  assert.deepEqual([items(state)[1].isDeleted, items(state)[1].text], [true, '']);
  state = applyRoomEvent(state, { type: 'message.edited', roomId: ROOM, seq: 6, by: 'u-bob', message: created(2).message });
  assert.equal(items(state)[1].isDeleted, true);
});

test('retention drops what expired', () => {
  const next = applyRoomEvent(stateWith({ atSeq: 5, log: log(1, 5) }), { type: 'messages.expired', roomId: ROOM, seq: 6, upToSeq: 3 });
  assert.deepEqual(items(next).map(one => one.seq), [4, 5]);
});

test('reading counts down to what is still unread, and never moves back', () => {
  let state = stateWith({ atSeq: 5, log: log(1, 5), room: { unreadCount: 5, lastReadSeq: 0, lastMessage: created(5).message } });
  state = applyRead(state, ROOM, 3);
  assert.deepEqual([state.rooms[ROOM].lastReadSeq, state.rooms[ROOM].unreadCount], [3, 2]);
  state = applyRead(state, ROOM, 5);
  assert.equal(state.rooms[ROOM].unreadCount, 0);
  assert.equal(applyRead(state, ROOM, 2).rooms[ROOM].lastReadSeq, 5);
});

test('members come, change and go', () => {
  let state = { ...stateWith({ atSeq: 0 }), members: { [ROOM]: [] } };
  const event = (type, seq, more) => ({ type, roomId: ROOM, seq, userId: 'u-bob', ...more });
  state = applyRoomEvent(state, event('member.joined', 1, { role: 'member' }));
  state = applyRoomEvent(state, event('member.role', 2, { role: 'moderator' }));
  assert.deepEqual([state.members[ROOM][0].role, state.rooms[ROOM].memberCount], ['moderator', 3]);
  state = applyRoomEvent(state, event('member.left', 3));
  assert.deepEqual([state.members[ROOM].length, state.rooms[ROOM].memberCount], [0, 2]);
});

test('a changed room keeps what is personal', () => {
  const next = applyRoomEvent(stateWith({ atSeq: 1, room: { role: 'owner', lastReadSeq: 1, muted: true } }), { type: 'room.updated', roomId: ROOM, seq: 2, room: { id: ROOM, type: 'public', name: 'news', topic: 'What is new' } });
  const { name, topic, role, lastReadSeq, muted, atSeq } = next.rooms[ROOM];
  assert.deepEqual({ name, topic, role, lastReadSeq, muted, atSeq }, { name: 'news', topic: 'What is new', role: 'owner', lastReadSeq: 1, muted: true, atSeq: 2 });
});

test('typing ends with the message, receipts never move back', () => {
  let state = applyEphemeral(stateWith({ atSeq: 1 }), { type: 'typing', roomId: ROOM, userId: 'u-bob', on: true }, 1000);
  assert.equal(state.typing[ROOM]['u-bob'], 7000);
  state = applyRoomEvent(state, created(2));
  assert.deepEqual(state.typing[ROOM], {});
  state = applyEphemeral(state, { type: 'receipt', roomId: ROOM, userId: 'u-bob', seq: 2 });
  assert.equal(applyEphemeral(state, { type: 'receipt', roomId: ROOM, userId: 'u-bob', seq: 1 }).receipts[ROOM]['u-bob'], 2);
});

test('of more than twenty people who reacted oneself is always told, and those who are not told count', () => {
  const twenty = Array.from({ length: 20 }, (_, i) => `u${i}`);
  const event = (type, seq, by) => ({ type, roomId: ROOM, seq, messageId: 'm2', emoji: '🎉', by });
  const start = stateWith({ atSeq: 3, log: { ...log(1, 3), items: log(1, 3).items.map(one => ({ ...one, reactions: [{ emoji: '🎉', count: 24, userIds: twenty }] })) } });
  const told = state => { const { count, userIds } = items(state)[1].reactions[0]; return [count, userIds.length, userIds.includes(ann.id)]; };
  let state = applyRoomEvent(start, event('reaction.added', 4, ann.id));
  assert.deepEqual(told(state), [25, 20, true]);
  state = applyRoomEvent(state, event('reaction.removed', 5, 'u-unlisted'));
  assert.deepEqual(told(state), [24, 20, true]);
  state = applyRoomEvent(state, event('reaction.added', 6, 'u-other'));
  assert.deepEqual(told(state), [25, 20, true]);
  state = applyRoomEvent(state, { type: 'message.edited', roomId: ROOM, seq: 7, by: 'u-bob', message: { ...created(2).message, text: 'better', reactions: [{ emoji: '🎉', count: 25, userIds: twenty }] } });
  assert.deepEqual(told(state), [25, 20, true]);
  // What the click has shown already is not counted once more by its event.
  state = { ...state, logs: { [ROOM]: { ...state.logs[ROOM], items: items(state).map(one => (one.id === 'm2' ? react(one, '🎉', ann.id, false, one.asOf, ann.id) : one)) } } };
  state = applyRoomEvent(state, event('reaction.removed', 8, ann.id));
  assert.deepEqual(told(state), [24, 19, false]);
});
