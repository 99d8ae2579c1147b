import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Applier } from '../../src/Host/wwwroot/core/live.js';
import { ROOM, settled, storeWith } from './support.js';

const ticks = async () => { for (let i = 0; i < 5; i++) await settled(); };

/** A server's side of each socket: says what a test wants, hears what the client sends. */
class FakeWebSocket {
  static all = [];
  constructor(url) { this.url = url; this.readyState = 1; this.sent = []; this.closedBy = null; FakeWebSocket.all.push(this); }
  send(text) { this.sent.push(JSON.parse(text)); }
  close(code) { this.readyState = 3; this.closedBy = code; }
  say(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
  end(code) { this.readyState = 3; this.onclose({ code }); }
  get resumed() { return this.sent.find(one => one.type === 'resume'); }
  async welcome() {
    this.say({ type: 'hello', epoch: 'e1', userSeq: 0, maxFrameBytes: 65_536 });
    await ticks();
    this.say({ type: 'ok', ref: this.resumed.ref, userSeq: 0, rooms: {} });
    await ticks();
  }
}

let page = new EventTarget();
const browser = { onLine: true };
let answer;
for (const [name, value] of Object.entries({
  WebSocket: FakeWebSocket, location: { protocol: 'https:', host: 'chat.example' }, navigator: browser, fetch: (...call) => answer(...call),
  document: Object.assign(new EventTarget(), { visibilityState: 'visible' }), addEventListener: (...how) => page.addEventListener(...how),
})) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
const { ConnectionKeeper } = await import('../../src/Host/wwwroot/core/connection.js');

const ticket = async () => new Response(JSON.stringify({ ticket: 'once' }), { status: 200 });
const refused = async () => { throw new TypeError('refused'); };

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  mock.restoreAll();
  mock.method(Math, 'random', () => 1);
  FakeWebSocket.all = [];
  page = new EventTarget();
  browser.onLine = true;
  answer = ticket;
});

async function connected() {
  const store = storeWith({ atSeq: 7 });
  const seen = { live: 0, ended: 0, states: [] };
  store.subscribe((now, before) => { if (now.conn.state !== before.conn.state) seen.states.push(now.conn.state); });
  const applier = new Applier({ store, api: { get: async path => assert.fail(path) } });
  const keeper = new ConnectionKeeper({ store, applier, onLive: () => { seen.live += 1; }, onEnded: () => { seen.ended += 1; }, onSystem: () => {} });
  keeper.start();
  await ticks();
  await FakeWebSocket.all[0].welcome();
  assert.equal(store.get().conn.state, 'live');
  return { keeper, store, seen, first: FakeWebSocket.all[0] };
}

const after = async ms => { mock.timers.tick(ms); await ticks(); };
const opened = () => FakeWebSocket.all.length;

test('it connects with a ticket and resumes from what it knows', async () => {
  const { first } = await connected();
  assert.match(first.url, /^wss:\/\/chat\.example\/ws\?ticket=once&resume=1$/);
  assert.deepEqual([first.resumed.epoch, first.resumed.rooms], ['e1', { [ROOM]: 7 }]);
});

test('goaway: another socket takes over within half the time, and the old one serves until it has', async () => {
  const { keeper, seen, first, store } = await connected();
  first.say({ type: 'goaway', withinMs: 5000 });
  await after(2400);
  assert.equal(opened(), 1);
  await after(100);
  const second = FakeWebSocket.all[1];
  assert.deepEqual([keeper.socket.ws, first.closedBy], [first, null]);
  const sending = keeper.socket.command('message.send', { text: 'on the old one' });
  first.say({ type: 'ok', ref: first.sent.at(-1).ref, seq: 8 });
  assert.equal((await sending).seq, 8);
  await second.welcome();
  assert.deepEqual([keeper.socket.ws, first.closedBy], [second, 1000]);
  assert.deepEqual([seen.states, store.get().conn.restored], [['connecting', 'live'], undefined]);
  assert.equal(seen.live, 2);
});

