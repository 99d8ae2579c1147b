import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standInForPage } from './page.js';

standInForPage();
const { Positions } = await import('../../src/Host/wwwroot/messaging/reading.js');

function positions(answers) {
  const sent = [];
  const later = [];
  const open = new Positions(async (roomId, seq) => {
    sent.push(`${roomId} ${seq}`);
    const code = answers.shift();
    if (code) throw Object.assign(new Error(code), { code, retryAfterMs: 700 });
  }, (run, ms) => later.push({ run, ms }));
  return { open, sent, later };
}

test('a position that was lost on the way is told again with the next connection, and only until it is confirmed', async () => {
  const { open, sent, later } = positions(['disconnected', 'timeout', '', '']);
  await open.tell('r1', 5);
  await open.tell('r2', 7);
  assert.equal(later.length, 0);
  await open.all();
  await open.all();
  assert.deepEqual(sent, ['r1 5', 'r2 7', 'r1 5', 'r2 7']);
});

test('of two positions of a room the later one counts, also when the earlier one is confirmed last', async () => {
  let confirm;
  const sent = [];
  const open = new Positions((roomId, seq) => { sent.push(seq); return seq === 5 ? new Promise(done => { confirm = done; }) : Promise.reject(Object.assign(new Error(), { code: 'disconnected' })); });
  const first = open.tell('r1', 5);
  await open.tell('r1', 6);
  confirm();
  await first;
  assert.deepEqual([...open.open], [['r1', 6]]);
});

test('a server that is busy is asked again after a while, one that refuses never', async () => {
  const { open, sent, later } = positions(['rate_limited', '', 'not_found']);
  await open.tell('r1', 5);
  assert.equal(later[0].ms, 700);
  await later[0].run();
  await open.tell('r2', 3);
  await open.all();
  assert.deepEqual([sent, open.open.size], [['r1 5', 'r1 5', 'r2 3'], 0]);
});
