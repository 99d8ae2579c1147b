// The sealing source of uploads, against the format's own writer and reader; and downloads that go on where they broke off.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { fetched } from '../../src/Host/wwwroot/crypto/fetched.js';
import { open, openBytes, openRanges, whole } from '../../src/Host/wwwroot/crypto/format.js';
import { CHUNK, SEALED_CHUNK, sealedLength } from '../../src/Host/wwwroot/crypto/layout.js';
import { createLink } from '../../src/Host/wwwroot/crypto/link.js';
import { MARK, SealedSource } from '../../src/Host/wwwroot/crypto/source.js';

const link = await createLink(null);
const opener = { secret: link.secret, password: null };
const equal = (a, b) => assert.ok(Buffer.compare(a, b) === 0);
const fileOf = (bytes, lastModified = 7) => Object.assign(new Blob([bytes]), { lastModified });

/** What a device keeps. */
function device() {
  const marks = new Map();
  return { marks, keep: async (from, some) => { for (let i = 0; i * MARK < some.length; i++) marks.set(from + i, some.slice(i * MARK, (i + 1) * MARK)); } };
}

async function all(source, piece) {
  const parts = [];
  for (let at = 0; at < source.size; at += piece) parts.push(await source.slice(at, piece));
  return Buffer.concat(parts);
}

test('what the source gives in pieces of any size is a file of the format, whatever its size', async () => {
  for (const size of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 17 * CHUNK + 5]) {
    const plain = randomBytes(size);
    const source = await SealedSource.begin(fileOf(plain), [{ link }]);
    assert.equal(source.size, source.begun.header.length + sealedLength(size));
    const bytes = await all(source, 1 << 20);
    assert.equal(bytes.length, source.size);
    equal(await openBytes(bytes, opener), plain);
    for (const piece of [50_001, SEALED_CHUNK, CHUNK]) equal(await all(source, piece), bytes);
  }
});

test('any range is the same bytes again, also across the ends of header and chunks', async () => {
  const plain = randomBytes(3 * CHUNK + 100);
  const source = await SealedSource.begin(fileOf(plain), [{ link }]);
  const bytes = await all(source, 1 << 20);
  const head = source.begun.header.length;
  const edges = [0, 1, head - 1, head, head + 1, head + SEALED_CHUNK - 1, head + SEALED_CHUNK, head + SEALED_CHUNK + 1, head + 3 * SEALED_CHUNK, source.size - 1, source.size];
  for (const from of edges) for (const to of edges.filter(one => one >= from)) equal(await source.slice(from, to - from), bytes.subarray(from, to));
  equal(await source.slice(source.size - 5, 100), bytes.subarray(-5));
  const ranges = await openRanges(async (at, length) => source.slice(at, length), source.size, opener);
  equal(await ranges.read(CHUNK - 3, CHUNK + 3), plain.subarray(CHUNK - 3, CHUNK + 3));
});

test('many slices at once are those one after the other', async () => {
  const source = await SealedSource.begin(fileOf(randomBytes(5 * CHUNK)), [{ link }]);
  const parts = await Promise.all([0, 1, 2, 3, 4, 5].map(i => source.slice(i * 60_000, 60_000)));
  equal(Buffer.concat(parts), await source.slice(0, 360_000));
});

test('a mark is durable before its ciphertext leaves, and without it nothing leaves', async () => {
  const kept = [];
  const source = await SealedSource.begin(fileOf(randomBytes(2 * CHUNK)), [{ link }], async (from, marks) => { await null; kept.push([from, marks.length / MARK]); });
  await source.slice(0, 10);
  assert.deepEqual(kept, []);
  await source.slice(0, source.begun.header.length + 5);
  assert.deepEqual(kept, [[0, 1]]);
  await source.slice(0, source.size);
  assert.deepEqual(kept, [[0, 1], [1, 1]]);
  const unable = await SealedSource.begin(fileOf(randomBytes(10)), [{ link }], async () => { throw new Error('no room'); });
  await assert.rejects(unable.slice(0, unable.size), /no room/);
  assert.equal(unable.marks.size, 0);
});

test('after a reload it goes on under the same key, and the whole is one file', async () => {
  const plain = randomBytes(4 * CHUNK + 9);
  const { marks, keep } = device();
  const first = await SealedSource.begin(fileOf(plain), [{ link }], keep);
  const cut = first.begun.header.length + 2 * SEALED_CHUNK + 77;
  const sent = await first.slice(0, cut);
  const second = await SealedSource.resume(fileOf(plain), first.begun, keep, marks);
  equal(await openBytes(Buffer.concat([sent, await second.slice(cut, second.size)]), opener), plain);
  assert.equal(marks.size, 5);
});

