// Durable events onto state. Pure: which event may be applied, and what it changes. Applying one twice changes nothing.

import { normalMessage, normalRoom, normalUser } from './normal.js';
import { addLive, dropUpTo, keepOwnReactions, react, tombstone } from '../messaging/log.js';
import { mentionsMe } from '../messaging/mentions.js';
import { addReply, changeEverywhere, expireThreads, uncountReply, withoutThreads } from '../messaging/threads.js';

/** @typedef {import('./types.js').State} State */

/**
 * @param {number} cursor the last entry applied @param {any} event
 * @returns {'apply' | 'skip' | 'gap'}
 */
export function judge(cursor, event) {
  const upTo = event.type === 'log.trimmed' ? event.toSeq : event.seq;
  if (upTo <= cursor) return 'skip';
  return event.seq <= cursor + 1 ? 'apply' : 'gap';
}

/** The cursor after an event. */
export const reached = event => (event.type === 'log.trimmed' ? event.toSeq : event.seq);

/** @param {State} state @param {string} roomId @param {(room: any) => any} change @returns {State} */
export function withRoom(state, roomId, change) {
  const room = state.rooms[roomId];
  return room ? { ...state, rooms: { ...state.rooms, [roomId]: change(room) } } : state;
}

function withLog(state, roomId, change) {
  const log = state.logs[roomId];
  if (!log) return state;
  const next = change(log);
  return next === log ? state : { ...state, logs: { ...state.logs, [roomId]: next } };
}

const MESSAGE_EVENTS = {
  'message.edited': (message, event, me) => keepOwnReactions(message, normalMessage({ ...event.message }, event.seq), me),
  'message.deleted': (message, event) => tombstone(message, event.seq),
  'message.pinned': (message, event) => ({ ...message, pinned: true, asOf: event.seq }),
  'message.unpinned': (message, event) => ({ ...message, pinned: false, asOf: event.seq }),
  'reaction.added': (message, event, me) => react(message, event.emoji, event.by, true, event.seq, me),
  'reaction.removed': (message, event, me) => react(message, event.emoji, event.by, false, event.seq, me),
};

/**
 * What an event does to the messages in memory. Separate from the rest, because a page that was asked for before the
 * event and arrives after it gets the event once more.
 * @param {State} state @param {any} event @returns {State}
 */
export function applyToLog(state, event) {
  if (event.type === 'message.created') {
    const message = normalMessage(event.message, event.seq);
    if (message.threadId) return addReply(state, message, event.seq);
    return withLog(state, event.roomId, log => (log.items.some(one => one.id === message.id) ? log : addLive(log, message)));
  }
  if (event.type === 'messages.expired') return expireThreads(withLog(state, event.roomId, log => dropUpTo(log, event.upToSeq)), event.roomId, event.upToSeq);
  const change = MESSAGE_EVENTS[event.type];
  if (!change) return state;
  const id = event.messageId ?? event.message?.id;
  const counted = event.type === 'message.deleted' ? uncountReply(state, event) : state;
  return changeEverywhere(counted, event.roomId, id, message => {
    if (message.asOf >= event.seq) return message;
    const changed = change(message, event, state.me?.id);
    return message.isDeleted && event.type === 'message.edited' ? message : changed;
  });
}

function created(state, event) {
  const message = normalMessage(event.message, event.seq);
  const mine = message.senderId === state.me?.id;
  const next = withRoom(state, event.roomId, room => {
    const counts = !mine && !message.threadId && !message.isDeleted && event.seq > room.lastReadSeq;
    const mentioned = counts && mentionsMe(message, state.me?.id);
    return { ...room, lastMessage: message.threadId ? room.lastMessage : message, unreadCount: room.unreadCount + (counts ? 1 : 0), mentionCount: room.mentionCount + (mentioned ? 1 : 0) };
  });
  const typing = next.typing[event.roomId];
  if (!typing?.[message.senderId]) return next;
  const { [message.senderId]: _, ...others } = typing;
  return { ...next, typing: { ...next.typing, [event.roomId]: others } };
}

function membership(state, event) {
  const left = event.type === 'member.left';
  const members = state.members[event.roomId];
  let next = state;
  if (event.type !== 'member.role') next = withRoom(next, event.roomId, room => ({ ...room, memberCount: Math.max(0, room.memberCount + (left ? -1 : 1)) }));
  if (event.userId === state.me?.id && event.role && !left) next = withRoom(next, event.roomId, room => ({ ...room, role: event.role }));
  if (!members) return next;
  const known = members.find(one => one.user.id === event.userId);
  let changed = members;
  if (left) changed = members.filter(one => one !== known);
  else if (known) changed = members.map(one => (one === known ? { ...one, role: event.role ?? one.role } : one));
  else {
    const user = state.users[event.userId] ?? normalUser({ id: event.userId, username: '', displayName: '…' });
    changed = [...members, { user, role: event.role ?? 'member', joinedAt: event.at }];
  }
  return { ...next, members: { ...next.members, [event.roomId]: changed } };
}

