import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rate } from '../../src/Host/wwwroot/files/rate.js';
import { metadata } from '../../src/Host/wwwroot/files/tus.js';
import { KEPT_BYTES } from '../../src/Host/wwwroot/files/uploads.js';
import { add, bytesOf, cut, FakeServer, fileOf, hash, lockTable, MB, sourceOf, tab, until } from './upload-harness.js';

test('a file goes up in growing pieces, each with its checksum, and becomes a file', async () => {
  const server = new FakeServer();
  const bytes = bytesOf(3 * MB + 17);
  const one = tab(server);
  const { done } = await add(one, fileOf(bytes), { to: { roomId: 'r', clientId: 'c' } });
  const { file, messageId } = await done;
  assert.deepEqual([file.size, messageId, server.hash()], [bytes.length, 'm-u1', hash(bytes)]);
  assert.deepEqual(server.log, ['POST', 'PATCH 0', `PATCH ${MB}`]);
  assert.deepEqual([one.db.rows.size, one.db.kept.size], [0, 0]);
  assert.equal(server.uploads.get('u1').metadata, metadata({ filename: 'a.bin', roomId: 'r', clientId: 'c' }));
});

test('an empty file has no bytes to append', async () => {
  const server = new FakeServer();
  const one = tab(server);
  await (await add(one, fileOf(bytesOf(0)))).done;
  assert.deepEqual(server.log, ['POST']);
});

test('a name of any script travels whole', () => {
  assert.equal(metadata({ filename: 'Gruß 东京.txt', roomId: undefined }), `filename ${Buffer.from('Gruß 东京.txt').toString('base64')}`);
});

for (const when of ['before', 'half', 'after']) {
  test(`the line may be cut at every single request, ${when} it counts, and the bytes are right`, async () => {
    const bytes = bytesOf(2 * MB + 5);
    // With each round the cut falls on the next request; the round in which nothing is cut any more is the last.
    for (let at = 1; at < 12; at++) {
      const server = new FakeServer((what, n) => (n === at && !(when === 'half' && what.method !== 'PATCH') ? when : null));
      const one = tab(server, { rest: async () => {} });
      await (await add(one, fileOf(bytes))).done;
      assert.equal(server.hash(), hash(bytes), `cut at request ${at}`);
      // A lost answer to a creation leaves an empty upload behind, which expires; nothing else is made twice.
      assert.ok(server.uploads.size <= (at === 1 && when === 'after' ? 2 : 1), `cut at request ${at}`);
    }
  });
}

test('without checksums what came before a cut is kept, and only the rest is sent', async () => {
  let halved = false;
  const server = new FakeServer(({ method }) => (method === 'PATCH' && !halved ? (halved = true, 'half') : null));
  const bytes = bytesOf(MB);
  const one = tab(server, { sum: async () => null });
  await (await add(one, fileOf(bytes))).done;
  assert.deepEqual([server.log, server.hash()], [['POST', 'PATCH 0', 'HEAD', `PATCH ${MB / 2}`], hash(bytes)]);
});

test('waits grow while nothing gets better, with jitter, and begin small again after progress', async () => {
  let down = 5;
  const server = new FakeServer(({ method }) => (method !== 'POST' && down-- > 0 ? 'before' : null));
  const one = tab(server);
  await (await add(one, fileOf(bytesOf(MB)))).done;
  assert.deepEqual(one.rests.map(Math.round), [450, 900, 1800, 3600, 7200]);
});

test('the server’s own wish to wait is obeyed, and the last step is tried again without sending anything twice', async () => {
  let refused = 2;
  const server = new FakeServer(({ method }, _, self) => (method === 'HEAD' && refused > 0 && refused-- ? self.answer(429, { 'retry-after': '9' }) : null));
  let complete = 0;
  const look = server.look.bind(server);
  server.look = async path => (complete++ === 0 ? { isComplete: false } : look(path));
  const patches = server.take.bind(server);
  let empty = 0;
  server.take = what => (what.method === 'PATCH' && what.body.length === 0 && empty++ === 0 ? server.answer(429, { 'retry-after': '7' }, { code: 'rate_limited' }) : patches(what));
  const one = tab(server);
  await (await add(one, fileOf(bytesOf(1000)))).done;
  assert.deepEqual(one.rests, [7000, 9000, 9000]);
  assert.deepEqual(server.log, ['POST', 'PATCH 0', 'PATCH 1000', 'HEAD', 'HEAD', 'HEAD']);
});

test('another offset than was thought is asked for and gone on from', async () => {
  let other = true;
  const server = new FakeServer((what, _, self) => {
    if (what.method !== 'PATCH' || !other) return null;
    other = false;
    self.uploads.get('u1').bytes = Buffer.from(bytes.subarray(0, 300_000));
    return null;
  });
  const bytes = bytesOf(MB);
  const one = tab(server);
  await (await add(one, fileOf(bytes))).done;
  assert.deepEqual([server.log.slice(1, 4), server.hash(), one.rests], [['PATCH 0', 'HEAD', 'PATCH 300000'], hash(bytes), []]);
});

