// Emoji to look up: by name and keyword in English, and in the person's language where there are words for it.

import table from './emoji-table.js';

/** @typedef {{group: string, emoji: string, name: string, words: string[]}} Emoji */

/** @type {Emoji[]} */
export const EMOJI = Object.entries(table).flatMap(([group, text]) => text.split('\n').map(line => {
  const [emoji, name, ...words] = line.split(' ');
  return { group, emoji, name, words };
}));

export const GROUP_KEYS = Object.keys(table);

/** The first of a language's words is what an emoji is called in it. @type {Map<string, string[]>} */
const local = new Map();
const OTHERS = { de: () => import('./emoji-words-de.js') };
let loaded = 'en';

/** @param {string} language */
export async function speakEmoji(language) {
  if (language === loaded) return;
  local.clear();
  loaded = language;
  const words = language in OTHERS ? (await OTHERS[language]()).default.split('\n') : [];
  words.forEach((line, i) => { if (line) local.set(EMOJI[i].emoji, line.split(' ')); });
}

/** What an emoji is called. @param {string} emoji */
export const emojiName = emoji => (local.get(emoji)?.[0] ?? EMOJI.find(one => one.emoji === emoji)?.name ?? emoji).replaceAll('_', ' ');

/** How well one answers: its name, then its words, first where they begin so. */
function rank(one, wanted) {
  if (one.name === wanted) return 0;
  const others = local.get(one.emoji) ?? [];
  if (one.name.startsWith(wanted) || others[0]?.startsWith(wanted)) return 1;
  if (one.words.some(word => word.startsWith(wanted)) || others.some(word => word.startsWith(wanted))) return 2;
  if (one.name.includes(wanted) || others[0]?.includes(wanted)) return 3;
  return null;
}

/** @param {string} text @returns {Emoji[]} the best first */
export function findEmoji(text, most = 200) {
  const wanted = text.toLowerCase().replace(/[\s-]/g, '_');
  return EMOJI.map((one, i) => ({ one, i, rank: rank(one, wanted) })).filter(found => found.rank !== null)
    .sort((a, b) => Number(a.rank) - Number(b.rank) || a.i - b.i).slice(0, most).map(found => found.one);
}
