import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaPath, linear, linePath, nearest, roundStep, runs, thinned, timeTicks, valueTicks } from '../../src/Host/wwwroot/admin/scale.js';
import { warningsOf } from '../../src/Host/wwwroot/admin/warnings.js';

test('a value is placed between the ends of an axis, also when they are one', () => {
  const y = linear([0, 50], [100, 0]);
  assert.deepEqual([y(0), y(25), y(50)], [100, 50, 0]);
  assert.equal(linear([3, 3], [10, 90])(3), 10);
});

test('ticks are round, begin at zero and reach above the highest value', () => {
  for (const highest of [0.003, 0.7, 1, 3, 7.2, 19, 99, 100, 101, 12345, 9.9e9]) {
    const ticks = valueTicks(highest, 4);
    assert.equal(ticks[0], 0);
    assert.ok((ticks.at(-1) ?? 0) >= highest, String(highest));
    assert.ok(ticks.length >= 2 && ticks.length <= 6, `${highest}: ${ticks}`);
    assert.equal(Number.isInteger(Number((ticks[1] / 10 ** Math.floor(Math.log10(ticks[1])) * 2).toPrecision(8))), true, `${ticks[1]}`);
  }
});

test('a line of zeros, of nothing, or of what is no number has an axis all the same', () => {
  for (const highest of [0, -1, NaN, -Infinity]) assert.ok(valueTicks(highest).at(-1) === 1, String(highest));
});

test('things are counted whole, and bytes by powers of two', () => {
  assert.deepEqual(valueTicks(2, 4, { whole: true }), [0, 1, 2]);
  assert.deepEqual(valueTicks(3 * 2 ** 30, 3, { binary: true }), [0, 2 ** 30, 2 * 2 ** 30, 3 * 2 ** 30]);
  assert.equal(roundStep(3, true), 4);
  assert.equal(roundStep(0.3), 0.5);
});

test('times are marked on round hours of the local clock, within the span', () => {
  const from = new Date(2026, 2, 3, 9, 17).getTime();
  for (const [span, count] of [[3_600_000, 5], [86_400_000, 5], [7 * 86_400_000, 4], [30 * 86_400_000, 3]]) {
    const ticks = timeTicks(from, from + span, count);
    assert.ok(ticks.length >= 1 && ticks.length <= count, `${span}: ${ticks.length}`);
    assert.ok(ticks.every(at => at >= from && at <= from + span && new Date(at).getMinutes() % 5 === 0));
  }
  assert.ok(timeTicks(from, from + 86_400_000, 5).every(at => new Date(at).getMinutes() === 0));
});

test('where samples are missing there is no line, and one alone is a dot', () => {
  const items = [0, 1, 2, 9, 10].map(at => ({ at: at * 60_000, value: at }));
  assert.deepEqual(runs(items, 60_000).map(run => run.length), [3, 2]);
  assert.deepEqual(runs([{ at: 0, value: 1 }, { at: 60_000, value: null }, { at: 120_000, value: 2 }], 60_000).map(run => run.length), [1, 1]);
  const path = linePath(runs(items, 60_000), at => at / 60_000, value => value);
  assert.equal(path, 'M0 0L1 1L2 2M9 9L10 10');
  assert.equal(linePath([[{ at: 5, value: 7 }]], at => at, value => value), 'M5 7h.1');
  assert.equal(areaPath([[{ at: 0, value: 2 }, { at: 4, value: 3 }]], at => at, value => 10 - value), 'M0 8L4 7L4 10L0 10Z');
});

test('what is pointed at is the sample next to it, and a table is thinned evenly with its last row', () => {
  const items = [{ at: 0, value: 1 }, { at: 100, value: null }, { at: 200, value: 3 }];
  assert.equal(nearest(items, 90)?.value, 1);
  assert.equal(nearest(items, 130)?.value, 3);
  assert.equal(nearest([], 5), null);
  const rows = thinned(Array.from({ length: 240 }, (_, i) => i), 48);
  assert.deepEqual([rows.length, rows[0], rows.at(-1)], [48, 0, 239]);
  assert.deepEqual(thinned([1, 2], 48), [1, 2]);
});

const keys = known => warningsOf({ now: Date.parse('2026-03-03T12:00:00Z'), ...known }).map(one => `${one.level} ${one.key}`);
const ended = '2026-03-03T02:00:00Z';

test('nothing is warned of where nothing is wrong, or nothing is known', () => {
  assert.deepEqual(keys({}), []);
  assert.deepEqual(keys({ values: { 'disk.free': 1, 'queue.mail': 3 }, alerts: [], jobs: [{ name: 'a', state: 'waiting', lastRun: { result: 'succeeded' } }], mail: { works: true, trouble: null }, backups: { works: true, last: { backup: { ok: true, endedAt: ended } } } }), []);
});

test('the worst comes first, each with the page where it is mended', () => {
  const disk = { name: 'disk-low', level: 'warning', facts: { bytes: '1' } };
  const stuck = { name: 'mail-stuck', level: 'danger', facts: {} };
  assert.deepEqual(keys({ alerts: [disk, stuck] }), ['danger alert.mail-stuck', 'warn alert.disk-low']);
  assert.deepEqual(warningsOf({ alerts: [disk, { name: 'of a newer server', level: 'danger', facts: {} }] }).map(one => one.href), ['/admin/alerts', '/admin/files?sort=-size']);
  assert.deepEqual(keys({ mail: { works: false } }), ['warn noMail']);
  assert.deepEqual(keys({ mail: { works: true, trouble: 'refused' } }), ['danger mail']);
  assert.deepEqual(keys({ backups: { works: false } }), ['warn noBackups']);
  assert.deepEqual(keys({ at: '2026-03-03T11:00:00Z' }), ['warn stale']);
  const [failed, paused] = warningsOf({ jobs: [{ name: 'a.b', state: 'paused', lastRun: null }, { name: 'mail.send', state: 'waiting', lastRun: { result: 'failed', error: 'no' } }] });
  assert.deepEqual([failed.href, failed.values.problem, paused.key], ['/admin/jobs/mail:send', 'no', 'paused']);
});

test('what an alert says is not said twice', () => {
  const failed = name => ({ name, state: 'waiting', lastRun: { result: 'failed', error: 'no' } });
  assert.deepEqual(keys({ alerts: [{ name: 'mail-stuck', level: 'danger', facts: {} }], mail: { works: true, trouble: 'refused' } }), ['danger alert.mail-stuck']);
  assert.deepEqual(keys({ alerts: [{ name: 'backup-failed', level: 'danger', facts: {} }], jobs: [failed('backups.make'), failed('backups.drill')] }), ['danger alert.backup-failed', 'danger job']);
});
