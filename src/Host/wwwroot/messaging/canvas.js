// The rows near the view as elements, between two spaces that stand for all others. Its coordinates are pixels from the
// top of the list; see anchor.js for how what is read is held in place.

import { h, keep, patch } from '../core/html.js';
import { cover, pickAnchors, settle } from './anchor.js';
import { Heights } from './heights.js';

/** So much is there beyond the view on each side, and new rows are put there when less than SPARE of it is left. */
const BEYOND = 1000;
const SPARE = 350;
/** Elements of one timeline; where rows are full of them, fewer stand beyond the view. */
const MOST_ELEMENTS = 1000;

/** @typedef {import('./grouping.js').Line} Line */

export class Canvas {
  /** @param {HTMLElement} scroller @param {HTMLElement} list */
  constructor(scroller, list) {
    this.scroller = scroller;
    this.list = list;
    this.heights = new Heights();
    this.above = h('div.unloaded', { own: true });
    this.below = h('div.unloaded', { own: true });
    /** Inside the first day that is shown: its rows above the first that is there. */
    this.gap = h('div', { own: true });
    /** @type {Line[]} */
    this.rows = [];
    /** @type {Map<string, number>} */
    this.index = new Map();
    this.start = this.end = 0;
    /** Feet of the rows that are there, by number from `start`; the head of the first is `base`. @type {number[]} */
    this.feet = [];
    this.base = 0;
    /** The height of the space above. */
    this.raised = 0;
    /** @type {any[]} */
    this.elements = [];
    this.unloadedAbove = this.unloadedBelow = 0;
  }

  /** Other rows. Until they are drawn, the first that was there before tells where they are. @param {Line[]} rows */
  setRows(rows) {
    const shown = this.rows.slice(this.start, this.end);
    this.rows = rows;
    this.index = new Map(rows.map((row, i) => [row.key, i]));
    this.heights.keepOnly(rows);
    const i = shown.findIndex(row => this.index.has(row.key));
    this.base = i < 0 ? this.unloadedAbove : i === 0 ? this.base : this.feet[i - 1];
    this.start = this.end = i < 0 ? 0 : this.index.get(shown[i].key) ?? 0;
    this.feet = [];
    this.elements = [];
  }

  heightOf(i) { return this.heights.of(this.rows[i]); }

  sum(from, to) {
    let height = 0;
    for (let i = from; i < to; i++) height += this.heightOf(i);
    return height;
  }

  /** Where a boundary is, or would be if it was shown. */
  at(boundary) {
    if (boundary < this.start) return this.base - this.sum(boundary, this.start);
    if (boundary === this.start) return this.base;
    if (boundary <= this.end) return this.feet[boundary - this.start - 1];
    return (this.feet.at(-1) ?? this.base) + this.sum(this.end, boundary);
  }

  /** Where the loaded rows begin and end. */
  get top() { return this.at(0); }
  get foot() { return this.at(this.rows.length); }

  /** The messages to hold on to; they are taken before the rows change. */
  anchors() {
    const rows = [];
    for (let i = this.start; i < this.end; i++) {
      if (this.rows[i].kind === 'message') rows.push({ key: this.rows[i].key, top: this.at(i), bottom: this.at(i + 1) });
    }
    return pickAnchors(rows, this.scroller.scrollTop, this.scroller.clientHeight);
  }

  /** The first of them that is still there, as a boundary; without any, what would stand at the top of the view. */
  hold(anchors) {
    for (const one of anchors) {
      const i = this.index.get(one.key);
      if (i !== undefined) return { boundary: i + 1, y: one.y };
    }
    const { scrollTop } = this.scroller;
    let y = this.top;
    let boundary = 0;
    while (boundary < this.rows.length && y < scrollTop) y += this.heightOf(boundary++);
    return { boundary, y };
  }

  /** Does the view come near the end of what is there? */
  get short() {
    const { scrollTop, clientHeight } = this.scroller;
    return (this.start > 0 && scrollTop - this.base < SPARE) || (this.end < this.rows.length && (this.feet.at(-1) ?? 0) - scrollTop - clientHeight < SPARE);
  }

