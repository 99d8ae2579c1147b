import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore, emptyState } from '../../src/Host/wwwroot/core/store.js';

test('subscribers hear of many changes once, with the first and the last snapshot', () => {
  let run;
  const store = createStore(emptyState(), next => { run = next; });
  const heard = [];
  store.subscribe((now, before) => heard.push([before.userSeq, now.userSeq]));
  store.set({ userSeq: 1 });
  store.set({ userSeq: 2 });
  store.set(state => ({ ...state, userSeq: 3 }));
  assert.equal(store.get().userSeq, 3);
  assert.deepEqual(heard, []);
  run();
  assert.deepEqual(heard, [[0, 3]]);
});

test('a change that changes nothing tells nobody', () => {
  let scheduled = 0;
  const store = createStore(emptyState(), () => { scheduled += 1; });
  store.set(state => state);
  assert.equal(scheduled, 0);
});

test('snapshots are never written to', () => {
  const store = createStore(emptyState(), run => run());
  const before = store.get();
  store.set({ userSeq: 9 });
  assert.equal(before.userSeq, 0);
});
