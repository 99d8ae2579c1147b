// Who is called by a message, and how names and rooms stand out in its text. No DOM here.

const ALL = new Set(['all', 'here', 'channel']);

/** @param {{mentions: string[], mentionsAll?: boolean, senderId: string}} message @param {string | undefined} me */
export const mentionsMe = (message, me) => Boolean(me) && (message.mentions.includes(/** @type {string} */ (me)) || (Boolean(message.mentionsAll) && message.senderId !== me));

/**
 * Cuts a text into plain parts, people and rooms. A name ends before a trailing dot, dash or underscore where only that exists.
 * @param {string} text
 * @param {{people: Map<string, string>, all: boolean, rooms: Map<string, string>}} known usernames and room names in lower case, to ids
 * @returns {(string | {kind: 'person' | 'all' | 'room', text: string, id: string})[]}
 */
export function cut(text, { people, all, rooms }) {
  const out = /** @type {any[]} */ ([]);
  let from = 0;
  const add = (at, part) => {
    if (at > from) out.push(text.slice(from, at));
    out.push(part);
    from = at + part.text.length;
  };
  for (const found of text.matchAll(/(?<![\p{L}\p{N}_/&@#])([@#])([\p{L}\p{N}][\p{L}\p{N}._-]*)/gu)) {
    let name = found[2].toLowerCase();
    const names = found[1] === '#' ? rooms : people;
    while (name && !names.has(name) && !(all && found[1] === '@' && ALL.has(name)) && /[._-]$/.test(name)) name = name.slice(0, -1);
    const id = names.get(name);
    if (found[1] === '#' && id) add(found.index, { kind: 'room', text: found[0].slice(0, name.length + 1), id });
    else if (found[1] === '@' && id) add(found.index, { kind: 'person', text: found[0].slice(0, name.length + 1), id });
    else if (found[1] === '@' && all && ALL.has(name)) add(found.index, { kind: 'all', text: found[0].slice(0, name.length + 1), id: '' });
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

const ONE = '\\p{Extended_Pictographic}(?:\\p{EMod}|\\uFE0F)?';
const ONLY_EMOJI = new RegExp(`^(?:(?:\\p{RI}\\p{RI}|[\\d#*]\\uFE0F?\\u20E3|${ONE}(?:\\u200D${ONE})*)\\s*){1,3}$`, 'u');

/** One to three emoji and nothing else are shown large. @param {string} text */
export const isOnlyEmoji = text => text.length <= 60 && ONLY_EMOJI.test(text);

/** "[ ] buy tea" and "[x] made it" at the start of a list's entry. @param {string} text */
export function taskOf(text) {
  const found = /^\s*\[([ xX])\]\s+/.exec(text);
  return found ? { done: found[1] !== ' ', length: found[0].length } : null;
}
