import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { settled, stateWith } from './support.js';
import { heldServer, standInForPage } from './page.js';

const server = heldServer();
standInForPage({ fetch: server.fetch, indexedDB: { deleteDatabase: () => { const request = {}; queueMicrotask(() => request.onsuccess()); return request; }, open: () => { const request = {}; queueMicrotask(() => request.onerror()); return request; } } });
const { endSession, logOut } = await import('../../src/Host/wwwroot/core/app-state.js');
const { pref, setPref } = await import('../../src/Host/wwwroot/core/prefs.js');
const { store } = await import('../../src/Host/wwwroot/core/store.js');

beforeEach(() => { server.calls.length = 0; setPref('pendingLogout', null); store.set(stateWith()); });

test('a logout that did not reach the server is owed, also when it answered that it is busy or broken', async () => {
  for (const status of [0, 429, 500, 503, 200]) {
    const leaving = logOut();
    const call = await server.call('/auth/logout');
    if (status === 0) call.fail();
    else if (status === 200) call.answer(null);
    else call.answer({ code: status === 429 ? 'rate_limited' : 'unavailable' }, status);
    await leaving;
    assert.equal(pref('pendingLogout'), status === 200 ? null : true, String(status));
    assert.equal(store.get().me, null);
  }
});

test('it stays owed until it succeeds, and in another tab that only hears of it', async () => {
  setPref('pendingLogout', true);
  const again = endSession();
  (await server.call('/auth/logout')).fail();
  await assert.rejects(again, { code: 'network' });
  await logOut({ tellServer: false });
  await settled();
  assert.deepEqual([pref('pendingLogout'), server.calls.length], [true, 0]);
  const last = endSession();
  (await server.call('/auth/logout')).answer({ code: 'unauthenticated' }, 401);
  (await server.call('/auth/refresh')).answer({ code: 'unauthenticated' }, 401);
  await last;
  assert.equal(pref('pendingLogout'), null);
});