const ROOM_EVENTS = {
  'message.created': created,
  'member.joined': membership,
  'member.left': membership,
  'member.role': membership,
  'room.updated': (state, event) => withRoom(state, event.roomId, room => {
    const { id, role, lastReadSeq, unreadCount, mentionCount, unsure, muted, lastMessage, atSeq, peer, memberCount } = room;
    return { ...normalRoom({ type: room.type, createdAt: room.createdAt, createdBy: room.createdBy, ...event.room }), id, role, lastReadSeq, unreadCount, mentionCount, unsure, muted, lastMessage, atSeq, peer, memberCount };
  }),
};

/**
 * What is unread, counted anew from the messages in memory, where they reach back to what was read. Elsewhere the counts stay
 * as they are, marked as unsure: the server is asked (see Applier).
 * @param {State} state @returns {State}
 */
function recounted(state, roomId) {
  const log = state.logs[roomId];
  return withRoom(state, roomId, room => {
    const whole = log && !log.hasAfter && (!log.hasBefore || (log.items[0]?.seq ?? Infinity) <= room.lastReadSeq + 1);
    if (!whole) return { ...room, unsure: true };
    const unread = log.items.filter(one => one.seq > room.lastReadSeq && one.seq <= room.atSeq && one.senderId !== state.me?.id && !one.isDeleted);
    return { ...room, unreadCount: unread.length, mentionCount: unread.filter(one => mentionsMe(one, state.me?.id)).length, unsure: false };
  });
}

/** Whether an event may change how many messages are unread, or name somebody in them, other than by one more. */
function uncounts(room, event) {
  if (!room || (room.unreadCount === 0 && !room.unsure)) return false;
  if (event.type === 'messages.expired') return event.upToSeq > room.lastReadSeq;
  return event.type === 'message.deleted' || (event.type === 'message.edited' && !event.message.threadId && (event.message.seq ?? 0) > room.lastReadSeq);
}

/** The last message of a room is changed with it, so that nothing of a deleted one is kept. */
function withLast(room, event) {
  const change = MESSAGE_EVENTS[event.type];
  if (!change || !room.lastMessage || room.lastMessage.id !== (event.messageId ?? event.message?.id)) return room;
  return { ...room, lastMessage: change(room.lastMessage, event) };
}

/** Everything a durable room event changes; the caller has judged that its turn has come. @param {State} state @returns {State} */
export function applyRoomEvent(state, event) {
  let next = ROOM_EVENTS[event.type]?.(state, event) ?? state;
  next = applyToLog(next, event);
  const upTo = reached(event);
  next = withRoom(next, event.roomId, room => ({ ...withLast(room, event), atSeq: upTo, lastSeq: Math.max(room.lastSeq, upTo) }));
  return uncounts(next.rooms[event.roomId], event) ? recounted(next, event.roomId) : next;
}

/** Own reading, here or on another device. @param {State} state @returns {State} */
export function applyRead(state, roomId, seq) {
  const room = state.rooms[roomId];
  if (!room || seq <= room.lastReadSeq) return state;
  const all = (room.lastMessage?.seq ?? 0) <= seq;
  const next = withRoom(state, roomId, one => ({ ...one, lastReadSeq: seq, ...(all ? { unreadCount: 0, mentionCount: 0, unsure: false } : {}) }));
  return all || (room.unreadCount === 0 && !room.unsure) ? next : recounted(next, roomId);
}

/** Takes everything of a room out of memory. @param {State} state @returns {State} */
export function withoutRoom(state, roomId) {
  const drop = record => Object.fromEntries(Object.entries(record).filter(([id]) => id !== roomId));
  return { ...withoutThreads(state, roomId), rooms: drop(state.rooms), logs: drop(state.logs), members: drop(state.members), receipts: drop(state.receipts), typing: drop(state.typing) };
}

/** @param {State} state @returns {State} */
export function withUser(state, raw) {
  const user = normalUser(raw);
  const next = { ...state, users: { ...state.users, [user.id]: { ...state.users[user.id], ...user } } };
  if (state.me?.id === user.id) next.me = { ...state.me, ...user };
  for (const room of Object.values(state.rooms)) {
    if (room.peer?.id === user.id) next.rooms = { ...next.rooms, [room.id]: { ...room, peer: user } };
  }
  return next;
}

/** Ephemeral events: the last word counts, nothing is repaired. @param {State} state @returns {State} */
export function applyEphemeral(state, event, now = Date.now()) {
  if (event.type === 'typing') {
    const room = { ...state.typing[event.roomId] };
    if (event.on) room[event.userId] = now + 6000;
    else delete room[event.userId];
    return { ...state, typing: { ...state.typing, [event.roomId]: room } };
  }
  if (event.type === 'receipt') {
    const room = state.receipts[event.roomId] ?? {};
    if ((room[event.userId] ?? 0) >= event.seq) return state;
    return { ...state, receipts: { ...state.receipts, [event.roomId]: { ...room, [event.userId]: event.seq } } };
  }
  if (event.type === 'presence') return { ...state, presence: { ...state.presence, [event.userId]: { status: event.status, lastSeenAt: event.lastSeenAt } } };
  return state;
}
