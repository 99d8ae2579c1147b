// A chart of one or a few series over time: lines that differ in dash as well as colour, and the same numbers as a table.

import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { clock, shortDate } from '../core/time.js';
import { areaPath, linear, linePath, nearest, runs, thinned, timeTicks, valueTicks } from './scale.js';
import { s } from './svg.js';
import { measured, onAxis } from './units.js';

/** @typedef {{name: string, label: string, items: {at: string, value: number | null}[], stepMs: number}} Series */
/** @typedef {{title: string, unit: 'count' | 'bytes' | 'ms' | 'perSecond' | 'perMinute', series: Series[], from: number, to: number, bars?: boolean, now?: Record<string, number>}} Chart */

const HEIGHT = 150;
const PAD = { left: 52, right: 8, top: 8, bottom: 22 };
const MOST_ROWS = 48;
const DAY = 86_400_000;

/** @param {number} at @param {number} span */
const tickLabel = (at, span) => (span > 2 * DAY ? shortDate(at).replace(/,? \d{1,2}[:.]\d\d.*$/, '') : clock(at));

/** What the picture says, in one sentence for those who do not see it. @param {Chart} chart */
function spoken(chart) {
  const each = chart.series.map(one => {
    const values = one.items.map(item => item.value).filter(value => value !== null);
    if (!values.length) return t('admin.chart.spokenNone', { name: one.label });
    return t('admin.chart.spoken', { name: one.label, last: measured(chart.unit, values[values.length - 1]), least: measured(chart.unit, Math.min(...values)), most: measured(chart.unit, Math.max(...values)) });
  });
  return `${chart.title}. ${each.join(' ')}`;
}

/** @param {Chart} chart */
function table(chart) {
  const longest = chart.series.reduce((most, one) => (one.items.length > most.items.length ? one : most), chart.series[0]);
  const rows = thinned(longest?.items ?? [], MOST_ROWS);
  return h('div.chart-table', { tabindex: '0', role: 'region', 'aria-label': chart.title }, h('table', null, h('caption.visually-hidden', null, chart.title),
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('admin.col.at')), chart.series.map(one => h('th', { scope: 'col' }, one.label)))),
    h('tbody', null, rows.map(row => h('tr', null, h('th', { scope: 'row' }, shortDate(row.at)), chart.series.map(one => {
      const found = one === longest ? row : nearest(one.items, new Date(row.at).getTime());
      return h('td', null, found?.value === null || found === null ? '–' : measured(chart.unit, found.value));
    }))))));
}

