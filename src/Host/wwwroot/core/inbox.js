// What a person was notified of, as state. Pure: events onto it, each applied once or twice alike.

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Notification} Notification */

/** @returns {Notification} */
export function normalNotification(raw) {
  return {
    id: raw.id, kind: raw.kind, roomId: raw.roomId ?? null, messageId: raw.messageId ?? null, transferId: raw.transferId ?? null, actorId: raw.actorId ?? null, seq: raw.seq ?? 0,
    threadId: raw.threadId ?? null, text: raw.text ?? '', readAt: raw.readAt ?? null, createdAt: raw.createdAt,
  };
}

/** @param {State} state @param {(one: Notification) => boolean} which @param {string} at @returns {State} */
export function markRead(state, which, at) {
  let n = 0;
  const items = state.inbox.items.map(one => {
    if (one.readAt || !which(one)) return one;
    n += 1;
    return { ...one, readAt: at };
  });
  return n ? { ...state, inbox: { ...state.inbox, items, unreadCount: Math.max(0, state.inbox.unreadCount - n) } } : state;
}

function added(state, event) {
  const one = normalNotification(event.notification ?? {});
  if (!one.id || state.inbox.items.some(known => known.id === one.id)) return state;
  return { ...state, inbox: { ...state.inbox, items: [one, ...state.inbox.items], unreadCount: state.inbox.unreadCount + (one.readAt ? 0 : 1) } };
}

/** @param {State} state @param {(one: Notification) => boolean} which @returns {State} */
function without(state, which) {
  const items = state.inbox.items.filter(one => !which(one));
  const gone = state.inbox.items.filter(one => which(one) && !one.readAt).length;
  return items.length === state.inbox.items.length ? state : { ...state, inbox: { ...state.inbox, items, unreadCount: Math.max(0, state.inbox.unreadCount - gone) } };
}

/** What happens to a message happens to what one was told of it: nothing of a deleted one stays. @param {State} state @param {any} event of a room's log @returns {State} */
export function inboxAfter(state, event) {
  if (event.type === 'message.deleted') return without(state, one => one.messageId === event.messageId);
  if (event.type === 'messages.expired') return without(state, one => one.roomId === event.roomId && one.seq > 0 && one.seq <= event.upToSeq);
  if (event.type !== 'message.edited' || !state.inbox.items.some(one => one.messageId === event.message.id)) return state;
  return { ...state, inbox: { ...state.inbox, items: state.inbox.items.map(one => (one.messageId === event.message.id ? { ...one, text: (event.message.text ?? '').slice(0, 200) } : one)) } };
}

const EVENTS = {
  notification: added,
  'notifications.read': (state, event) => {
    if (!event.all) return markRead(state, one => (event.ids ?? []).includes(one.id), event.at);
    const next = markRead(state, one => !event.upTo || one.id <= event.upTo, event.at);
    const later = next.inbox.items.filter(one => !one.readAt).length;
    return { ...next, inbox: { ...next.inbox, unreadCount: later } };
  },
  'room.read': (state, event) => markRead(state, one => one.roomId === event.roomId && !one.threadId && one.seq > 0 && one.seq <= (event.seq ?? 0), event.at),
  'room.removed': (state, event) => without(state, one => one.roomId === event.roomId),
  'transfer.received': (state, event) => ({ ...state, lastTransfer: event.transfer ?? null }),
  preferences: (state, event) => ({ ...state, preferences: event.preferences ?? state.preferences }),
};

/** @param {State} state @param {any} event of the person's own log @returns {State} */
export const applyToInbox = (state, event) => EVENTS[event.type]?.(state, event) ?? state;

/** Whether a thread holds something that the person was notified of and has not seen. @param {State} state @param {string} rootId */
export const isUnreadThread = (state, rootId) => state.inbox.items.some(one => !one.readAt && one.threadId === rootId);

/** A page from the server: the first replaces what is known, a later one goes below. @param {State} state @returns {State} */
export function withPage(state, page, more) {
  // What was read while the page was on its way stays read.
  const read = new Map(state.inbox.items.map(one => [one.id, one.readAt]));
  let late = 0;
  const items = (page.items ?? []).map(normalNotification).map(one => {
    const readAt = one.readAt ?? read.get(one.id) ?? null;
    if (readAt && !one.readAt) late += 1;
    return { ...one, readAt };
  });
  const known = new Set(items.map(one => one.id));
  // What came while the page was on its way is newer than all of it: ids are in the order of time.
  const newer = more || !items.length ? [] : state.inbox.items.filter(one => one.id > items[0].id);
  const all = more ? [...state.inbox.items.filter(one => !known.has(one.id)), ...items] : [...newer, ...items];
  const unreadCount = Math.max(0, (page.unreadCount ?? state.inbox.unreadCount) - late) + newer.filter(one => !one.readAt).length;
  return { ...state, inbox: { items: all, nextCursor: page.nextCursor ?? null, unreadCount, loaded: true } };
}
