import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../src/Host/wwwroot/core/outbox.js';

const ticks = async () => { for (let i = 0; i < 80; i++) await Promise.resolve(); };
const failing = code => Object.assign(new Error(code), { code });

let made = 0;
/** A database in memory, a server that does what `script` says, and a clock that is turned by hand. */
function harness(script = [], stored = [], { rows = new Map(), ...parts } = {}) {
  for (const one of stored) rows.set(one.clientId, one);
  made = 0;
  const sent = [];
  const waits = [];
  const outbox = new Outbox({
    me: () => 'ann', ...parts,
    db: { put: async one => { rows.set(one.clientId, one); }, remove: async id => { rows.delete(id); }, all: async () => [...rows.values()] },
    changed: () => {}, newId: () => `id-${++made}`, wait: (ms, run) => waits.push({ ms, run }),
    send: async entry => {
      sent.push(entry.clientId);
      const next = script.shift() ?? { seq: sent.length };
      if (next instanceof Error) throw next;
      return next;
    },
  });
  const states = () => outbox.entries.map(one => one.state);
  return { outbox, rows, sent, waits, states };
}

test('messages of a room go out one after the other, in the order they were written', async () => {
  let release;
  const order = [];
  const { outbox } = harness();
  outbox.send = entry => {
    order.push(entry.text);
    return entry.text === 'one' ? new Promise(resolve => { release = () => resolve({ seq: 1 }); }) : Promise.resolve({ seq: 2 });
  };
  outbox.setOpen(true);
  outbox.add({ roomId: 'r', text: 'one' });
  outbox.add({ roomId: 'r', text: 'two' });
  outbox.add({ roomId: 'other', text: 'elsewhere' });
  await ticks();
  assert.deepEqual(order, ['one', 'elsewhere']);
  release();
  await ticks();
  assert.deepEqual(order, ['one', 'elsewhere', 'two']);
});

test('without a socket everything waits, and goes out when it is back', async () => {
  const { outbox, sent, rows, states } = harness();
  outbox.add({ roomId: 'r', text: 'a' });
  outbox.add({ roomId: 'r', text: 'b' });
  await ticks();
  assert.deepEqual([sent, states(), rows.size], [[], ['queued', 'queued'], 2]);
  outbox.setOpen(true);
  await ticks();
  assert.deepEqual([sent, states(), rows.size], [['id-1', 'id-2'], ['acked', 'acked'], 0]);
});

test('an unknown outcome is repeated with the same id', async () => {
  const { outbox, sent, waits, states } = harness([failing('unavailable'), failing('timeout'), { seq: 5 }]);
  outbox.setOpen(true);
  outbox.add({ roomId: 'r', text: 'a' });
  await ticks();
  waits.shift().run();
  await ticks();
  waits.shift().run();
  await ticks();
  assert.deepEqual([sent, states()], [['id-1', 'id-1', 'id-1'], ['acked']]);
});

test('a lost socket leaves the message queued for the next one', async () => {
  const { outbox, sent, waits, states } = harness([failing('disconnected')]);
  outbox.setOpen(true);
  outbox.add({ roomId: 'r', text: 'a' });
  await ticks();
  outbox.setOpen(false);
  assert.deepEqual([states(), waits.length], [['queued'], 0]);
  outbox.setOpen(true);
  await ticks();
  assert.deepEqual([sent, states()], [['id-1', 'id-1'], ['acked']]);
});

test('the server’s wish to wait is obeyed', async () => {
  const { outbox, waits } = harness([Object.assign(failing('rate_limited'), { retryAfterMs: 9000 })]);
  outbox.setOpen(true);
  outbox.add({ roomId: 'r', text: 'a' });
  await ticks();
  assert.equal(waits[0].ms, 9000);
});

test('a definite refusal fails that message only; it can be retried or discarded', async () => {
  const { outbox, sent, rows, states } = harness([failing('forbidden'), { seq: 1 }]);
  outbox.setOpen(true);
  outbox.add({ roomId: 'r', text: 'a' });
  outbox.add({ roomId: 'r', text: 'b' });
  await ticks();
  assert.deepEqual(states(), ['failed', 'acked']);
  assert.equal(rows.get('id-1').state, 'failed');
  await outbox.retry('id-1');
  await ticks();
  assert.deepEqual([sent, states()], [['id-1', 'id-2', 'id-1'], ['acked', 'acked']]);
  outbox.entries = outbox.entries.map(one => ({ ...one, state: 'failed' }));
  await outbox.discard('id-1');
  assert.deepEqual(outbox.entries.map(one => one.clientId), ['id-2']);
});

test('after a conflict a retry takes a new id', async () => {
  const { outbox, sent } = harness([failing('conflict')]);
  outbox.setOpen(true);
  outbox.add({ roomId: 'r', text: 'a' });
  await ticks();
  await outbox.retry('id-1');
  await ticks();
  assert.deepEqual(sent, ['id-1', 'id-2']);
});

const left = (clientId, order, userId = 'ann', more = {}) => ({ clientId, order, userId, roomId: 'r', text: clientId, replyTo: null, createdAt: '', state: 'sending', ...more });

test('what a closed tab left behind is sent in order', async () => {
  const { outbox, sent } = harness([], [left('late', 2), left('early', 1), left('refused', 0, 'ann', { state: 'failed', code: 'forbidden' })]);
  outbox.setOpen(true);
  await outbox.adopt();
  await ticks();
  assert.deepEqual(sent, ['early', 'late']);
  assert.deepEqual(outbox.entries.map(one => one.state), ['failed', 'acked', 'acked']);
});

