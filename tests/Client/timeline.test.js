import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distanceToEnd, isAtEnd } from '../../src/Host/wwwroot/messaging/anchor.js';
import { accept, people as offers, tokenAt } from '../../src/Host/wwwroot/messaging/complete.js';
import { findEmoji, EMOJI } from '../../src/Host/wwwroot/messaging/emoji-data.js';
import { days, lines } from '../../src/Host/wwwroot/messaging/grouping.js';
import { addAfter, addBefore, addLive, MOST } from '../../src/Host/wwwroot/messaging/log.js';
import { normalPage } from '../../src/Host/wwwroot/core/normal.js';
import { message, page } from './support.js';

const at = (minute, more = {}) => message(minute, { createdAt: new Date(2026, 2, 1, 9, minute).toISOString(), ...more });
const firsts = list => days(list).flatMap(day => day.rows.map(row => row.first));

test('messages of one person within five minutes form a group', () => {
  assert.deepEqual(firsts([at(0), at(4), at(9), at(15), at(16, { senderId: 'u-cleo' })]), [true, false, false, true, true]);
});

test('a reply and an announcement start a group of their own', () => {
  const reply = { id: 'm0', seq: 1, senderId: 'u-ann', excerpt: '' };
  assert.deepEqual(firsts([at(0), at(1, { replyTo: reply }), at(2), at(3, { type: 'system' }), at(4)]), [true, true, false, true, true]);
});

test('each calendar day has one divider', () => {
  const late = message(1, { createdAt: new Date(2026, 2, 1, 23, 59).toISOString() });
  const early = message(2, { createdAt: new Date(2026, 2, 2, 0, 1).toISOString() });
  const found = days([late, early]);
  assert.deepEqual(found.map(day => day.key), ['2026-03-01', '2026-03-02']);
  assert.equal(found[1].rows[0].first, true);
});

test('one divider stands before the first unread message of somebody else', () => {
  const kinds = days([at(1), at(2, { senderId: 'me' }), at(3), at(4)], { newAfter: 1, me: 'me' })[0].rows.map(row => (row.kind === 'new' ? 'new' : row.message.seq));
  assert.deepEqual(kinds, [1, 2, 'new', 3, 4]);
  assert.equal(days([at(1)], { newAfter: 1, me: 'me' })[0].rows.length, 1);
});

test('a sent message keeps its row when the server’s copy takes its place', () => {
  const local = days([at(1, { id: 'local-c1', clientId: 'c1', senderId: 'me', seq: Infinity })])[0].rows[0].key;
  assert.equal(days([at(1, { id: 'm9', clientId: 'c1', senderId: 'me' })])[0].rows[0].key, local);
});

test('a divider stands only where the last read message is here, or the room begins', () => {
  const kinds = (items, options) => lines(items, { newAfter: 10, me: 'me', ...options }).map(row => row.kind);
  assert.deepEqual(kinds([at(11), at(12)], { whole: false }), ['day', 'message', 'message']);
  assert.deepEqual(kinds([at(10), at(11)], { whole: false }), ['day', 'message', 'new', 'message']);
  assert.deepEqual(kinds([at(11)], { whole: true }), ['beginning', 'day', 'new', 'message']);
  assert.deepEqual(kinds([], { whole: true }), ['empty']);
});

test('the window is bounded: its far end goes and can be loaded again', () => {
  const log = normalPage(page(301, 300 + MOST));
  const up = addBefore(log, normalPage(page(241, 300)));
  assert.deepEqual([up.items.length, up.items[0].seq, up.hasAfter, up.hasBefore], [MOST, 241, true, true]);
  const down = addAfter(up, normalPage(page(241 + MOST, 300 + MOST, { hasAfter: false })));
  assert.deepEqual([down.items.length, down.items.at(-1).seq, down.hasAfter, down.hasBefore], [MOST, 300 + MOST, false, true]);
});

test('a window that does not reach the end takes no live messages', () => {
  const log = { ...normalPage(page(1, 10)), hasAfter: true };
  assert.equal(addLive(log, message(50)), log);
});

test('a full window drops what is oldest, or, while somebody reads further up, what is newest', () => {
  const full = normalPage(page(1, MOST * 2));
  const next = addLive(full, message(MOST * 2 + 1));
  assert.deepEqual([next.items.length, next.items.at(-1).seq, next.hasBefore, next.hasAfter], [MOST, MOST * 2 + 1, true, false]);
  const read = addLive({ ...full, held: true }, message(MOST * 2 + 1));
  assert.deepEqual([read.items[0].seq, read.items.length, read.hasAfter], [1, MOST * 2, true]);
});

test('near the end counts as at the end', () => {
  const box = { scrollTop: 960, scrollHeight: 1600, clientHeight: 600 };
  assert.deepEqual([distanceToEnd(box), isAtEnd(box), isAtEnd({ ...box, scrollTop: 900 })], [40, true, false]);
});

test('completion looks at the word before the caret', () => {
  assert.deepEqual(tokenAt('hi @an', 6), { kind: '@', query: 'an', start: 3 });
  assert.deepEqual(tokenAt(':smi', 4), { kind: ':', query: 'smi', start: 0 });
  assert.equal(tokenAt('mail me@example', 15), null);
  assert.equal(tokenAt('at 10:30', 8), null);
  assert.deepEqual(accept('hi @an!', 6, { start: 3 }, '@ann'), { text: '@ann ', from: 3, to: 6, caret: 8 });
});

test('people are offered by username first, then by any word of their name', () => {
  const users = [{ id: '1', username: 'zoe', displayName: 'Zoe Anders' }, { id: '2', username: 'ann', displayName: 'Winter' }, { id: '3', username: 'bob', displayName: 'Bob' }];
  assert.deepEqual(offers({ kind: '@', query: 'an' }, users).map(one => one.insert), ['@ann', '@zoe']);
});

test('emoji are found by name, each only once, and fit the server’s bound', () => {
  assert.equal(findEmoji('rocket')[0].emoji, '🚀');
  assert.equal(new Set(EMOJI.map(one => one.emoji)).size, EMOJI.length);
  assert.ok(EMOJI.every(one => new TextEncoder().encode(one.emoji).length <= 64 && one.name !== ''));
});
