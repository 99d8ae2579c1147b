import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterClose, backOff, Socket } from '../../src/Host/wwwroot/core/socket.js';

class FakeWebSocket {
  constructor() { this.readyState = 1; this.sent = []; FakeWebSocket.last = this; }
  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
}

function open() {
  const clock = { at: 0 };
  const seen = { events: [], closed: [] };
  const socket = new Socket('ws://x', { event: one => seen.events.push(one), hello: () => {}, closed: code => seen.closed.push(code) }, { WebSocket: FakeWebSocket, now: () => clock.at });
  const ws = FakeWebSocket.last;
  const say = frame => ws.onmessage({ data: JSON.stringify(frame) });
  return { socket, ws, say, clock, seen };
}

test('each reply finds its command', async () => {
  const { socket, ws, say } = open();
  const first = socket.command('read', { roomId: 'r', seq: 1 });
  const second = socket.command('message.send', { text: 'x' });
  say({ type: 'error', ref: ws.sent[1].ref, code: 'forbidden', message: 'no' });
  say({ type: 'ok', ref: ws.sent[0].ref });
  await first;
  await assert.rejects(second, { code: 'forbidden' });
  socket.close();
});

test('a lost socket tells every command that waits', async () => {
  const { socket, ws, seen } = open();
  const waiting = socket.command('read', {});
  ws.onclose({ code: 1006 });
  await assert.rejects(waiting, { code: 'disconnected' });
  await assert.rejects(socket.command('read', {}), { code: 'disconnected' });
  assert.deepEqual(seen.closed, [1006]);
});

test('a quiet socket is asked for a sign of life, and given up without one', () => {
  const { socket, ws, clock, seen, say } = open();
  clock.at = 21_000;
  socket.lookAfter();
  assert.equal(ws.sent.at(-1).type, 'ping');
  say({ type: 'ok', ref: ws.sent.at(-1).ref });
  clock.at = 60_000;
  socket.lookAfter();
  assert.deepEqual(seen.closed, []);
  clock.at = 67_000;
  socket.lookAfter();
  assert.deepEqual(seen.closed, [4409]);
});

test('each close code has its consequence', () => {
  assert.deepEqual([1000, 1001, 1006, 1011, 4408, 4409].map(afterClose), Array(6).fill('retry'));
  assert.deepEqual([4403, 4429].map(afterClose), ['login', 'wait']);
  assert.deepEqual([1002, 1003, 1007, 4400, 4404].map(afterClose), Array(5).fill('slow'));
});

test('the pause doubles up to half a minute, with jitter', () => {
  assert.deepEqual([0, 1, 2, 10].map(n => backOff(n, () => 1)), [500, 1000, 2000, 30_000]);
  assert.equal(backOff(2, () => 0), 1000);
});

test('a frame that is too large for the server is never sent', async () => {
  const { socket, ws, say } = open();
  say({ type: 'hello', maxFrameBytes: 100 });
  await assert.rejects(socket.command('message.send', { text: 'ü'.repeat(50) }), { code: 'too_large' });
  assert.equal(ws.sent.length, 0);
  socket.close();
});

test('after 1009 the largest command is not repeated, the others may be', async () => {
  const { socket, ws } = open();
  const small = socket.command('read', { seq: 1 });
  const large = socket.command('message.send', { text: 'x'.repeat(500) });
  ws.onclose({ code: 1009 });
  await assert.rejects(large, { code: 'too_large' });
  await assert.rejects(small, { code: 'disconnected' });
});
