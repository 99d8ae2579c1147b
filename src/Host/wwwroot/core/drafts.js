// What was begun and not sent, per room and thread, on this device only.

import { pref, setPref } from './prefs.js';
import { store } from './store.js';

const keyOf = (roomId, threadId) => `draft:${store.get().me?.id}:${roomId}${threadId ? `:${threadId}` : ''}`;

/** @param {string} roomId @param {string} [threadId] @returns {string} */
export const draftOf = (roomId, threadId) => pref(keyOf(roomId, threadId), '');

/** @param {string} roomId @param {string | undefined} threadId @param {string} text */
export function keepDraft(roomId, threadId, text) {
  const had = draftOf(roomId, threadId) !== '';
  setPref(keyOf(roomId, threadId), text.trim() === '' ? null : text);
  if (had !== (text.trim() !== '')) dispatchEvent(new CustomEvent('chat:drafts'));
}