/** Tabs of one browser: one database, one lock, and word from each to the others. */
function tabs(count) {
  const rows = new Map();
  let turn = Promise.resolve();
  const lock = run => (turn = turn.then(run));
  const all = Array.from({ length: count }, () => harness([], [], { rows, lock, tell: () => { for (const one of all) if (one.outbox !== undefined) one.outbox.look(); } }));
  return { all, rows };
}

test('of two tabs one sends, everything once and in the order it was written in both', async () => {
  const { all: [one, two], rows } = tabs(2);
  const order = [];
  one.outbox.send = two.outbox.send = async entry => { await Promise.resolve(); order.push(entry.text); return { seq: order.length }; };
  for (const [i, tab] of [one, two, two, one, two, one].entries()) {
    tab.outbox.add({ roomId: 'r', text: `${i}` });
    await ticks();
  }
  assert.deepEqual([one, two].map(tab => tab.outbox.entries.length), [6, 6]);
  one.outbox.setOpen(true);
  two.outbox.setOpen(true);
  await ticks();
  await ticks();
  assert.deepEqual(order, ['0', '1', '2', '3', '4', '5']);
  assert.equal(rows.size, 0);
  assert.deepEqual([...one.states(), ...two.states()].filter(state => state !== 'acked'), []);
});

test('a tab that was put to sleep while it sends loses its turn, and sends nothing more', async () => {
  let steal;
  const first = harness([], [], { lock: run => new Promise((resolve, reject) => { steal = () => reject(Object.assign(new Error('stolen'), { name: 'AbortError' })); run().then(resolve); }) });
  const sent = [];
  let wake;
  first.outbox.send = entry => { sent.push(entry.text); return new Promise(resolve => { wake = () => resolve({ seq: 1 }); }); };
  first.outbox.setOpen(true);
  first.outbox.add({ roomId: 'r', text: 'one' });
  first.outbox.add({ roomId: 'r', text: 'two' });
  await ticks();
  steal();
  await ticks();
  wake();
  await ticks();
  assert.deepEqual(sent, ['one']);
});

test('what cannot be stored is sent all the same, and not taken for sent by another tab', async () => {
  const { outbox, sent } = harness();
  outbox.db.put = async () => { throw Object.assign(new Error('full'), { name: 'QuotaExceededError' }); };
  outbox.add({ roomId: 'r', text: 'a' });
  await ticks();
  await outbox.look();
  assert.deepEqual(outbox.entries.map(one => one.state), ['queued']);
  outbox.setOpen(true);
  await ticks();
  assert.deepEqual(sent, ['id-1']);
});

test('a room that has to wait does not hold up the others, nor is it asked before its time', async () => {
  const { outbox, sent, waits } = harness([Object.assign(failing('rate_limited'), { retryAfterMs: 9000 })]);
  outbox.setOpen(true);
  outbox.add({ roomId: 'slow', text: 'a' });
  await ticks();
  outbox.add({ roomId: 'slow', text: 'b' });
  outbox.add({ roomId: 'r', text: 'c' });
  await ticks();
  assert.deepEqual(sent, ['id-1', 'id-3']);
  waits.shift().run();
  await ticks();
  assert.deepEqual(sent, ['id-1', 'id-3', 'id-1', 'id-2']);
});

test('the message’s own event takes the stand-in away, also when it comes by a replay', async () => {
  const { outbox, rows } = harness();
  outbox.add({ roomId: 'r', text: 'a' });
  await ticks();
  outbox.settle('id-1');
  await ticks();
  assert.deepEqual([outbox.entries.length, rows.size], [0, 0]);
});

test('what another person wrote on this device is neither sent nor thrown away', async () => {
  const { outbox, sent, rows } = harness([], [left('hers', 1, 'eve'), left('mine', 2)]);
  outbox.setOpen(true);
  await outbox.adopt();
  await ticks();
  assert.deepEqual([sent, [...rows.keys()]], [['mine'], ['hers']]);
});

test('an ended session leaves what waits on the device, for the next one of the same person', async () => {
  const { outbox, sent, rows } = harness();
  outbox.add({ roomId: 'r', text: 'not sent yet' });
  await ticks();
  outbox.clear();
  assert.deepEqual([outbox.entries, rows.size], [[], 1]);
  outbox.setOpen(true);
  await outbox.adopt();
  await ticks();
  assert.deepEqual([sent, rows.size], [['id-1'], 0]);
});

test('what was discarded comes back as it was, and not to somebody else', async () => {
  let me = 'ann';
  const { outbox, rows, states } = harness([failing('forbidden')], [], { me: () => me });
  outbox.setOpen(true);
  outbox.add({ roomId: 'r', text: 'a' });
  await ticks();
  const gone = await outbox.discard('id-1');
  assert.deepEqual([states(), rows.size], [[], 0]);
  me = 'bob';
  await outbox.restore(gone);
  assert.deepEqual([states(), rows.size], [[], 0]);
  me = 'ann';
  await outbox.restore(gone);
  await outbox.restore(gone);
  assert.deepEqual([states(), rows.size, outbox.entries[0].text], [['failed'], 1, 'a']);
  assert.equal(await outbox.discard('nothing'), undefined);
});
