// Transfers without a page: opening one in each of its states, its names, and the service worker of downloads.

import assert from 'node:assert/strict';
import { randomBytes, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { openBytes, sealBytes } from '../../src/Host/wwwroot/crypto/format.js';
import { headerLength, parseHeader } from '../../src/Host/wwwroot/crypto/header.js';
import { createPair } from '../../src/Host/wwwroot/crypto/keys.js';
import { hex, toBase64, toBase64Url } from '../../src/Host/wwwroot/crypto/layout.js';
import { authKey, createLink } from '../../src/Host/wwwroot/crypto/link.js';
import { writeMetadata } from '../../src/Host/wwwroot/crypto/metadata.js';
import { safeName } from '../../src/Host/wwwroot/transfers/downloads.js';
import { Receiving } from '../../src/Host/wwwroot/transfers/receiving.js';

const ID = '01a22c87-ed46-7db6-9ef8-34baa0936e2a';
const refusal = (status, code, more = {}) => Object.assign(new Error(code), { status, code, ...more });
const later = () => new Date(Date.now() + 3_600_000).toISOString();
const headerOf = bytes => parseHeader(bytes.slice(0, headerLength(bytes.subarray(0, 16))));

/** A transfer whose `open` answers from a function. */
function receiving(answer, { secret = 'a-secret', me = null, kept, pairFor } = {}) {
  const asked = [];
  const it = new Receiving({
    id: ID, secret, kept, pairFor,
    api: { post: async (path, body) => { asked.push(body); const said = await answer(body); if (said instanceof Error) throw said; return said; }, me: async () => { if (!me) throw refusal(401, 'unauthenticated'); return me; } },
  });
  return { it, asked };
}

const plainTransfer = (more = {}) => ({ transfer: { id: ID, files: [{ id: 'f1', name: 'a.txt', size: 3, contentType: 'text/plain', encrypted: false }], encrypted: false, maxDownloads: null, downloadCount: 0, ...more }, downloadToken: 'token', expiresAt: later(), senderName: 'Ann' });

test('a plain transfer opens with what stands behind the #, and asks for its password', async () => {
  const { it, asked } = receiving(({ password }) => (password === 'word' ? plainTransfer() : refusal(401, 'invalid_credentials', { hasPassword: true })));
  await it.start();
  assert.deepEqual([it.phase, it.wrong], ['password', false]);
  await it.open('no');
  assert.deepEqual([it.phase, it.wrong], ['password', true]);
  await it.open('word');
  assert.equal(it.phase, 'open');
  assert.deepEqual(it.items?.map(one => one.name), ['a.txt']);
  assert.deepEqual(asked.at(-1), { secret: 'a-secret', password: 'word' });
});

test('each end has a phase of its own', async () => {
  for (const [error, phase] of [[refusal(404, 'not_found'), 'unknown'], [refusal(410, 'gone'), 'over'], [refusal(429, 'rate_limited'), 'wait'], [refusal(0, 'network'), 'failed'], [refusal(401, 'invalid_credentials'), 'incomplete']]) {
    const { it } = receiving(() => error);
    await it.start();
    assert.equal(it.phase, phase);
  }
});

test('who is a recipient and only has to renew the login gets in without a secret', async () => {
  let signedIn = false;
  const { it, asked } = receiving(() => (signedIn ? plainTransfer() : refusal(401, 'invalid_credentials')), { secret: '', me: {} });
  it.api.me = async () => { signedIn = true; return {}; };
  await it.start();
  assert.equal(it.phase, 'open');
  assert.deepEqual(asked, [{}, {}]);
});

test('a reload goes on with the same token, until it is a minute from its end', async () => {
  let store = null;
  const kept = { read: () => store, write: opened => { store = opened; } };
  const first = receiving(() => plainTransfer(), { kept });
  await first.it.start();
  const second = receiving(() => refusal(410, 'gone'), { kept });
  await second.it.start();
  assert.deepEqual([second.it.phase, second.asked.length], ['open', 0]);
  store.expiresAt = new Date(Date.now() + 30_000).toISOString();
  const third = receiving(() => refusal(410, 'gone'), { kept });
  await third.it.start();
  assert.equal(third.it.phase, 'over');
});

/** Files of an encrypted transfer as a server has them, two for each; answered to fetch. */
async function sealedTransfer(recipients, { names = ['b.txt', 'a.txt'], change = (/** @type {any} */ _files) => {} } = {}) {
  const files = [];
  for (const [index, name] of names.entries()) {
    const payload = await sealBytes(randomBytes(10 + index), recipients);
    const meta = await sealBytes(writeMetadata({ name, type: 'text/plain', size: 10 + index, salt: hex(headerOf(payload).salt), index, count: names.length }), recipients);
    files.push({ id: `p${index}`, name: `${index + 1}.cmfile`, bytes: payload }, { id: `m${index}`, name: `${index + 1}.meta.cmfile`, bytes: meta });
  }
  change(files);
  globalThis.fetch = /** @type {any} */ (async (url, { headers }) => {
    assert.equal(headers.authorization, 'Transfer token');
    const { bytes } = files.find(one => url.endsWith(`/${one.id}/content`));
    const to = /bytes=0-(\d+)/.exec(headers.range ?? '')?.[1];
    const body = to ? bytes.slice(0, Number(to) + 1) : bytes;
    return new Response(body, { status: to ? 206 : 200, headers: { etag: '"t"', 'content-length': String(body.length) } });
  });
  return { ...plainTransfer({ encrypted: true }), transfer: { ...plainTransfer({ encrypted: true }).transfer, files: files.map(({ id, name, bytes }) => ({ id, name, size: bytes.length, contentType: 'application/octet-stream', encrypted: true })) } };
}

test('an encrypted one is opened by the key that link and password make, and shows its names in their order', async () => {
  const link = await createLink('word');
  const opened = await sealedTransfer([{ link }], { change: files => files.reverse() });
  const kdf = { salt: toBase64(link.salt), iterations: link.iterations, hasPassword: true };
  const right = toBase64(await authKey(link));
  const { it, asked } = receiving(({ authKey: given }) => (given === right ? opened : refusal(401, 'invalid_credentials', { linkKdf: kdf })), { secret: toBase64Url(link.secret) });
  await it.start();
  assert.deepEqual([it.phase, it.wrong], ['password', false]);
  await it.open('word');
  assert.deepEqual([it.phase, it.items], ['open', null]);
  assert.ok(asked.every(one => !('password' in one)), 'the password stays here');
  await it.readNames();
  assert.deepEqual(it.items?.map(one => [one.name, one.size]), [['b.txt', 10], ['a.txt', 11]]);
  const order = /** @type {any} */ (await it.orderOf(/** @type {any} */ (it.items?.[1])));
  assert.equal(order.op, 'open');
  assert.equal(order.source.tag, '"t"');
  assert.equal(toBase64(order.salt), toBase64(/** @type {any} */ (it.items?.[1].salt)));
});

test('names that were swapped, dropped or are for another key are one error', async () => {
  const link = await createLink(null);
  const secret = toBase64Url(link.secret);
  const other = await createLink(null);
  const kdf = { salt: toBase64(link.salt), iterations: 0, hasPassword: false };
  const answer = opened => ({ authKey: given }) => (given ? opened : refusal(401, 'invalid_credentials', { linkKdf: kdf }));
  for (const change of [files => files.splice(2, 1), files => files.splice(1, 1), files => { files[1].bytes = files[3].bytes; }, files => { files[0].bytes = files[2].bytes.slice(); files[1].bytes = files[3].bytes.slice(); files.splice(2, 2); }]) {
    const { it } = receiving(answer(await sealedTransfer([{ link }], { change })), { secret });
    await it.start();
    await it.readNames();
    assert.deepEqual([it.phase, it.items, it.error?.code], ['open', null, 'damaged_file']);
  }
  const { it } = receiving(answer(await sealedTransfer([{ link: other }])), { secret });
  await it.start();
  await it.readNames();
  assert.equal(it.error?.code, 'damaged_file');
});

test('to an account it opens with the person\'s own key, and says so where that is not open', async () => {
  const { pair } = await createPair();
  const opened = await sealedTransfer([{ point: pair.point }], { names: ['one.txt'] });
  const closed = receiving(() => opened, { secret: '' });
  await closed.it.start();
  await closed.it.readNames();
  assert.equal(closed.it.error?.code, 'no_key');
  const { it } = receiving(() => opened, { secret: '', pairFor: async keyIds => (keyIds.length === 1 ? pair : null) });
  await it.start();
  await it.readNames();
  assert.deepEqual(it.items?.map(one => one.name), ['one.txt']);
  const order = /** @type {any} */ (await it.orderOf(/** @type {any} */ (it.items?.[0])));
  const answer = await fetch(order.source.url, { headers: order.source.headers });
  assert.equal((await openBytes(new Uint8Array(await answer.arrayBuffer()), order.opener)).length, 10);
});

test('a name stays in its folder and hides nothing', () => {
  const names = { 'a.txt': 'a.txt', '../../etc/passwd': 'passwd', 'C:\\x\\y.exe': 'y.exe', '.profile': 'profile', 'a\u202Egpj.exe': 'agpj.exe', 'a\n.txt': 'a.txt', 'nul. ': 'nul', '': 'file', '/': 'file', ['x'.repeat(300)]: 'file' };
  for (const [name, safe] of Object.entries(names)) assert.equal(safeName(name), safe);
});

/** The worker in a world of its own, with what a browser calls it by. */
function downloadWorker() {
  const on = {};
  const self = { location: { origin: 'https://chat.example.org' }, addEventListener: (type, run) => { on[type] = run; }, skipWaiting: async () => {}, clients: { claim: async () => {} } };
  runInContext(readFileSync(fileURLToPath(new URL('../../src/Host/wwwroot/download-sw.js', import.meta.url)), 'utf8'), createContext({ self, URL, Response, ReadableStream, Headers, Map, Promise, encodeURIComponent, crypto: webcrypto }));
  const sent = [];
  const source = { type: 'window', frameType: 'top-level', url: 'https://chat.example.org/t/x', postMessage: message => sent.push(message) };
  const tell = (data, ports, more = {}) => on.message({ data, ports, origin: 'https://chat.example.org', source, ...more });
  const fetched = (path, { mode = 'navigate', method = 'GET', origin = 'https://chat.example.org' } = {}) => {
    let answer = null;
    on.fetch({ request: { url: origin + path, mode, method }, respondWith: given => { answer = given; } });
    return /** @type {any} */ (answer);
  };
  return { tell, fetched, sent, source };
}

const KEY = '00000000-0000-4000-8000-000000000001';
const order = (more = {}) => ({ type: 'download', id: KEY, name: 'Übersicht (1).pdf', size: 6, ...more });

test('A75 the service worker of downloads hears its own pages only: no frame, no worker, no other origin', async () => {
  const { tell, fetched, sent, source } = downloadWorker();
  const others = [
    { origin: 'https://evil.example.org' }, { source: null }, { source: { ...source, url: 'https://evil.example.org/' } }, { source: { ...source, frameType: 'nested' } }, { source: { ...source, type: 'worker' } },
  ];
  for (const more of others) tell(order(), [new MessageChannel().port1], more);
  for (const data of [null, 'download', order({ type: 'other' }), order({ id: '../x' }), order({ name: 7 }), order({ size: -1 }), order({ name: 'x'.repeat(300) })]) tell(data, [new MessageChannel().port1]);
  tell(order(), []);
  assert.deepEqual(sent, []);
  assert.equal(fetched(`/download/${KEY}`).status, 204, 'nothing was taken from any of them');
  assert.equal(fetched('/api/v1/files'), null);
  assert.equal(fetched(`/download/${KEY}`, { origin: 'https://evil.example.org' }), null);
});

test('what a page hands over is answered once, as an attachment that is asked for piece by piece', async () => {
  const { tell, fetched, sent } = downloadWorker();
  const { port1, port2 } = new MessageChannel();
  tell(order(), [port2]);
  assert.deepEqual(sent.map(one => one.id), [KEY]);
  const answer = fetched(`/download/${KEY}`);
  assert.equal(answer.headers.get('content-disposition'), "attachment; filename*=UTF-8''%C3%9Cbersicht%20%281%29.pdf");
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.match(answer.headers.get('content-security-policy'), /sandbox/);
  assert.equal(answer.headers.get('content-length'), '6');
  const pieces = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)];
  port1.on?.('message', () => port1.postMessage(pieces.length ? { bytes: pieces.shift() } : { end: true }));
  assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())], [1, 2, 3, 4, 5, 6]);
  port1.close();
  assert.equal(fetched(`/download/${KEY}`).status, 204);
});

test('a file that was not whole is no download', async () => {
  const { tell, fetched } = downloadWorker();
  const { port1, port2 } = new MessageChannel();
  tell(order(), [port2]);
  const answer = fetched(`/download/${KEY}`);
  const said = [{ bytes: Uint8Array.of(1) }, { error: true }];
  port1.on?.('message', () => { const next = said.shift(); if (next) port1.postMessage(next); });
  await assert.rejects(answer.arrayBuffer());
  port1.close();
});
