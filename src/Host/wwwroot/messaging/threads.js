// Threads as state: what is open in memory, and the count of replies under a message in the room. All functions are pure.

import { changeMessage, merge } from './log.js';

/** @typedef {import('../core/types.js').State} State */
/** @typedef {import('../core/types.js').Message} Message */

/** Faces under a message. */
const FACES = 3;

/** @param {Message} root @param {Message} reply @param {number} seq of the entry that brought the reply @returns {Message} */
export function countReply(root, reply, seq) {
  if (root.asOf >= seq) return root;
  return {
    ...root, replyCount: root.replyCount + 1, lastReplyAt: reply.createdAt, asOf: seq,
    replierIds: [reply.senderId, ...root.replierIds.filter(id => id !== reply.senderId)].slice(0, FACES),
  };
}

function withThread(state, rootId, change) {
  const thread = state.threads[rootId];
  if (!thread) return state;
  const next = change(thread);
  return next === thread ? state : { ...state, threads: { ...state.threads, [rootId]: next } };
}

function changeInLog(state, roomId, id, change) {
  const log = state.logs[roomId];
  const next = log && changeMessage(log, id, change);
  return !next || next === log ? state : { ...state, logs: { ...state.logs, [roomId]: next } };
}

function changeInThread(thread, id, change) {
  if (thread.root.id === id) {
    const root = change(thread.root);
    return root === thread.root ? thread : { ...thread, root };
  }
  return changeMessage(thread, id, change);
}

/**
 * One message wherever it is held: in the room, as a thread's root, among its replies.
 * @param {State} state @param {string} roomId @param {string} id @param {(message: Message) => Message} change @returns {State}
 */
export function changeEverywhere(state, roomId, id, change) {
  let next = changeInLog(state, roomId, id, change);
  for (const [rootId, thread] of Object.entries(state.threads)) {
    if (thread.root.roomId === roomId) next = withThread(next, rootId, one => changeInThread(one, id, change));
  }
  return next;
}

/** @param {State} state @param {string} roomId @param {string} id @returns {Message | undefined} */
export function findMessage(state, roomId, id) {
  const held = state.logs[roomId]?.items.find(one => one.id === id);
  if (held) return held;
  for (const thread of Object.values(state.threads)) {
    const found = thread.root.id === id ? thread.root : thread.items.find(one => one.id === id);
    if (found) return found;
  }
  return undefined;
}

/** A reply has come: into its thread, and onto the count of what it answers. @param {State} state @param {Message} reply @param {number} seq @returns {State} */
export function addReply(state, reply, seq) {
  const rootId = reply.threadId ?? '';
  const next = changeEverywhere(state, reply.roomId, rootId, root => countReply(root, reply, seq));
  return withThread(next, rootId, thread => (thread.items.some(one => one.id === reply.id) ? thread : { ...thread, items: merge(thread.items, [reply]) }));
}

/** A reply that is gone counts no more, also where its thread is not in memory. @param {State} state @param {{roomId: string, messageId: string, threadId?: string, seq: number}} event @returns {State} */
export function uncountReply(state, { roomId, messageId, threadId, seq }) {
  const reply = findMessage(state, roomId, messageId);
  const rootId = reply?.threadId ?? threadId;
  if (!rootId || reply?.isDeleted) return state;
  const thread = state.threads[rootId];
  const last = thread?.items.findLast(one => one.id !== messageId && !one.isDeleted);
  return changeEverywhere(state, roomId, rootId, root => {
    if (root.asOf >= seq) return root;
    const replyCount = Math.max(0, root.replyCount - 1);
    return { ...root, replyCount, lastReplyAt: replyCount === 0 ? null : thread ? last?.createdAt ?? null : root.lastReplyAt, asOf: seq };
  });
}

/** Retention drops replies like everything else. @param {State} state @returns {State} */
export function expireThreads(state, roomId, upToSeq) {
  const kept = {};
  for (const [id, thread] of Object.entries(state.threads)) {
    if (thread.root.roomId !== roomId) kept[id] = thread;
    else if (thread.root.seq > upToSeq) kept[id] = { ...thread, items: thread.items.filter(one => one.seq > upToSeq) };
  }
  return { ...state, threads: kept };
}

/** What is known of a room's threads cannot be followed any more. @param {State} state @returns {State} */
export function withoutThreads(state, roomId) {
  return { ...state, threads: Object.fromEntries(Object.entries(state.threads).filter(([, thread]) => thread.root.roomId !== roomId)) };
}

