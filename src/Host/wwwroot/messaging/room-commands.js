// Commands that a room's owners have connected with a program of theirs.

import { get, post } from '../core/api.js';
import { newId } from '../core/id.js';

const FRESH_MS = 60_000;
/** @type {Map<string, {at: number, items: any[]}>} */
const known = new Map();

export const forgetCommands = roomId => known.delete(roomId);

/** What is known of them now; asked anew beside it when that is old. @param {string} roomId @param {() => void} [came] @returns {any[]} */
export function roomCommands(roomId, came = () => {}) {
  const now = known.get(roomId);
  if (!now || Date.now() - now.at > FRESH_MS) loadCommands(roomId).then(came, error => console.warn('the room\'s commands are not known', error.code));
  return now?.items ?? [];
}

/** @param {string} roomId @returns {Promise<any[]>} */
async function loadCommands(roomId) {
  const now = known.get(roomId);
  // Asked once, however fast somebody types.
  known.set(roomId, { at: Date.now(), items: now?.items ?? [] });
  try {
    const { items } = await get(`/rooms/${roomId}/commands`);
    known.set(roomId, { at: Date.now(), items });
    return items;
  } catch (error) {
    known.delete(roomId);
    throw error;
  }
}

/** A command that is tried again after its answer was lost is the same run. @type {Map<string, {text: string, id: string}>} */
const runs = new Map();

/**
 * The room's command that a text is, or null. What it answers to its sender alone comes as a view that `close` takes away.
 * @param {string} roomId @param {string} text @returns {Promise<((close: () => void) => Promise<any>) | null>}
 */
export async function roomCommandIn(roomId, text) {
  const found = /^\/([a-z][a-z0-9_-]*)(?:\s+([^]*))?$/.exec(text.trim());
  if (!found) return null;
  const now = known.get(roomId);
  const items = now?.items.length ? now.items : await loadCommands(roomId).catch(() => []);
  if (!items.some(one => one.name === found[1])) return null;
  return async close => {
    const before = runs.get(roomId);
    const run = before && before.text === text ? before : { text, id: newId() };
    runs.set(roomId, run);
    const answer = await post(`/rooms/${roomId}/commands/run`, { name: found[1], text: (found[2] ?? '').trim(), clientId: run.id });
    runs.delete(roomId);
    return answer.text ? (await import('./command-answer.js')).answered(answer, close) : null;
  };
}