test('goaway of the only node: the old socket serves to its end, then it comes back with resume', async () => {
  const { keeper, seen, first, store } = await connected();
  answer = refused;
  first.say({ type: 'goaway', withinMs: 5000 });
  await after(2500);
  await after(1000);
  assert.deepEqual([store.get().conn.state, keeper.socket.ws, opened()], ['live', first, 1]);
  first.end(1001);
  await ticks();
  assert.equal(store.get().conn.state, 'waiting');
  answer = ticket;
  await after(8000);
  await FakeWebSocket.all[1].welcome();
  assert.deepEqual([store.get().conn.state, seen.ended, store.get().conn.restored], ['live', 0, 0]);
});

test('goaway: an old socket that ends before the new one is ready leaves no time in which both seem live', async () => {
  const { keeper, first, store } = await connected();
  first.say({ type: 'goaway', withinMs: 0 });
  await after(1);
  first.end(1001);
  assert.deepEqual([store.get().conn.state, keeper.live], ['connecting', false]);
  await FakeWebSocket.all[1].welcome();
  assert.deepEqual([store.get().conn.state, opened()], ['live', 2]);
});

test('goaway: a new socket that fails is tried again while the old one serves', async () => {
  const { keeper, first, store } = await connected();
  first.say({ type: 'goaway', withinMs: 0 });
  await after(1);
  FakeWebSocket.all[1].end(1006);
  assert.deepEqual([store.get().conn.state, keeper.socket.ws], ['live', first]);
  await after(500);
  await FakeWebSocket.all[2].welcome();
  assert.equal(keeper.socket.ws, FakeWebSocket.all[2]);
});

test('4403 ends it: no socket is opened again, and it is told once', async () => {
  const { seen, first, store } = await connected();
  first.end(4403);
  await after(600_000);
  assert.deepEqual([store.get().conn.state, seen.ended, opened()], ['ended', 1, 1]);
});

test('4403 on the socket that was to take over ends the old one too', async () => {
  const { seen, first, store } = await connected();
  first.say({ type: 'goaway', withinMs: 0 });
  await after(1);
  FakeWebSocket.all[1].end(4403);
  assert.deepEqual([store.get().conn.state, seen.ended, first.closedBy], ['ended', 1, 1000]);
});

for (const code of [1000, 1001, 1006, 1011, 4408, 4409, 4999]) {
  test(`${code}: it comes back after a short pause and resumes`, async () => {
    const { first, store } = await connected();
    first.end(code);
    assert.equal(store.get().conn.state, 'waiting');
    await after(499);
    assert.equal(opened(), 1);
    await after(1);
    await FakeWebSocket.all[1].welcome();
    assert.deepEqual(FakeWebSocket.all[1].resumed.rooms, { [ROOM]: 7 });
    assert.equal(store.get().conn.state, 'live');
  });
}

for (const [code, pause] of [[4429, 10_000], [4400, 60_000], [4404, 60_000], [1002, 60_000], [1003, 60_000], [1007, 60_000]]) {
  test(`${code}: it waits ${pause / 1000} s before it comes back, unless the person asks for it`, async () => {
    const { keeper, first, store } = await connected();
    first.end(code);
    assert.equal(store.get().conn.retryAt - Date.now(), pause);
    await after(pause - 1);
    assert.equal(opened(), 1);
    await after(1);
    assert.equal(opened(), 2);
    FakeWebSocket.all[1].end(code);
    keeper.now();
    await ticks();
    assert.equal(opened(), 3);
  });
}

test('a server that cannot be reached is asked less and less often', async () => {
  const { first, store } = await connected();
  answer = refused;
  first.end(1006);
  const pauses = [];
  for (let i = 0; i < 8; i++) {
    pauses.push(store.get().conn.retryAt - Date.now());
    await after(pauses.at(-1));
  }
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test('without a network it waits for it, and one socket comes of it', async () => {
  const { first, store } = await connected();
  browser.onLine = false;
  page.dispatchEvent(new Event('offline'));
  assert.deepEqual([store.get().conn.state, first.closedBy], ['offline', 1000]);
  await after(600_000);
  assert.equal(opened(), 1);
  browser.onLine = true;
  page.dispatchEvent(new Event('online'));
  await ticks();
  await FakeWebSocket.all[1].welcome();
  assert.deepEqual([store.get().conn.state, opened()], ['live', 2]);
});
