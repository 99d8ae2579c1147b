// What is being completed in the composer, and with what.

/** @typedef {'@' | '#' | ':' | '/'} Kind */
/** @typedef {{kind: Kind, query: string, start: number}} Token */
/** @typedef {{key: string, insert: string, label: string, note: string, user?: any, emoji?: string, icon?: string}} Offer */

/**
 * The "@an", "#gen", ":smi" or "/to" that ends at the caret. The first three stand at the start or after a space or a bracket,
 * a command at the start of the text alone.
 * @param {string} text @param {number} caret @returns {Token | null}
 */
export function tokenAt(text, caret) {
  const before = text.slice(0, caret);
  const command = /^\/([\p{L}\p{N}_-]*)$/u.exec(before);
  if (command) return { kind: '/', query: command[1], start: 0 };
  const found = /(?:^|[\s(])([@#:])([\p{L}\p{N}._+-]*)$/u.exec(before);
  if (!found) return null;
  const kind = /** @type {Kind} */ (found[1]);
  const query = found[2];
  if (kind === ':' && query.length < 2) return null;
  return { kind, query, start: caret - query.length - 1 };
}

/** The start beats a word's start; null is no match. @param {string[]} names @param {string} wanted in lower case */
function score(names, wanted) {
  if (names.some(name => name.toLocaleLowerCase().startsWith(wanted))) return 0;
  return names.some(name => name.toLocaleLowerCase().split(/[\s._-]+/).some(word => word.startsWith(wanted))) ? 1 : null;
}

/** @param {any[]} list @param {(one: any) => [string[], string[]]} namesOf the first ones count more @param {string} query */
function best(list, namesOf, query, most) {
  const wanted = query.toLocaleLowerCase();
  const rank = one => {
    const [first, second] = namesOf(one);
    const a = score(first, wanted);
    if (a === 0) return 0;
    const b = score(second, wanted);
    return b !== null ? 1 + b : a === null ? null : 2;
  };
  return list.map(one => ({ one, rank: rank(one) })).filter(found => found.rank !== null)
    .sort((a, b) => Number(a.rank) - Number(b.rank) || namesOf(a.one)[0][0].localeCompare(namesOf(b.one)[0][0])).slice(0, most).map(found => found.one);
}

/** @param {{query: string}} token @param {any[]} users @param {{all?: string}} [more] `all`: the note of "@all", where it may be used @returns {Offer[]} */
export function people(token, users, { all } = {}, most = 8) {
  const found = best(users, user => [[user.username], [user.displayName]], token.query, most)
    .map(user => ({ key: user.id, insert: `@${user.username}`, label: user.displayName, note: `@${user.username}`, user }));
  if (all && 'all'.startsWith(token.query.toLowerCase())) found.splice(most - 1, 0, { key: 'all', insert: '@all', label: '@all', note: all, user: undefined });
  return found.slice(0, most);
}

/**
 * A name of one word is written as it is; another as a link, so that it says where it ends.
 * @param {{query: string}} token @param {any[]} rooms with a name @param {string} origin @returns {Offer[]}
 */
export function rooms(token, rooms, origin, most = 8) {
  const times = new Map();
  for (const room of rooms) times.set(room.name.toLowerCase(), (times.get(room.name.toLowerCase()) ?? 0) + 1);
  return best(rooms, room => [[room.name], []], token.query, most).map(room => {
    const plain = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(room.name) && !/[._-]$/.test(room.name) && times.get(room.name.toLowerCase()) === 1;
    return { key: room.id, insert: plain ? `#${room.name}` : `[#${room.name.replace(/[\\[\]]/g, '\\$&')}](${origin}/rooms/${room.id})`, label: room.name, note: room.topic ?? '', icon: room.type === 'private' ? 'lock' : 'hash' };
  });
}

/** @param {{query: string}} token @param {(text: string, most: number) => {emoji: string, name: string}[]} find @returns {Offer[]} */
export const emoji = (token, find, most = 8) => find(token.query, most).map(one => ({ key: one.name, insert: one.emoji, label: `:${one.name.replaceAll(' ', '_')}:`, note: '', emoji: one.emoji }));

/** @param {{query: string}} token @param {{name: string, hint: string, about: string}[]} commands @returns {Offer[]} */
export const commands = (token, commands) => commands.filter(one => one.name.startsWith(token.query.toLowerCase()))
  .map(one => ({ key: one.name, insert: `/${one.name}`, label: `/${one.name}${one.hint ? ` ${one.hint}` : ''}`, note: one.about, icon: 'command' }));

/** @returns {{text: string, from: number, to: number, caret: number}} what takes the token's place, and where the caret goes */
export function accept(text, caret, token, insert) {
  const space = text.slice(caret).startsWith(' ') ? '' : ' ';
  return { text: insert + space, from: token.start, to: caret, caret: token.start + insert.length + 1 };
}
