// A search as an address, as a request, and its hits as parts to show. Pure.

import { plain } from '../core/plain.js';

/** @typedef {{q: string, room: string, from: string, after: string, before: string, has: string}} Query dates are local days, "2026-03-01" */

const NAMES = /** @type {const} */ (['q', 'room', 'from', 'after', 'before', 'has']);
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @param {URLSearchParams} params @returns {Query} */
export function readQuery(params) {
  const one = Object.fromEntries(NAMES.map(name => [name, params.get(name) ?? '']));
  for (const name of ['after', 'before']) if (!DAY.test(one[name])) one[name] = '';
  if (one.has !== 'file') one.has = '';
  return /** @type {any} */ (one);
}

/** The page of all rooms, or beside `roomId` its own panel, whose address need not name the room again. @param {Query} query @param {string} [roomId] @param {number} [seq] the message that stands in the room beside it */
export function addressOf(query, roomId = '', seq = undefined) {
  const params = new URLSearchParams();
  for (const name of NAMES) if (query[name] && !(roomId && name === 'room')) params.set(name, query[name]);
  const text = params.toString();
  const path = roomId ? `/rooms/${roomId}/search${seq === undefined ? '' : `/${seq}`}` : '/search';
  return text ? `${path}?${text}` : path;
}

/** The local midnight at which a day begins, `days` later. */
function midnight(day, days = 0) {
  const [y, m, d] = day.split('-').map(Number);
  return new Date(y, m - 1, d + days).toISOString();
}

/** A day's range is whole: from its first moment to the end of the last. @param {Query} query @param {string | null} cursor @param {number} limit */
export function requestOf(query, cursor, limit) {
  const params = new URLSearchParams({ q: query.q, limit: String(limit) });
  if (query.room) params.set('roomId', query.room);
  if (query.from) params.set('from', query.from);
  if (query.after) params.set('after', midnight(query.after));
  if (query.before) params.set('before', midnight(query.before, 1));
  if (query.has) params.set('has', query.has);
  if (cursor) params.set('cursor', cursor);
  return `/search?${params}`;
}

/** Enough to be asked: two characters, or one of a script that writes without spaces. @param {string} q */
export const isEnough = q => q.trim().length >= 2 || /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Emoji_Presentation}]/u.test(q);

/** Private characters that stand in a text where something found begins and ends, while the text is made plain. */
const [OPEN, CLOSE] = ['\uE0F0', '\uE0F1'];

/**
 * A message's text as it is read, without its Markdown signs, and where the hits are in that. When nothing of what was found
 * is left (it was in the address of a link), it stays as it was written.
 * @param {string} text @param {{start: number, length: number}[]} highlights ascending, in UTF-16 units
 */
export function asRead(text, highlights) {
  const clean = text.replace(/[\uE0F0\uE0F1]/g, ' ');
  let marked = '';
  let at = 0;
  for (const { start, length } of highlights) {
    if (start < at) continue;
    marked += clean.slice(at, start) + OPEN + clean.slice(start, start + length) + CLOSE;
    at = start + length;
  }
  const found = /** @type {{start: number, length: number}[]} */ ([]);
  let read = '';
  let from = -1;
  for (const one of plain(marked + clean.slice(at))) {
    if (one === OPEN) from = read.length;
    else if (one !== CLOSE) read += one;
    else if (from >= 0) {
      if (read.length > from) found.push({ start: from, length: read.length - from });
      from = -1;
    }
  }
  return highlights.length && !found.length ? { text, highlights } : { text: read, highlights: found };
}

const BEFORE = 60;
const LENGTH = 280;

/**
 * The part of a text around its first hit, cut at words, with what was found marked.
 * @param {string} text @param {{start: number, length: number}[]} highlights ascending, in UTF-16 units
 * @returns {{text: string, mark: boolean}[]}
 */
export function excerpt(text, highlights) {
  const first = highlights[0]?.start ?? 0;
  let from = Math.max(0, first - BEFORE);
  if (from > 0) {
    const space = text.slice(from, first).search(/\s/);
    if (space >= 0) from += space + 1;
    else if (/[\uDC00-\uDFFF]/.test(text[from])) from += 1;
  }
  let to = Math.min(text.length, from + LENGTH);
  if (to < text.length) {
    const last = text.slice(from, to).search(/\s\S*$/);
    if (last > LENGTH / 2) to = from + last;
    else if (/[\uD800-\uDBFF]/.test(text[to - 1])) to -= 1;
  }
  const parts = /** @type {{text: string, mark: boolean}[]} */ ([]);
  const add = (a, b, mark) => { if (b > a) parts.push({ text: text.slice(a, b), mark }); };
  let at = from;
  for (const { start, length } of highlights) {
    if (start >= to || start + length <= from) continue;
    add(at, Math.max(at, start), false);
    add(Math.max(at, start), Math.min(to, start + length), true);
    at = Math.min(to, start + length);
  }
  add(at, to, false);
  if (from > 0) parts.unshift({ text: '… ', mark: false });
  if (to < text.length) parts.push({ text: ' …', mark: false });
  return parts;
}
