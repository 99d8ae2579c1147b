import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ann, message, ROOM, stateWith } from './support.js';
import { standInForPage } from './page.js';

standInForPage();
const { calls, isQuiet, tells } = await import('../../src/Host/wwwroot/core/notices.js');

const named = { mentions: [ann.id] };
const answer = { replyTo: { id: 'm1', seq: 1, senderId: ann.id, excerpt: '' } };
const state = ({ kinds = {}, ...room } = {}) => ({ ...stateWith({ atSeq: 3, room }), preferences: { kinds } });
const call = (how, more = {}) => calls(state(how), message(4, more));

test('a message calls by itself where it stands: in a direct room, or where all are wanted', () => {
  assert.deepEqual([call({ type: 'direct' }), call({ notify: 'all' }), call({})], [true, true, false]);
  assert.equal(call({ type: 'direct', kinds: { direct: { inApp: false, push: false } } }), false);
  for (const silent of [{ threadId: 'm1' }, { senderId: ann.id }, { isDeleted: true }]) assert.equal(call({ notify: 'all' }, silent), false);
  assert.equal(call({ type: 'direct', muted: true }), false);
});

test('what names or answers its reader calls from the inbox, and by itself only where it is not listed there', () => {
  for (const [kind, more] of [['mention', named], ['reply', answer], ['mention', { ...named, threadId: 'm1' }]]) {
    assert.equal(call({ notify: 'all' }, more), false, kind);
    assert.equal(call({ kinds: { [kind]: { inApp: false, push: true } } }, more), true, kind);
    assert.equal(call({ type: 'direct', kinds: { [kind]: { inApp: false, push: false } } }, more), false, kind);
  }
});

test('a notification calls as its kind is wanted, also from a thread, and not when it was read elsewhere', () => {
  const told = (kind, kinds, more = {}) => tells(state({ kinds }), { kind, roomId: ROOM, threadId: 'm1', readAt: null, ...more });
  for (const kind of ['mention', 'reply', 'added']) {
    assert.equal(told(kind, {}), true, kind);
    assert.equal(told(kind, { [kind]: { inApp: true, push: false } }), false, kind);
  }
  assert.equal(told('mention', {}, { readAt: '2026-03-01T09:00:00.000Z' }), false);
  assert.equal(tells(stateWith(), { kind: 'mention', readAt: null }), true, 'before the preferences are known');
});

test('quiet hours go over midnight, in their own zone', () => {
  const quiet = { enabled: true, from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
  const at = text => isQuiet(quiet, new Date(text));
  assert.deepEqual(['2026-01-10T20:59:00Z', '2026-01-10T21:00:00Z', '2026-01-11T05:59:00Z', '2026-01-11T06:00:00Z'].map(at), [false, true, true, false]);
  assert.equal(isQuiet({ ...quiet, enabled: false }, new Date('2026-01-10T23:00:00Z')), false);
});
