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

/** @param {Message} message @returns {Message} */
export function react(message, emoji, userId, on, asOf) {
  const known = message.reactions.find(one => one.emoji === emoji);
  const has = known?.userIds.includes(userId) ?? false;
  if (has === on) return { ...message, asOf };
  let reactions;
  if (!known) reactions = [...message.reactions, { emoji, count: 1, userIds: [userId] }];
  else {
    const userIds = on ? [...known.userIds, userId].slice(0, 20) : known.userIds.filter(one => one !== userId);
    const count = known.count + (on ? 1 : -1);
    reactions = count > 0 ? message.reactions.map(one => (one === known ? { emoji, count, userIds } : one)) : message.reactions.filter(one => one !== known);
  }
  return { ...message, reactions, asOf };
}

/** Retention removed everything up to `upToSeq`. */
export function dropUpTo(log, upToSeq) {
  const items = log.items.filter(one => one.seq > upToSeq);
  return items.length === log.items.length ? log : { ...log, items, hasBefore: false };
}
