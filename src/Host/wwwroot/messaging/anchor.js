// Anchored scrolling, as arithmetic: what is read stays where it is, whatever is added or taken away around it.

/** Within this distance of the end a reader counts as "at the end" and follows along. */
export const NEAR_END = 40;

/** @param {{scrollTop: number, scrollHeight: number, clientHeight: number}} box */
export const distanceToEnd = box => box.scrollHeight - box.clientHeight - box.scrollTop;
export const isAtEnd = box => distanceToEnd(box) <= NEAR_END;

/**
 * The rows to hold on to: every one that touches the view, from its top, so that if the first is gone the next serves.
 * @param {{key: string, top: number, bottom: number}[]} rows tops relative to the view's top, ascending
 * @param {number} height of the view
 */
export function pickAnchors(rows, height) {
  return rows.filter(row => row.bottom > 0 && row.top < height).map(row => ({ key: row.key, top: row.top }));
}

/**
 * How far to scroll so that the first anchor that is still there stands where it stood.
 * @param {{key: string, top: number}[]} anchors @param {(key: string) => number | null} topOf
 */
export function shift(anchors, topOf) {
  for (const anchor of anchors) {
    const top = topOf(anchor.key);
    if (top !== null) return top - anchor.top;
  }
  return 0;
}

/** Where to scroll so that a target stands at a third of the view, as far as the content allows. */
export function toShow(target, box) {
  const wanted = box.scrollTop + target.top - Math.max(0, (box.clientHeight - (target.bottom - target.top)) / 3);
  return Math.max(0, Math.min(wanted, box.scrollHeight - box.clientHeight));
}