  /**
   * Shows the rows around the view.
   * @param {object} how
   * @param {(row: Line) => any} how.element
   * @param {{boundary: number, y: number}} how.hold what stays, and where
   * @param {number} how.top of the view, in the same measure @param {boolean} [how.exact] the space above has to be right again
   * @param {string | null} [how.apart] a row that has the focus and stays, wherever the view is
   * @returns {number} where the view's top belongs
   */
  draw({ element, hold, top, exact = false, apart = null }) {
    const { rows } = this;
    this.heights.setWidth(this.list.clientWidth);
    const view = this.scroller.clientHeight;
    let range = cover(rows.length, i => this.heightOf(i), hold.boundary, top - BEYOND - hold.y, top + view + BEYOND - hold.y);
    let shown = rows.slice(range.start, range.end).map(row => ({ row, element: element(row) }));
    if (shown.reduce((sum, one) => sum + 1 + one.element.getElementsByTagName('*').length, 0) > MOST_ELEMENTS) {
      range = cover(rows.length, i => this.heightOf(i), hold.boundary, top - SPARE - hold.y, top + view + SPARE - hold.y);
      shown = rows.slice(range.start, range.end).map(row => ({ row, element: element(row) }));
    }
    const above = this.sum(0, range.start) + this.unloadedAbove;
    const whole = range.start === 0 && this.unloadedAbove === 0;
    const { base, scroll } = settle(hold.y + range.top, above, exact || whole);
    this.start = range.start;
    this.end = range.end;
    this.base = base;
    this.put(shown, element, apart);
    this.measure();
    // What was estimated is known now: the boundary goes back to where it was.
    const off = this.at(hold.boundary) - hold.y - scroll;
    if (off === 0) return top + scroll;
    if (whole || this.raised < off) return top + scroll + off;
    this.raise(-off);
    return top + scroll;
  }

  put(shown, element, apart) {
    /** @type {any[]} */
    const sections = [];
    for (const one of shown) {
      if (!one.row.day) sections.push(keep(one.element));
      else if (sections.at(-1)?.key === one.row.day) sections.at(-1).children.push(one);
      else sections.push({ key: one.row.day, children: [one] });
    }
    const first = sections.find(one => one.children);
    let hidden = 0;
    if (first && first.children[0].row.kind !== 'day') {
      const line = /** @type {number} */ (this.index.get(`day ${first.key}`));
      hidden = this.sum(line + 1, this.start);
      this.raised = Math.max(0, this.base - hidden - this.heightOf(line));
      first.children.unshift({ element: element(this.rows[line]) }, { element: this.gap });
    } else this.raised = this.base;
    const height = (pad, px) => pad.style.setProperty('height', `${px}px`);
    height(this.above, this.raised);
    height(this.gap, hidden);
    height(this.below, this.sum(this.end, this.rows.length) + this.unloadedBelow);
    const at = this.index.get(apart ?? '') ?? -1;
    const far = at >= 0 && (at < this.start || at >= this.end) ? element(this.rows[at]) : null;
    far?.style.setProperty('--at', `${this.at(at)}px`);
    for (const one of this.list.querySelectorAll('.apart')) if (one !== far) one.classList.remove('apart');
    far?.classList.add('apart');
    patch(this.list, [
      keep(this.above), far && at < this.start && keep(far),
      sections.map(one => (one.children ? h('section.day', { key: one.key }, one.children.map(child => keep(child.element))) : one)),
      far && at >= this.end && keep(far), keep(this.below),
    ]);
    this.elements = shown.map(one => one.element);
  }

  /** Reads where everything really is. */
  measure() {
    const origin = this.list.getBoundingClientRect().top;
    let previous = 0;
    this.feet = [];
    this.elements.forEach((one, i) => {
      const row = this.rows[this.start + i];
      // What sticks tells where it is stuck, so its place is its day's.
      const box = row.kind === 'day' ? one.parentElement.getBoundingClientRect() : one.getBoundingClientRect();
      const bottom = (row.kind === 'day' ? box.top + one.offsetHeight : box.bottom) - origin;
      if (i === 0) this.base = previous = (row.kind === 'message' || row.kind === 'new' ? this.gap.getBoundingClientRect().bottom : box.top) - origin;
      this.heights.set(row, bottom - previous);
      this.feet.push(bottom);
      previous = bottom;
    });
  }

  /** The space above grows or shrinks by so much, and with it all below moves. */
  raise(by) {
    this.raised += by;
    this.above.style.setProperty('height', `${this.raised}px`);
    this.base += by;
    this.feet = this.feet.map(one => one + by);
  }

  /** Something has another height than before: an image came, the letters changed. Answers by how much to scroll. */
  remeasure() {
    const anchors = this.anchors();
    const width = this.list.clientWidth;
    if (width !== this.heights.width) this.heights.setWidth(width);
    this.measure();
    const held = anchors.length ? this.hold(anchors) : null;
    if (!held) return 0;
    const off = this.at(held.boundary) - held.y;
    if (Math.abs(off) < 0.1) return 0;
    if (this.raised < Math.max(off, 1)) return off;
    this.raise(-off);
    return 0;
  }
}
