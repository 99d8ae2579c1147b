// What a chart is drawn by: round ticks, places on an axis, the path of a line. Nothing here knows the page.

/** @typedef {{at: string | number, value: number | null}} Point */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 7 * DAY, 14 * DAY];

export const RANGES = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY };

/** @param {[number, number]} domain @param {[number, number]} range @returns {(value: number) => number} */
export function linear([d0, d1], [r0, r1]) {
  const width = d1 - d0;
  return value => (width === 0 ? r0 : r0 + (value - d0) / width * (r1 - r0));
}

/** The smallest of 1, 2, 2.5 and 5 times a power that is not below `least`; of two for bytes. @param {number} least @param {boolean} [binary] */
export function roundStep(least, binary = false) {
  if (binary) return 2 ** Math.ceil(Math.log2(Math.max(1, least)));
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 2.5, 5, 10].find(one => one * power >= least * (1 - 1e-9)) ?? 10);
}

/**
 * Ticks from zero to at or above the highest value; at least one step, so that a line of zeros has an axis.
 * @param {number} highest @param {number} [count] so many steps at most @param {{binary?: boolean, whole?: boolean}} [options]
 */
export function valueTicks(highest, count = 4, { binary = false, whole = false } = {}) {
  const top = Number.isFinite(highest) && highest > 0 ? highest : 1;
  const step = Math.max(roundStep(top / count, binary), whole ? 1 : 0);
  const steps = Math.max(1, Math.ceil(top / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Instants on round local times within a span. @param {number} from @param {number} to @param {number} [count] so many at most */
export function timeTicks(from, to, count = 5) {
  const step = TIME_STEPS.find(one => (to - from) / one <= count) ?? 30 * DAY;
  const offset = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) ticks.push(at);
  return ticks;
}

/**
 * Runs of points without a hole: where samples are missing for longer than two steps there is no line.
 * @param {Point[]} items @param {number} stepMs @returns {{at: number, value: number}[][]}
 */
export function runs(items, stepMs) {
  const all = [];
  let last = -Infinity;
  for (const one of items) {
    const at = new Date(one.at).getTime();
    if (one.value === null || !Number.isFinite(one.value)) { last = -Infinity; continue; }
    if (at - last > 2.5 * stepMs) all.push([]);
    all[all.length - 1].push({ at, value: one.value });
    last = at;
  }
  return all;
}

const place = n => Math.round(n * 10) / 10;

/** @param {{at: number, value: number}[][]} parts @param {(at: number) => number} x @param {(value: number) => number} y */
export function linePath(parts, x, y) {
  return parts.map(run => run.map((one, i) => `${i ? 'L' : 'M'}${place(x(one.at))} ${place(y(one.value))}`).join('') + (run.length === 1 ? 'h.1' : '')).join('');
}

/** The same, closed down to zero. */
export function areaPath(parts, x, y) {
  return parts.map(run => `${linePath([run], x, y)}L${place(x(run[run.length - 1].at))} ${place(y(0))}L${place(x(run[0].at))} ${place(y(0))}Z`).join('');
}

/** The sample next to an instant. @param {Point[]} items @param {number} at */
export function nearest(items, at) {
  let [found, least] = [/** @type {Point | null} */ (null), Infinity];
  for (const one of items) {
    const off = Math.abs(new Date(one.at).getTime() - at);
    if (one.value !== null && off < least) [found, least] = [one, off];
  }
  return found;
}

/** At most `most` of them, evenly chosen, the last always among them. @template T @param {T[]} items @param {number} most @returns {T[]} */
export function thinned(items, most) {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.round(i * (items.length - 1) / (most - 1))]);
}
