import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { get, onSignedOut, post } from '../../src/Host/wwwroot/core/api.js';

const problem = (status, code = 'unauthenticated', headers = {}) => new Response(JSON.stringify({ code }), { status, headers });
const cut = () => new Response(new ReadableStream({ start: stream => stream.error(new TypeError('cut off')) }), { status: 200 });
const ok = body => new Response(JSON.stringify(body), { status: 200 });

let out;
let asked;
onSignedOut(() => { out += 1; });
beforeEach(() => { out = 0; asked = []; });

/** @param {Record<string, (() => Response)[]>} answers by path, in their order; the last one stays */
function serve(answers) {
  globalThis.fetch = async url => {
    const path = String(url).replace('/api/v1', '');
    asked.push(path);
    const list = answers[path] ?? [];
    return (list.length > 1 ? list.shift() : list[0])();
  };
}

test('a session that is refused its renewal is over', async () => {
  serve({ '/rooms': [() => problem(401)], '/auth/refresh': [() => problem(401)] });
  await assert.rejects(get('/rooms'), { status: 401 });
  assert.equal(out, 1);
});

test('a renewal that is held up, cut off or answered by something between ends no session', async () => {
  const between = () => new Response('<h1>Forbidden</h1>', { status: 403 });
  for (const [answer, expected] of [[() => problem(429, 'rate_limited', { 'retry-after': '3' }), { status: 429, retryAfterMs: 3000 }], [cut, { status: 0, code: 'network' }], [() => problem(503, 'unavailable'), { status: 503 }], [between, { status: 403, code: 'unavailable' }]]) {
    serve({ '/rooms': [() => problem(401)], '/auth/refresh': [answer] });
    await assert.rejects(get('/rooms'), expected);
  }
  assert.equal(out, 0);
});

test('an answer that breaks off is a network that fails', async () => {
  serve({ '/rooms': [cut] });
  await assert.rejects(get('/rooms'), { status: 0, code: 'network' });
});

test('logging out with an access token that ran out renews it, so that the session does not outlive it', async () => {
  serve({ '/auth/logout': [() => problem(401), () => new Response(null, { status: 204 })], '/auth/refresh': [() => ok({})] });
  assert.equal(await post('/auth/logout', {}, { quiet: true }), null);
  assert.deepEqual(asked, ['/auth/logout', '/auth/refresh', '/auth/logout']);
});