test('a file that is not provably the same gets nothing under the used key', async () => {
  const plain = randomBytes(4 * CHUNK);
  const { marks, keep } = device();
  const first = await SealedSource.begin(fileOf(plain), [{ link }], keep);
  await first.slice(0, first.begun.header.length + 2 * SEALED_CHUNK);
  const resume = file => SealedSource.resume(file, first.begun, keep, new Map(marks));
  await assert.rejects(resume(fileOf(plain.subarray(1))), { code: 'file_changed' });
  await assert.rejects(resume(fileOf(plain, 8)), { code: 'file_changed' });
  for (const at of [0, CHUNK - 1, 2 * CHUNK - 1]) {
    const other = Buffer.from(plain);
    other[at] ^= 1;
    await assert.rejects(resume(fileOf(other)), { code: 'file_changed' });
  }
  // Beyond what was ever given out nothing was used yet.
  const later = Buffer.from(plain);
  later[2 * CHUNK] ^= 1;
  const on = await resume(fileOf(later));
  equal(await openBytes(await on.slice(0, on.size), opener), later);
});

test('a file that changes under the hand is noticed by each chunk that is sealed again', async () => {
  let plain = randomBytes(2 * CHUNK);
  const file = { size: plain.length, lastModified: 1, slice: (from, to) => new Blob([plain.subarray(from, to)]) };
  const source = await SealedSource.begin(/** @type {any} */ (file), [{ link }]);
  await source.slice(0, source.size);
  plain = Buffer.from(plain);
  plain[CHUNK + 4] ^= 1;
  await assert.rejects(source.slice(source.size - 10, 10), { code: 'file_changed' });
  plain = plain.subarray(0, CHUNK + 3);
  await assert.rejects(source.slice(source.size - 10, 10), { code: 'file_changed' });
});

test('two files, and one file twice, never share a key', async () => {
  const plain = randomBytes(100);
  const one = await SealedSource.begin(fileOf(plain), [{ link }]);
  const two = await SealedSource.begin(fileOf(plain), [{ link }]);
  assert.notDeepEqual(one.begun.salt, two.begun.salt);
  assert.notDeepEqual((await one.slice(one.begun.header.length, 100)), await two.slice(two.begun.header.length, 100));
  assert.equal(one.begun.key.extractable, false);
});

/** A server that cuts each answer after some bytes. */
function server(bytes, { cut = Infinity, tag = () => '"a"', statuses = [], length = true } = {}) {
  const asked = [];
  globalThis.fetch = /** @type {any} */ (async (_, { headers, signal }) => {
    if (signal.aborted) throw new DOMException('aborted', 'AbortError');
    asked.push(headers);
    const status = statuses.shift();
    if (status) return new Response('{}', { status });
    const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(bytes.subarray(from, from + cut)));
        if (from + cut >= bytes.length) controller.close();
      },
      pull(controller) { controller.error(new TypeError('connection lost')); },
    });
    return new Response(body, { status: from > 0 ? 206 : 200, headers: { etag: tag(asked.length), ...(length ? { 'content-length': String(bytes.length - from) } : {}), ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}) } });
  });
  return asked;
}

const never = new AbortController().signal;
const waits = [0, 0, 0];
const got = (how = {}) => whole(fetched({ url: '/x', headers: { authorization: 'Transfer t' } }, never, { waits, ...how }));

test('a broken download goes on by range with the tag that it began with', async () => {
  const bytes = randomBytes(1000);
  const asked = server(bytes, { cut: 300 });
  equal(await got(), bytes);
  assert.deepEqual(asked.map(one => one.range), [undefined, 'bytes=300-', 'bytes=600-', 'bytes=900-']);
  assert.deepEqual(asked.slice(1).map(one => one['if-match']), ['"a"', '"a"', '"a"']);
  assert.ok(asked.every(one => one.authorization === 'Transfer t'));
  const source = await SealedSource.begin(fileOf(bytes), [{ link }]);
  server(Buffer.from(await source.slice(0, source.size)), { cut: 500 });
  const { bytes: opened } = await open(fetched({ url: '/x' }, never, { waits }), opener);
  equal(await whole(opened), bytes);
});

test('another file under the same address is never mixed in', async () => {
  server(randomBytes(1000), { cut: 300, tag: n => `"${n}"` });
  await assert.rejects(got(), { code: 'file_changed' });
  server(randomBytes(1000), { cut: 300, statuses: [0, 412] });
  await assert.rejects(got(), { code: 'file_changed' });
});

test('what is over stays over, what is busy is tried again, a login is renewed once', async () => {
  server(randomBytes(10), { statuses: [410] });
  await assert.rejects(got(), { code: 'gone' });
  server(randomBytes(10), { statuses: [404] });
  await assert.rejects(got(), { code: 'not_found' });
  server(randomBytes(10), { statuses: [503, 503] });
  assert.equal((await got()).length, 10);
  server(randomBytes(10), { statuses: [503, 503, 503, 503] });
  await assert.rejects(got(), { code: 'network' });
  let renewed = 0;
  server(randomBytes(10), { statuses: [401] });
  assert.equal((await got({ renew: async () => { renewed += 1; } })).length, 10);
  server(randomBytes(10), { statuses: [401, 401] });
  await assert.rejects(got({ renew: async () => { renewed += 1; } }), { code: 'unauthenticated' });
  assert.equal(renewed, 2);
});
