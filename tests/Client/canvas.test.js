import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cover, LEAST_ABOVE, pickAnchors, settle, toReach, toShow } from '../../src/Host/wwwroot/messaging/anchor.js';
import { estimate, Heights, seqAt, unloaded } from '../../src/Host/wwwroot/messaging/heights.js';
import { lines } from '../../src/Host/wwwroot/messaging/grouping.js';
import { message, page } from './support.js';

const row = (key, top, bottom) => ({ key, top, bottom });

test('a row is held at its foot, the first that is whole in view before one that reaches out of it', () => {
  const rows = [row('a', 400, 480), row('b', 480, 560), row('c', 560, 620), row('d', 1190, 1260), row('e', 1260, 1300)];
  assert.deepEqual(pickAnchors(rows, 500, 600), [{ key: 'b', y: 560 }, { key: 'c', y: 620 }]);
  assert.deepEqual(pickAnchors([row('long', 100, 5000)], 500, 600), [{ key: 'long', y: 5000 }]);
  assert.deepEqual(pickAnchors(rows, 2000, 600), []);
});

test('the rows that cover the view are found from any boundary', () => {
  const ten = () => 10;
  assert.deepEqual(cover(100, ten, 50, -30, 40), { start: 47, end: 54, top: -30 });
  assert.deepEqual(cover(100, ten, 50, 200, 250), { start: 70, end: 75, top: 200 });
  assert.deepEqual(cover(100, ten, 50, -250, -200), { start: 25, end: 30, top: -250 });
  assert.deepEqual(cover(100, ten, 2, -500, 15), { start: 0, end: 4, top: -20 });
  assert.deepEqual(cover(100, ten, 100, -15, 500), { start: 98, end: 100, top: -20 });
  assert.deepEqual(cover(0, ten, 0, -500, 500), { start: 0, end: 0, top: 0 });
  assert.deepEqual(cover(100, ten, 0, -900, -500), { start: 0, end: 0, top: 0 });
});

test('whatever the heights, what covers the view covers it and is not much more', () => {
  let seed = 7;
  const random = () => (seed = seed * 48271 % 2147483647) / 2147483647;
  for (let round = 0; round < 300; round++) {
    const heights = Array.from({ length: 120 }, () => 5 + Math.floor(random() * 200));
    const tops = heights.reduce((all, one) => [...all, all.at(-1) + one], [0]);
    const boundary = Math.floor(random() * 121);
    const from = Math.floor(random() * tops.at(-1)) - tops[boundary];
    const found = cover(120, i => heights[i], boundary, from, from + 600);
    assert.equal(found.top, tops[found.start] - tops[boundary]);
    assert.ok(tops[found.start] - tops[boundary] <= Math.max(from, -tops[boundary]), 'begins above');
    assert.ok(tops[found.end] - tops[boundary] >= Math.min(from + 600, tops.at(-1) - tops[boundary]), 'ends below');
    if (found.start < found.end - 1) assert.ok(tops[found.start + 1] - tops[boundary] > from, 'no row too many');
  }
});

test('while there is room above, the estimate gives way and nothing is scrolled', () => {
  assert.deepEqual(settle(9000, 20_000, false), { base: 9000, scroll: 0 });
  assert.deepEqual(settle(30_000, 20_000, false), { base: 30_000, scroll: 0 });
  assert.deepEqual(settle(700, 500, false), { base: 700, scroll: 0 });
});

test('where room runs out, or nothing is estimated, the space is made right and the view follows', () => {
  assert.deepEqual(settle(LEAST_ABOVE - 1, 20_000, false), { base: 20_000, scroll: 20_000 - LEAST_ABOVE + 1 });
  assert.deepEqual(settle(800, 0, true), { base: 0, scroll: -800 });
  assert.deepEqual(settle(9000, 20_000, true), { base: 20_000, scroll: 11_000 });
});

test('a target is shown at a third of the view, and reached by as little as possible', () => {
  assert.equal(toShow({ top: 1300, bottom: 1360 }, 600), 1120);
  assert.equal(toShow({ top: 1300, bottom: 2200 }, 600), 1300);
  const view = { top: 1000, height: 600 };
  assert.equal(toReach({ top: 1200, bottom: 1300 }, view), 1000);
  assert.equal(toReach({ top: 1020, bottom: 1060 }, view), 976);
  assert.equal(toReach({ top: 1580, bottom: 1640 }, view), 1040);
  assert.equal(toReach({ top: 1580, bottom: 2900 }, view), 1536);
});

test('heights are measured ones where there are some; another width makes them void', () => {
  const [first, second] = lines([message(1), message(2, { text: 'long '.repeat(200) })], {}).filter(one => one.kind === 'message');
  const heights = new Heights();
  heights.setWidth(800);
  assert.ok(heights.of(second) > heights.of(first) + 150);
  heights.set(first, 61.5);
  heights.set(first, 62);
  assert.equal(heights.of(first), 62);
  heights.setWidth(400);
  assert.notEqual(heights.of(first), 62);
  assert.ok(estimate(second.message, false, 400) > estimate(second.message, false, 800));
});

test('the average follows what was measured', () => {
  const heights = new Heights();
  const rows = lines(Array.from({ length: 20 }, (_, i) => message(i + 1)), {}).filter(one => one.kind === 'message');
  assert.equal(heights.average, 48);
  for (const one of rows) heights.set(one, 30);
  for (const one of rows) heights.set(one, 90);
  assert.equal(heights.average, 90);
});

test('what is not loaded takes the height that its numbers promise, within bounds', () => {
  const items = page(1001, 1100).items;
  assert.equal(unloaded(items, 1000, 50), 50_000);
  const every4th = items.filter(one => one.seq % 4 === 0);
  assert.ok(Math.abs(unloaded(every4th, 1000, 50) - 12_500) < 600);
  assert.equal(unloaded(items, 1, 50), 400);
  assert.equal(unloaded(items, 10_000_000, 50), 5_000_000);
});

test('far from what is loaded the scroll bar’s place names a message', () => {
  const log = { ...page(1001, 1100), hasBefore: true, hasAfter: true };
  const at = view => seqAt({ view, height: 600, top: 50_000, foot: 55_000, end: 105_600 }, log, 2100);
  assert.equal(at(25_000), 501);
  assert.equal(at(0), 1);
  assert.equal(at(105_000), 2100);
  assert.equal(at(80_000), 1600);
  assert.equal(at(49_500), null);
  assert.equal(at(52_000), null);
  assert.equal(at(55_500), null);
});