test('an offset that never fits ends in a failure, not in a loop', async () => {
  const server = new FakeServer((what, _, self) => (what.method === 'PATCH' ? self.answer(409, {}, { code: 'conflict' }) : null));
  const one = tab(server);
  const { id } = await add(one, fileOf(bytesOf(10)));
  await until(() => one.state(id) === 'failed');
  assert.deepEqual([one.cause(id), server.log.length < 20], ['conflict', true]);
});

test('bytes that arrive as others are sent again, five times at most', async () => {
  const server = new FakeServer((what, _, self) => (what.method === 'PATCH' ? self.answer(460, {}, { code: 'checksum_mismatch' }) : null));
  const one = tab(server);
  const { id } = await add(one, fileOf(bytesOf(10)));
  await until(() => one.state(id) === 'failed');
  assert.equal(one.cause(id), 'checksum_mismatch');
});

test('an upload that expired on the server is begun anew, and says so', async () => {
  let aged = false;
  const server = new FakeServer((what, _, self) => {
    if (what.method === 'PATCH' && Number(what.headers['Upload-Offset']) > 0 && !aged) { aged = true; self.uploads.get('u1').gone = true; }
    return null;
  });
  const bytes = bytesOf(2 * MB);
  const one = tab(server);
  await (await add(one, fileOf(bytes))).done;
  assert.deepEqual([server.log.filter(entry => entry === 'POST').length, server.hash('u2')], [2, hash(bytes)]);
  assert.ok(one.seen.some(list => list[0]?.again));
});

for (const [status, code] of [[413, 'quota_exceeded'], [413, 'too_large'], [404, 'not_found'], [403, 'forbidden'], [507, 'insufficient_storage'], [400, 'validation']]) {
  test(`what cannot be helped fails with its cause, and can be tried again: ${code}`, async () => {
    let refuse = true;
    const server = new FakeServer((what, _, self) => (what.method === 'POST' && refuse ? self.answer(status, {}, { code }) : null));
    const one = tab(server);
    const { id, done } = await add(one, fileOf(bytesOf(10)));
    await until(() => one.state(id) === 'failed');
    assert.deepEqual([one.cause(id), one.rests, one.db.rows.get(id).state], [code, [], 'failed']);
    refuse = false;
    await one.uploads.retry(id);
    assert.equal((await done).file.size, 10);
  });
}

test('a pause ends the request, keeps the place, and lets the next one go', async () => {
  const server = new FakeServer();
  const bytes = bytesOf(6 * MB);
  const one = tab(server);
  const { id, done } = await add(one, fileOf(bytes));
  await until(() => (server.uploads.get('u1')?.bytes.length ?? 0) >= MB);
  await one.uploads.pause(id);
  const there = server.log.length;
  const second = await add(one, fileOf(bytesOf(9), 'b'));
  await second.done;
  assert.deepEqual([one.state(id), server.log.slice(there).filter(entry => entry.startsWith('PATCH')).length, one.db.rows.get(id).state], ['paused', 1, 'paused']);
  await one.uploads.resume(id);
  await done;
  assert.equal(server.hash('u1'), hash(bytes));
});

test('cancelling ends it on the server and leaves nothing here', async () => {
  const server = new FakeServer();
  const one = tab(server);
  const { id, done } = await add(one, fileOf(bytesOf(6 * MB)));
  await until(() => server.log.length > 1);
  await one.uploads.cancel(id);
  await assert.rejects(done, { code: 'cancelled' });
  assert.deepEqual([server.uploads.size, one.db.rows.size, one.db.kept.size, one.uploads.list()], [0, 0, 0, []]);
});

test('a cancelling that the server has not heard is told to it after the next start', async () => {
  let deaf = true;
  const server = new FakeServer(({ method }) => (method === 'DELETE' && deaf ? 'before' : null));
  const one = tab(server);
  const { id } = await add(one, fileOf(bytesOf(6 * MB)));
  await until(() => server.log.length > 1);
  await one.uploads.cancel(id);
  assert.deepEqual([server.uploads.size, one.db.rows.get(id).state], [1, 'ending']);
  deaf = false;
  const next = tab(server, { db: one.db });
  await next.uploads.adopt();
  await until(() => server.uploads.size === 0 && one.db.rows.size === 0);
  assert.deepEqual(next.uploads.list(), []);
});