/** @param {Chart} chart @param {number} width */
function picture(chart, width) {
  const values = chart.series.flatMap(one => one.items.map(item => item.value ?? 0));
  const stacked = chart.bars ? (chart.series[0]?.items ?? []).map((_, i) => chart.series.reduce((sum, one) => sum + (one.items[i]?.value ?? 0), 0)) : values;
  const ticks = valueTicks(Math.max(0, ...stacked), 3, { binary: chart.unit === 'bytes', whole: chart.unit === 'count' });
  const x = linear([chart.from, chart.to], [PAD.left, width - PAD.right]);
  const y = linear([0, ticks[ticks.length - 1]], [HEIGHT - PAD.bottom, PAD.top]);
  const span = chart.to - chart.from;
  const times = timeTicks(chart.from, chart.to, width < 380 ? 3 : 5);
  const grid = [
    ticks.map(tick => [s('line', { class: 'grid', x1: PAD.left, x2: width - PAD.right, y1: y(tick), y2: y(tick) }), s('text', { class: 'axis', x: PAD.left - 6, y: y(tick) + 4, 'text-anchor': 'end' }, onAxis(chart.unit, tick))]),
    times.map(at => s('text', { class: 'axis', x: Math.max(PAD.left + 14, Math.min(width - PAD.right - 18, x(at))), y: HEIGHT - 6, 'text-anchor': 'middle' }, tickLabel(at, span))),
  ];
  const marks = chart.bars ? bars(chart, x, y) : chart.series.map((one, i) => {
    const parts = runs(one.items, one.stepMs);
    return [i === 0 && s('path', { class: 'area', d: areaPath(parts, x, y) }), s('path', { class: `line line-${i}`, d: linePath(parts, x, y) })];
  });
  return { x, y, svg: s('svg', { class: 'chart-svg', width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': spoken(chart) }, grid, marks, s('line', { class: 'rule', x1: 0, x2: 0, y1: PAD.top, y2: HEIGHT - PAD.bottom, visibility: 'hidden' })) };
}

/** One above the other: what succeeded, then what did not. */
function bars(chart, x, y) {
  const step = chart.series[0]?.stepMs ?? 1;
  const broad = Math.max(1, x(chart.from + step) - x(chart.from) - 2);
  return (chart.series[0]?.items ?? []).map((item, i) => {
    let below = 0;
    return chart.series.map((one, k) => {
      const value = one.items[i]?.value ?? 0;
      if (!value) return null;
      const rect = s('rect', { class: `bar bar-${k}`, x: x(new Date(item.at).getTime()) + 1, width: broad, y: y(below + value), height: Math.max(1, y(below) - y(below + value)) });
      below += value;
      return rect;
    });
  });
}

/**
 * Draws itself as wide as there is room, and anew when that changes.
 * @param {Element} root @returns {{show: (chart: Chart) => void, stop: () => void}}
 */
export function chartView(root) {
  const box = h('div.chart-box', { own: true });
  const heads = h('div.chart-head', { own: true });
  const details = h('details.chart-details', { own: true, ontoggle: () => fill() }, h('summary', null, t('admin.chart.table')));
  const inside = h('div', { own: true });
  details.append(inside);
  root.append(h('figure.chart', null, heads, box, details));
  let chart = /** @type {Chart | null} */ (null);
  let drawn = /** @type {{x: (at: number) => number, svg: any} | null} */ (null);

  /** @param {number | null} at a place in time that is pointed at */
  function legend(at) {
    if (!chart) return;
    const now = chart;
    const title = h('figcaption', null, h('h2', null, now.title), h('span.muted', null, at === null ? '' : shortDate(at)));
    patch(heads, [title, h('ul.legend', { 'aria-hidden': 'true' }, now.series.map((one, i) => {
      const last = at === null ? now.now?.[one.name] ?? one.items[one.items.length - 1]?.value ?? null : nearest(one.items, at)?.value ?? null;
      return h('li', { key: one.name }, s('svg', { class: 'legend-mark', width: 20, height: 10 }, now.bars ? s('rect', { class: `bar bar-${i}`, x: 5, y: 0, width: 10, height: 10 }) : s('line', { class: `line line-${i}`, x1: 0, x2: 20, y1: 5, y2: 5 })),
        h('span', null, one.label), last !== null && h('strong', null, measured(now.unit, last)));
    }))]);
  }

  function fill() {
    if (chart) patch(inside, details.open ? table(chart) : []);
  }

  function draw() {
    if (!chart) return;
    const some = chart.series.some(one => one.items.some(item => item.value !== null));
    if (!some) {
      drawn = null;
      box.replaceChildren(h('p.muted.chart-none', null, t('admin.chart.none')));
    } else {
      drawn = picture(chart, Math.max(240, Math.floor(box.clientWidth)));
      box.replaceChildren(drawn.svg);
    }
    details.hidden = !some;
    legend(null);
    fill();
  }

  box.addEventListener('pointermove', event => {
    if (!chart || !drawn) return;
    const left = event.clientX - box.getBoundingClientRect().left;
    const at = linear([drawn.x(chart.from), drawn.x(chart.to)], [chart.from, chart.to])(left);
    const found = nearest(chart.series.flatMap(one => one.items), at);
    const rule = drawn.svg.querySelector('.rule');
    if (!found) return;
    const place = drawn.x(new Date(found.at).getTime());
    rule.setAttribute('x1', place);
    rule.setAttribute('x2', place);
    rule.setAttribute('visibility', 'visible');
    legend(new Date(found.at).getTime());
  });
  box.addEventListener('pointerleave', () => {
    drawn?.svg.querySelector('.rule')?.setAttribute('visibility', 'hidden');
    legend(null);
  });
  const size = new ResizeObserver(() => { if (drawn && Math.abs(Number(drawn.svg.getAttribute('width')) - Math.floor(box.clientWidth)) > 1) draw(); });
  size.observe(box);
  return { show(next) { chart = next; draw(); }, stop() { size.disconnect(); } };
}
