// The window of a room's messages that is in memory: one unbroken stretch, ascending, at most MOST long. All functions
// are pure: they take a log and answer a new one.

/** @typedef {import('../core/types.js').Log} Log */
/** @typedef {import('../core/types.js').Message} Message */

export const MOST = 600;

/** Two ascending lists as one, without doubles; of two copies the one that is true later wins. */
export function merge(a, b) {
  const byId = new Map();
  for (const one of [...a, ...b]) {
    const known = byId.get(one.id);
    if (!known || one.asOf >= known.asOf) byId.set(one.id, one);
  }
  return [...byId.values()].sort((x, y) => x.seq - y.seq);
}

/** @param {Log} log @param {Log} page answered to `before=` @returns {Log} */
export function addBefore(log, page) {
  const items = merge(page.items, log.items);
  const cut = items.length > MOST;
  return { ...log, items: cut ? items.slice(0, MOST) : items, hasBefore: page.hasBefore, hasAfter: log.hasAfter || cut };
}

/** @param {Log} log @param {Log} page answered to `after=` @returns {Log} */
export function addAfter(log, page) {
  const items = merge(log.items, page.items);
  const cut = items.length > MOST;
  return { ...log, items: cut ? items.slice(-MOST) : items, hasAfter: page.hasAfter, hasBefore: log.hasBefore || cut };
}

/**
 * A new message at the end. A window that does not reach the end leaves it out and finds it when it is scrolled there; one
 * in which somebody reads further up ends before it once it is full, so that what they read is not dropped.
 * @param {Log} log @param {Message} message @returns {Log}
 */
export function addLive(log, message) {
  if (log.hasAfter || message.threadId) return log;
  const items = merge(log.items, [message]);
  if (items.length <= MOST * 2) return { ...log, items };
  return log.held ? { ...log, hasAfter: true } : { ...log, items: items.slice(-MOST), hasBefore: true };
}

/** @param {Log} log @param {string} id @param {(message: Message) => Message} change @returns {Log} */
export function changeMessage(log, id, change) {
  const at = log.items.findIndex(one => one.id === id);
  if (at < 0) return log;
  const next = change(log.items[at]);
  if (next === log.items[at]) return log;
  return { ...log, items: log.items.with(at, next) };
}

/** @param {Message} message @param {number} asOf @returns {Message} */
export function tombstone(message, asOf) {
  return { ...message, text: '', html: null, attachments: [], reactions: [], mentions: [], replyTo: null, isDeleted: true, isEdited: false, pinned: false, asOf };
}

/** Of so many people a reaction tells who they are. Oneself is always among them: it says what a click does. */
const LISTED = 20;
const firstOf = (userId, userIds) => [userId, ...userIds.slice(0, LISTED - 1)];

/** @param {Message} message @param {string | undefined} me @returns {Message} */
export function react(message, emoji, userId, on, asOf, me) {
  const known = message.reactions.find(one => one.emoji === emoji);
  const has = known?.userIds.includes(userId) ?? false;
  // Who is not listed may have reacted all the same, as long as more did than are listed.
  const unlisted = known !== undefined && known.count > known.userIds.length;
  if (on ? has : !has && (!unlisted || userId === me)) return { ...message, asOf };
  let reactions;
  if (!known) reactions = [...message.reactions, { emoji, count: 1, userIds: [userId] }];
  else {
    const full = userId === me ? firstOf(userId, known.userIds) : known.userIds;
    const userIds = !on ? known.userIds.filter(one => one !== userId) : known.userIds.length < LISTED && !unlisted ? [...known.userIds, userId] : full;
    const count = known.count + (on ? 1 : -1);
    reactions = count > 0 ? message.reactions.map(one => (one === known ? { emoji, count, userIds } : one)) : message.reactions.filter(one => one !== known);
  }
  return { ...message, reactions, asOf };
}

/** A frame is the same for everybody, so it cannot put its reader among the first: what was known of oneself stays. @param {Message} known @param {Message} told @param {string | undefined} me @returns {Message} */
export function keepOwnReactions(known, told, me) {
  const my = me ?? '';
  const mine = new Set(known.reactions.filter(one => one.userIds.includes(my)).map(one => one.emoji));
  const lost = one => mine.has(one.emoji) && one.count > one.userIds.length && !one.userIds.includes(my);
  return told.reactions.some(lost) ? { ...told, reactions: told.reactions.map(one => (lost(one) ? { ...one, userIds: firstOf(my, one.userIds) } : one)) } : told;
}

/** Retention removed everything up to `upToSeq`. */
export function dropUpTo(log, upToSeq) {
  const items = log.items.filter(one => one.seq > upToSeq);
  return items.length === log.items.length ? log : { ...log, items, hasBefore: false };
}