test('after a reload it goes on where the server stands, with the bytes of this device', async () => {
  let closed = false;
  const server = new FakeServer(what => {
    if (what.method === 'PATCH' && Number(what.headers['Upload-Offset']) >= MB && !closed) return 'before';
    return null;
  });
  const bytes = bytesOf(3 * MB);
  const lock = lockTable();
  const one = tab(server, { lock, rest: () => new Promise(() => {}) });
  await add(one, fileOf(bytes), { to: { roomId: 'r', clientId: 'c' } });
  await until(() => server.log.includes(`PATCH ${MB}`));
  one.uploads.clear();
  closed = true;
  const sent = server.log.length;
  const next = tab(server, { db: one.db, lock });
  await next.uploads.adopt();
  await until(() => next.uploads.list()[0]?.state === 'done');
  assert.deepEqual([server.log.slice(sent, sent + 2), server.hash(), server.uploads.size], [['HEAD', `PATCH ${MB}`], hash(bytes), 1]);
});

test('a file that is too large to be kept is asked for again, and another one is not taken for it', async () => {
  const server = new FakeServer(({ method }) => (method === 'PATCH' ? 'before' : null));
  const lock = lockTable();
  const bytes = bytesOf(1000);
  const file = fileOf(bytes);
  const one = tab(server, { lock, rest: () => new Promise(() => {}) });
  const huge = { size: KEPT_BYTES + 1, name: file.name, lastModified: file.lastModified };
  const { id } = await one.uploads.add({ source: sourceOf(file), file: huge });
  await until(() => server.log.includes('PATCH 0'));
  assert.equal(one.db.kept.size, 0);
  one.uploads.clear();
  server.script = () => null;
  one.db.rows.get(id).original.size = 1000;
  const next = tab(server, { db: one.db, lock });
  await next.uploads.adopt();
  await until(() => next.cause(id) === 'needs_file');
  assert.equal(next.state(id), 'paused');
  for (const other of [fileOf(bytesOf(999)), fileOf(bytes, 'b.bin'), fileOf(bytes, 'a.bin', 8)]) assert.equal(await next.uploads.again(id, other), false);
  assert.equal(await next.uploads.again(id, fileOf(bytes)), true);
  await until(() => next.state(id) === 'done');
  assert.equal(server.hash(), hash(bytes));
});

test('a handle to the file needs one click after a reload', async () => {
  const server = new FakeServer(({ method }) => (method === 'PATCH' ? 'before' : null));
  const lock = lockTable();
  const file = fileOf(bytesOf(500));
  const one = tab(server, { lock, rest: () => new Promise(() => {}) });
  const { id } = await one.uploads.add({ source: sourceOf(file), file: { size: KEPT_BYTES + 1, name: file.name, lastModified: file.lastModified } });
  await until(() => server.log.includes('PATCH 0'));
  one.uploads.clear();
  server.script = () => null;
  let allowed = 'prompt';
  Object.assign(one.db.rows.get(id), { original: null, handle: { queryPermission: async () => allowed, requestPermission: async () => { allowed = 'granted'; }, getFile: async () => file } });
  one.db.get = async key => one.db.rows.get(key) ?? null;
  one.db.put = async record => { one.db.rows.set(record.id, record); };
  const next = tab(server, { db: one.db, lock });
  await next.uploads.adopt();
  await until(() => next.cause(id) === 'needs_file');
  await next.uploads.resume(id);
  await until(() => next.state(id) === 'done');
});

test('of two tabs one carries an upload on, and the other takes over when it is closed', async () => {
  const server = new FakeServer();
  let sleeping = true;
  const lock = lockTable();
  const one = tab(server, { lock, rest: () => new Promise(() => {}) });
  server.script = ({ method }) => (method === 'PATCH' && sleeping ? 'before' : null);
  const bytes = bytesOf(2000);
  await add(one, fileOf(bytes));
  await until(() => server.log.includes('PATCH 0'));
  const two = tab(server, { db: one.db, lock });
  await two.uploads.adopt();
  const before = server.log.length;
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.deepEqual([two.uploads.list(), server.log.length], [[], before]);
  sleeping = false;
  one.uploads.clear();
  await until(() => two.uploads.list()[0]?.state === 'done');
  assert.deepEqual([server.hash(), server.uploads.size], [hash(bytes), 1]);
});

test('what another person left on this device waits for them', async () => {
  const server = new FakeServer(({ method }) => (method === 'PATCH' ? 'before' : null));
  const one = tab(server, { me: 'eve', rest: () => new Promise(() => {}) });
  await add(one, fileOf(bytesOf(10)));
  await until(() => server.log.includes('PATCH 0'));
  one.uploads.clear();
  const next = tab(server, { db: one.db });
  await next.uploads.adopt();
  assert.deepEqual([next.uploads.list(), one.db.rows.size], [[], 1]);
});

