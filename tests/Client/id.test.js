import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '../../src/Host/wwwroot/core/id.js';

test('ids are UUIDs of version 7 that sort by the time they were made', () => {
  const made = [1, 255, 256, 1_764_500_000_000, 1_764_500_000_001, 2 ** 44].map(at => newId(at));
  for (const one of made) assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual([...made].sort(), made);
  assert.equal(parseInt(made[3].replaceAll('-', '').slice(0, 12), 16), 1_764_500_000_000);
});

test('no two ids of one moment are alike', () => {
  const made = Array.from({ length: 1000 }, () => newId(5));
  assert.equal(new Set(made).size, 1000);
});
