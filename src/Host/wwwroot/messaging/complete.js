// What is being completed in the composer, and with what.

import { findEmoji } from './emoji-data.js';

/**
 * The "@an" or ":smi" that ends at the caret; it must stand at the start or after a space or a bracket.
 * @param {string} text @param {number} caret
 * @returns {{kind: '@' | ':', query: string, start: number} | null}
 */
export function tokenAt(text, caret) {
  const found = /(?:^|[\s(])([@:])([\p{L}\p{N}._+-]*)$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const kind = /** @type {'@' | ':'} */ (found[1]);
  const query = found[2];
  if (kind === ':' && query.length < 2) return null;
  return { kind, query, start: caret - query.length - 1 };
}

/**
 * @param {{kind: '@' | ':', query: string}} token @param {any[]} users
 * @returns {{key: string, insert: string, label: string, note: string, user?: any, emoji?: string}[]}
 */
export function offers(token, users, most = 8) {
  if (token.kind === ':') return findEmoji(token.query, most).map(one => ({ key: one.name, insert: one.emoji, label: `:${one.name}:`, note: '', emoji: one.emoji }));
  const wanted = token.query.toLocaleLowerCase();
  const score = user => {
    if (user.username.toLowerCase().startsWith(wanted)) return 0;
    const words = user.displayName.toLocaleLowerCase().split(/\s+/);
    return words.some(word => word.startsWith(wanted)) ? 1 : null;
  };
  return users.map(user => ({ user, score: score(user) })).filter(one => one.score !== null)
    .sort((a, b) => Number(a.score) - Number(b.score) || a.user.displayName.localeCompare(b.user.displayName)).slice(0, most)
    .map(({ user }) => ({ key: user.id, insert: `@${user.username}`, label: user.displayName, note: `@${user.username}`, user }));
}

/** @returns {{text: string, caret: number}} with the token replaced */
export function accept(text, caret, token, insert) {
  const after = text.slice(caret);
  const space = after.startsWith(' ') ? '' : ' ';
  return { text: text.slice(0, token.start) + insert + space + after, caret: token.start + insert.length + 1 };
}