test('three go at once, the others in the order in which they came', async () => {
  let running = 0;
  let most = 0;
  const server = new FakeServer();
  const order = [];
  const send = server.send.bind(server);
  server.send = async what => {
    if (what.method === 'POST') { order.push(Buffer.from(what.headers['Upload-Metadata'].split(' ')[1], 'base64').toString()); running += 1; most = Math.max(most, running); }
    return send(what);
  };
  const look = server.look.bind(server);
  server.look = async path => { const seen = await look(path); running -= 1; return seen; };
  const one = tab(server);
  const all = [];
  for (let i = 0; i < 9; i++) all.push(await add(one, fileOf(bytesOf(2 * MB), `f${i}`)));
  await Promise.all(all.map(each => each.done));
  assert.deepEqual([most, order], [3, Array.from({ length: 9 }, (_, i) => `f${i}`)]);
});

test('the network’s return cuts a wait short', async () => {
  let down = true;
  const server = new FakeServer(({ method }) => (method === 'PATCH' && down ? 'before' : null));
  const rests = [];
  const one = tab(server, { rest: (ms, _, wakers) => new Promise(resolve => { rests.push(ms); wakers.add(resolve); }) });
  const { id, done } = await add(one, fileOf(bytesOf(10)));
  await until(() => one.cause(id) === 'network');
  assert.equal(one.state(id), 'waiting');
  down = false;
  one.uploads.wake();
  await done;
  assert.equal(rests.length, 1);
});

test('a file that was changed while it is read fails as unreadable', async () => {
  const one = tab(new FakeServer());
  const source = { name: 'a', type: '', size: 100, slice: async () => { throw Object.assign(new Error('gone'), { name: 'NotReadableError' }); } };
  const { id } = await one.uploads.add({ source });
  await until(() => one.state(id) === 'failed');
  assert.equal(one.cause(id), 'unreadable');
});

test('bytes that are made on the way are made again after a reload, by who knows how', async () => {
  const server = new FakeServer(({ method }) => (method === 'PATCH' ? 'before' : null));
  const lock = lockTable();
  const plain = fileOf(bytesOf(1000));
  const seal = (file, key) => ({ name: 'sealed', type: '', size: 1010, slice: async (offset, length) => Uint8Array.from({ length }, (_, i) => (offset + i + key) & 0xff) });
  const one = tab(server, { lock, rest: () => new Promise(() => {}) });
  await one.uploads.add({ source: seal(plain, 5), file: plain, kind: 'sealed', recipe: { key: 5 } });
  await until(() => server.log.includes('PATCH 0'));
  one.uploads.clear();
  server.script = () => null;
  const next = tab(server, { db: one.db, lock });
  await next.uploads.adopt();
  await until(() => next.uploads.list().length === 1);
  assert.equal(next.uploads.list()[0].state, 'waiting');
  next.uploads.serve('sealed', async (record, file) => seal(file, record.recipe.key));
  await until(() => next.uploads.list()[0].state === 'done');
  assert.equal(server.hash(), hash(Uint8Array.from({ length: 1010 }, (_, i) => (i + 5) & 0xff)));
});

test('what is held stays over a reload until it is forgotten', async () => {
  const server = new FakeServer();
  const lock = lockTable();
  const one = tab(server, { lock });
  const { id, done } = await add(one, fileOf(bytesOf(10)), { held: true, tag: { room: 'r' } });
  await done;
  await until(() => one.db.rows.get(id)?.state === 'done');
  one.uploads.clear();
  const next = tab(server, { db: one.db, lock });
  await next.uploads.adopt();
  await until(() => next.uploads.list().length === 1);
  assert.deepEqual([next.uploads.list()[0].state, next.uploads.list()[0].file.size, next.uploads.list()[0].tag], ['done', 10, { room: 'r' }]);
  await next.uploads.forget(id);
  assert.deepEqual([next.uploads.list(), one.db.rows.size], [[], 0]);
});

test('a small picture that cannot be made does not take the file away', async () => {
  const one = tab(new FakeServer(), { finish: async () => { throw new Error('no canvas'); } });
  assert.equal((await (await add(one, fileOf(bytesOf(10)))).done).file.size, 10);
});

test('speed is that of the last seconds, and what stands still gets slower', () => {
  let at = 0;
  const rate = new Rate(() => at);
  rate.begin(1000);
  assert.deepEqual([rate.speed, rate.secondsLeft(5000)], [null, null]);
  for (let i = 1; i <= 20; i++) { at = i * 500; rate.note(1000 + i * 100); }
  assert.ok(Math.abs(Number(rate.speed) - 200) < 1);
  assert.equal(rate.secondsLeft(5000), 10);
  at += 6000;
  assert.ok(Number(rate.speed) < 110);
  rate.note(2000);
  assert.equal(rate.speed, null, 'bytes that were lost begin a new measure');
  assert.equal(rate.secondsLeft(2000), 0);
});
