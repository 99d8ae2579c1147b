// Anchored scrolling, as arithmetic: what is read stays where it is, whatever is added or taken away around it. A
// boundary is the line between two rows: boundary i is the top of row i, and the bottom of the row before it.

/** Within this distance of the end a reader counts as "at the end" and follows along. */
export const NEAR_END = 40;

/** @param {{scrollTop: number, scrollHeight: number, clientHeight: number}} box */
export const distanceToEnd = box => box.scrollHeight - box.clientHeight - box.scrollTop;
export const isAtEnd = box => distanceToEnd(box) <= NEAR_END;

/**
 * The rows to hold on to, best first: those whose foot is in view, from the top. A row is held at its foot, so that one
 * that loses its head, or grows out of the view, moves nothing that stands below it. If the first is gone, the next serves.
 * @param {{key: string, top: number, bottom: number}[]} rows ascending, in the same measure as `top`
 * @param {number} top of the view @param {number} height of the view
 * @returns {{key: string, y: number}[]} the rows and where their feet are
 */
export function pickAnchors(rows, top, height) {
  const seen = rows.filter(row => row.bottom > top && row.top < top + height);
  const whole = seen.filter(row => row.bottom <= top + height);
  return (whole.length ? whole : seen).map(row => ({ key: row.key, y: row.bottom }));
}

/**
 * Which rows have to be there so that the view is covered.
 * @param {number} count of all rows @param {(row: number) => number} heightOf @param {number} boundary that the rest is counted from
 * @param {number} from @param {number} to what is to be covered, in pixels from that boundary
 * @returns {{start: number, end: number, top: number}} rows start to end (exclusive); `top` of the first, from the boundary
 */
export function cover(count, heightOf, boundary, from, to) {
  let start = boundary;
  let end = boundary;
  let top = 0;
  let bottom = 0;
  while (start > 0 && top > from) top -= heightOf(--start);
  while (end < count && bottom < to) bottom += heightOf(end++);
  while (start < end - 1 && top + heightOf(start) <= from) top += heightOf(start++);
  while (end > start + 1 && bottom - heightOf(end - 1) >= to) bottom -= heightOf(--end);
  return { start, end, top };
}

/** Above what is shown there must be at least so much room to scroll, when there is anything at all. */
export const LEAST_ABOVE = 1500;

/**
 * Where the first row that is shown stands. What is above it is not there, only estimated: as long as there is room enough,
 * the estimate gives way and nothing is scrolled, since a scroll by the page ends the person's own.
 * @param {number} wanted where it would stand if nothing was scrolled @param {number} above how high all above it is, by estimate
 * @param {boolean} exact nothing is estimated, or the estimate has to be right again
 * @returns {{base: number, scroll: number}} where it will stand, and by how much the view has to follow
 */
export function settle(wanted, above, exact) {
  if (!exact && wanted >= Math.min(above, LEAST_ABOVE)) return { base: wanted, scroll: 0 };
  // By whole pixels, where it can be: browsers scroll by no less, and what is read would move by the rest.
  const scroll = above === 0 ? -wanted : Math.round(above - wanted);
  return { base: wanted + scroll, scroll };
}

/**
 * The scroll position at which a target stands at a third of the view; the browser holds it inside the content.
 * @param {{top: number, bottom: number}} target @param {number} height of the view
 */
export const toShow = (target, height) => target.top - Math.max(0, (height - (target.bottom - target.top)) / 3);

/** How little to scroll so that a target is in view, below what sticks to the top. @param {{top: number, bottom: number}} target */
export function toReach(target, view, head = 44) {
  if (target.top < view.top + head) return target.top - head;
  if (target.bottom > view.top + view.height) return Math.min(target.bottom - view.height, target.top - head);
  return view.top;
}
