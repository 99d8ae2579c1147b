// What a person asked to be shown: a message, the divider, the place where they were. As a boundary of the canvas, and
// where the view belongs.

import { toShow } from './anchor.js';

/** @typedef {{seq: number} | {divider: boolean} | {place: {key: string, down: number}} | {near: number}} Wanted */
/** @typedef {{hold: {boundary: number, y: number}, top: number, flash?: string | null}} Place */

/**
 * What entering a room shows, and what has to be fetched for it.
 * @param {import('../core/types.js').Room} room @param {import('../core/types.js').Log | undefined} log
 * @param {{seq: number | null, place?: {key: string, down: number}, newAfter: number | null, busy: boolean}} how `seq`: a message to show; without: the first
 *   unread, `place` where the person was, or the end. `busy`: a page is on its way that will take the place of what is here
 * @returns {{wanted: Wanted | null, newAfter: number | null, stick?: boolean, fetch: null | 'latest' | {around: number}}}
 */
export function opening(room, log, { seq, place, newAfter, busy }) {
  const unread = room.unreadCount > 0;
  if (seq !== null) {
    const here = !busy && log?.items.some(one => one.seq === seq);
    return { wanted: { seq }, newAfter: newAfter ?? (unread ? room.lastReadSeq : null), fetch: here ? null : { around: seq } };
  }
  if (unread) {
    const covers = log && (log.items.some(one => one.seq <= room.lastReadSeq) || !log.hasBefore);
    return { wanted: { divider: true }, newAfter: room.lastReadSeq, stick: false, fetch: covers ? null : room.lastReadSeq > 0 ? { around: room.lastReadSeq } : 'latest' };
  }
  if (place && log) return { wanted: { place }, newAfter, fetch: null };
  return { wanted: null, newAfter, stick: true, fetch: log && !log.hasAfter ? null : 'latest' };
}

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
