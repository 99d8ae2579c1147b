// From messages to rows: day by day, with groups of one author and the one divider for what is new.

import { dayKey } from '../core/time.js';

const GROUP_MS = 5 * 60_000;

/** @typedef {{kind: 'message', key: string, message: any, first: boolean} | {kind: 'new', key: string}} Row */
/** @typedef {{key: string, date: string, rows: Row[]}} Day */
/** @typedef {{kind: 'message' | 'new' | 'day' | 'beginning' | 'empty', key: string, day: string, message?: any, first?: boolean, date?: string}} Line a row of the timeline */

/** Does `message` go on with the group that `previous` is in? */
export function continues(previous, message) {
  return Boolean(previous) && previous.type !== 'system' && message.type !== 'system' && previous.senderId === message.senderId && !message.replyTo
    && dayKey(previous.createdAt) === dayKey(message.createdAt) && Date.parse(message.createdAt) - Date.parse(previous.createdAt) <= GROUP_MS;
}

/**
 * @param {any[]} messages ascending; unsent ones last
 * @param {{newAfter?: number | null, me?: string, whole?: boolean}} [options] `newAfter`: the last number that had been read on
 *   opening; `whole`: the messages begin with the room's first
 * @returns {Day[]}
 */
export function days(messages, { newAfter = null, me = '', whole = true } = {}) {
  /** @type {Day[]} */
  const out = [];
  let previous = null;
  // Where the messages begin behind the divider's place, it is not here.
  let divided = newAfter === null || (!whole && messages[0]?.seq > newAfter);
  for (const message of messages) {
    const key = dayKey(message.createdAt);
    if (out.at(-1)?.key !== key && !out.some(day => day.key === key)) out.push({ key, date: message.createdAt, rows: [] });
    const day = /** @type {Day} */ (out.at(-1));
    if (!divided && message.seq > /** @type {number} */ (newAfter) && message.senderId !== me) {
      divided = true;
      previous = null;
      day.rows.push({ kind: 'new', key: 'new' });
    }
    day.rows.push({ kind: 'message', key: message.clientId ? `${message.senderId}/${message.clientId}` : message.id, message, first: !continues(previous, message) });
    previous = message;
  }
  return out;
}

/**
 * The timeline from top to bottom, with everything that takes up height.
 * @param {any[]} messages @param {{newAfter?: number | null, me?: string, whole?: boolean}} [options] `whole`: they begin with the room's first
 * @returns {Line[]}
 */
export function lines(messages, { newAfter = null, me = '', whole = false } = {}) {
  /** @type {Line[]} */
  const out = [];
  if (whole && messages.length) out.push({ kind: 'beginning', key: 'beginning', day: '' });
  if (!messages.length) out.push({ kind: 'empty', key: 'empty', day: '' });
  for (const day of days(messages, { newAfter, me, whole })) {
    out.push({ kind: 'day', key: `day ${day.key}`, day: day.key, date: day.date });
    for (const row of day.rows) out.push({ ...row, day: day.key });
  }
  return out;
}
