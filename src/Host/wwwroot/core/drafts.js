// What was begun and not sent, per room and thread, on this device only.

import { pref, setPref } from './prefs.js';
import { store } from './store.js';

const keyOf = (roomId, threadId) => `draft:${store.get().me?.id}:${roomId}${threadId ? `:${threadId}` : ''}`;

const editKeyOf = (roomId, threadId) => `editing:${keyOf(roomId, threadId)}`;

/** A message that is being changed: as it was, and as far as it has come. @param {string} roomId @param {string} [threadId] @returns {{id: string, text: string, typed: string} | null} */
export const editOf = (roomId, threadId) => pref(editKeyOf(roomId, threadId));

/** @param {string} roomId @param {string | undefined} threadId @param {{id: string, text: string} | null} message null: none is changed any more @param {string} [typed] */
export const keepEdit = (roomId, threadId, message, typed = '') => setPref(editKeyOf(roomId, threadId), message && typed !== message.text ? { id: message.id, text: message.text, typed } : null);

/** What is left of a field once what was in it is done; who went on typing meanwhile keeps that. @param {string} now @param {string} done */
export const restOf = (now, done) => (now.trimStart().startsWith(done) ? now.trimStart().slice(done.length).trimStart() : now);

/** @param {string} roomId @param {string} [threadId] @returns {string} */
export const draftOf = (roomId, threadId) => pref(keyOf(roomId, threadId), '');

/** @param {string} roomId @param {string | undefined} threadId @param {string} text */
export function keepDraft(roomId, threadId, text) {
  const had = draftOf(roomId, threadId) !== '';
  setPref(keyOf(roomId, threadId), text.trim() === '' ? null : text);
  if (had !== (text.trim() !== '')) dispatchEvent(new CustomEvent('chat:drafts'));
}
