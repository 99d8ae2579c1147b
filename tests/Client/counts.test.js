// Unread and mention counts on devices that see the same events at different times, with all, part and none of the messages in
// memory, against a model that knows the rules by itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Applier } from '../../src/Host/wwwroot/core/live.js';
import { applyRead, applyRoomEvent } from '../../src/Host/wwwroot/core/sync.js';
import { normalPage } from '../../src/Host/wwwroot/core/normal.js';
import { ann, created, fakeApi, message, page, ROOM, settled, stateWith, storeWith } from './support.js';

/** Repeatable randomness (mulberry32). */
function dice(seed) {
  let state = seed >>> 0;
  return bound => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) % bound;
  };
}

/** The server: one room, its log, the person's own log, and what counts by the rules. */
class Server {
  constructor() {
    this.seq = this.userSeq = this.read = 0;
    this.messages = /** @type {any[]} */ ([]);
    this.events = /** @type {any[]} */ ([]);
  }

  live() { return this.messages.filter(one => !one.isDeleted && !one.gone); }
  unread() { return this.live().filter(one => one.seq > this.read && one.senderId !== ann.id && !one.threadId); }
  counts() { const unread = this.unread(); return [unread.length, unread.filter(one => one.mentions.includes(ann.id) || one.mentionsAll).length]; }
  add(event) { this.events.push({ roomId: ROOM, seq: ++this.seq, at: '2026-03-01T09:00:00.000Z', ...event }); }

  room() {
    const [unreadCount, mentionCount] = this.counts();
    return { id: ROOM, type: 'public', name: 'general', memberCount: 2, lastSeq: this.seq, atSeq: this.seq, lastReadSeq: this.read, unreadCount, mentionCount, lastMessage: this.live().findLast(one => !one.threadId) ?? null };
  }

  page() { return { items: this.messages.filter(one => !one.gone && !one.threadId), hasBefore: false, hasAfter: false, atSeq: this.seq }; }

  step(roll) {
    const what = roll(12);
    const any = this.live()[roll(Math.max(1, this.live().length))];
    const named = roll(3) === 0 ? { mentions: [ann.id] } : roll(6) === 0 ? { mentionsAll: true } : {};
    if (what < 6 || !any) {
      const one = message(this.seq + 1, { senderId: roll(4) ? 'u-bob' : ann.id, threadId: any && !any.threadId && roll(5) === 0 ? any.id : null, ...named });
      this.messages.push(one);
      this.add({ type: 'message.created', by: one.senderId, message: { ...one } });
    } else if (what < 8) {
      Object.assign(any, { mentions: [], mentionsAll: false, isEdited: true, text: `${any.text}!`, ...named });
      this.add({ type: 'message.edited', by: any.senderId, message: { ...any } });
    } else if (what < 10) {
      Object.assign(any, { isDeleted: true, text: '', mentions: [], mentionsAll: false });
      this.add({ type: 'message.deleted', by: any.senderId, messageId: any.id });
    } else if (what < 11) {
      const seq = Math.min(this.seq, this.read + 1 + roll(6));
      if (seq <= this.read) return;
      this.read = seq;
      this.events.push({ type: 'room.read', roomId: ROOM, seq, userSeq: ++this.userSeq });
    } else if (roll(6) === 0) {
      const upToSeq = Math.max(0, this.seq - 20 + roll(10));
      for (const one of this.messages) if (one.seq <= upToSeq) one.gone = true;
      this.add({ type: 'messages.expired', upToSeq });
    }
  }
}

/** One device: its store, and the events that are still on their way to it. */
function device(server, { log, seen }) {
  const store = storeWith({});
  const room = server.room();
  const waiting = /** @type {(() => any)[]} */ ([]);
  const first = stateWith({ atSeq: server.seq, room });
  store.set({ ...first, userSeq: server.userSeq, logs: log ? { [ROOM]: log(normalPage(server.page())) } : {} });
  const api = fakeApi({ [`/rooms/${ROOM}`]: () => server.room() });
  const applier = new Applier({ store, api, wait: run => waiting.push(run) });
  let at = server.events.length;
  return {
    seen, store, api,
    hear(most = Infinity) { for (let i = 0; i < most && at < server.events.length; i++) applier.apply(server.events[at++]); },
    async settle() { for (let i = 0; i < 20 && waiting.length; i++) { await waiting.shift()?.(); await settled(); } },
    counts: () => { const { unreadCount, mentionCount } = store.get().rooms[ROOM]; return [unreadCount, mentionCount]; },
  };
}

test('counts are right after any order of events on devices that hold all, some and none of the messages', async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const roll = dice(seed);
    const server = new Server();
    for (let i = roll(30); i > 0; i--) server.step(roll);
    const devices = [
      device(server, { log: one => one, seen: 'all' }),
      device(server, { log: null, seen: 'none' }),
      device(server, { log: one => ({ ...one, items: one.items.slice(-3), hasBefore: one.items.length > 3 }), seen: 'the last three' }),
    ];
    for (let i = 0; i < 60; i++) {
      server.step(roll);
      devices[roll(3)].hear(roll(8));
      if (roll(10) === 0) await devices[roll(3)].settle();
    }
    for (const one of devices) {
      one.hear();
      await one.settle();
      assert.deepEqual(one.counts(), server.counts(), `seed ${seed}, ${one.seen} in memory`);
    }
    assert.equal(devices[0].api.asked.length, 0, 'who has all messages asks nobody');
  }
});

test('an unread message that is deleted is not unread any more, and one that is edited may name nobody', () => {
  let state = stateWith({ atSeq: 3, log: normalPage(page(1, 3)), room: { lastReadSeq: 3 } });
  state = applyRoomEvent(state, created(4, { mentions: [ann.id] }));
  state = applyRoomEvent(state, created(5, { mentions: [ann.id] }));
  state = applyRoomEvent(state, { type: 'message.deleted', roomId: ROOM, seq: 6, messageId: 'm5' });
  assert.deepEqual([state.rooms[ROOM].unreadCount, state.rooms[ROOM].mentionCount, state.rooms[ROOM].lastMessage.text], [1, 1, '']);
  state = applyRoomEvent(state, { type: 'message.edited', roomId: ROOM, seq: 7, message: message(4) });
  assert.deepEqual([state.rooms[ROOM].unreadCount, state.rooms[ROOM].mentionCount], [1, 0]);
});

test('what another device has read in part is counted where the messages are here, and asked for where they are not', () => {
  const room = { unreadCount: 4, lastReadSeq: 1, lastMessage: message(5) };
  assert.equal(applyRead(stateWith({ atSeq: 5, log: normalPage(page(1, 5)), room }), ROOM, 3).rooms[ROOM].unreadCount, 2);
  const unsure = applyRead(stateWith({ atSeq: 5, room }), ROOM, 3).rooms[ROOM];
  assert.deepEqual([unsure.unreadCount, unsure.unsure], [4, true]);
  assert.deepEqual([applyRead(stateWith({ atSeq: 5, room }), ROOM, 5).rooms[ROOM].unreadCount], [0]);
});
