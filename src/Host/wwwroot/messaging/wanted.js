// What a person asked to be shown: a message, the divider, the place where they were. As a boundary of the canvas, and
// where the view belongs.

import { toShow } from './anchor.js';

/** @typedef {{seq: number} | {divider: boolean} | {place: {key: string, down: number}} | {near: number}} Wanted */
/** @typedef {{hold: {boundary: number, y: number}, top: number, flash?: string | null}} Place */

/**
 * @param {Wanted} wanted @param {import('./canvas.js').Canvas} canvas
 * @returns {Place | null} null: it is not here
 */
export function placeOf(wanted, canvas) {
  const height = canvas.scroller.clientHeight;
  const at = boundary => canvas.unloadedAbove + canvas.sum(0, boundary);
  const from = seq => canvas.rows.findIndex(row => row.message?.seq >= seq);
  if ('place' in wanted) {
    const i = canvas.index.get(wanted.place.key);
    return i === undefined ? null : { hold: { boundary: i + 1, y: at(i + 1) }, top: at(i + 1) - wanted.place.down };
  }
  if ('near' in wanted) {
    const i = from(wanted.near);
    // The view is already where the scroll bar was pulled to; what belongs there comes to it.
    return i < 0 ? null : { hold: { boundary: i, y: canvas.scroller.scrollTop + height / 3 }, top: canvas.scroller.scrollTop };
  }
  const i = 'divider' in wanted ? canvas.index.get('new') ?? -1 : from(wanted.seq);
  if (i < 0) return null;
  const flash = 'seq' in wanted && canvas.rows[i].message?.seq === wanted.seq ? canvas.rows[i].key : null;
  return { hold: { boundary: i, y: at(i) }, top: toShow({ top: at(i), bottom: at(i + 1) }, height), flash };
}
