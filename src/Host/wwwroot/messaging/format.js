// Markdown around a selection, as plain functions of text and selection; each is its own undoing.

/** @typedef {{text: string, start: number, end: number}} Edit */

const MARKS = { bold: '**', italic: '*', strike: '~~', code: '`' };

/** @param {string} text @param {number} start @param {number} end @param {string} mark @returns {Edit} */
function around(text, start, end, mark) {
  // The spaces at the edges stay outside: "** bold **" is not bold.
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  const n = mark.length;
  const outside = text.slice(start - n, start) === mark && text.slice(end, end + n) === mark && !(mark === '*' && text.slice(start - 2, start) === '**' && text.slice(start - 3, start) !== '***');
  if (outside) return { text: text.slice(0, start - n) + text.slice(start, end) + text.slice(end + n), start: start - n, end: end - n };
  const inside = text.slice(start, end);
  if (inside.length > 2 * n && inside.startsWith(mark) && inside.endsWith(mark) && !(mark === '*' && inside.startsWith('**') && !inside.startsWith('***'))) {
    return { text: text.slice(0, start) + inside.slice(n, -n) + text.slice(end), start, end: end - 2 * n };
  }
  return { text: text.slice(0, start) + mark + inside + mark + text.slice(end), start: start + n, end: end + n };
}

/** @param {string} text @param {number} start @param {number} end @param {(line: string, i: number) => string} change of each line @returns {Edit} */
function lines(text, start, end, change) {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', Math.max(start, end - 1));
  const to = next < 0 ? text.length : next;
  const changed = text.slice(from, to).split('\n').map(change).join('\n');
  return { text: text.slice(0, from) + changed + text.slice(to), start: from, end: from + changed.length };
}

function prefixed(text, start, end, has, prefix) {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const all = text.slice(from, end).split('\n').every(line => has.test(line));
  return lines(text, start, end, (line, i) => (all ? line.replace(has, '') : prefix(i) + line));
}

/** @param {'bold' | 'italic' | 'strike' | 'code' | 'link' | 'quote' | 'list' | 'block'} kind @param {string} text @param {number} start @param {number} end @returns {Edit} */
export function format(kind, text, start, end) {
  if (kind in MARKS && !(kind === 'code' && text.slice(start, end).includes('\n'))) return around(text, start, end, MARKS[kind]);
  if (kind === 'quote') return prefixed(text, start, end, /^> ?/, () => '> ');
  if (kind === 'list') return prefixed(text, start, end, /^[-*] /, () => '- ');
  if (kind === 'link') {
    const chosen = text.slice(start, end);
    const made = `[${chosen}](https://)`;
    return { text: text.slice(0, start) + made + text.slice(end), start: start + chosen.length + 3, end: start + made.length - 1 };
  }
  const before = start > 0 && text[start - 1] !== '\n' ? '\n' : '';
  const after = end < text.length && text[end] !== '\n' ? '\n' : '';
  const made = `${before}\`\`\`\n${text.slice(start, end)}\n\`\`\`${after}`;
  return { text: text.slice(0, start) + made + text.slice(end), start: start + before.length + 4, end: start + before.length + 4 + (end - start) };
}

/** An address pasted over words makes them a link. @param {string} pasted @param {string} chosen */
export function pastedLink(pasted, chosen) {
  return /^https?:\/\/\S+$/.test(pasted) && chosen.trim() !== '' && !/[\n[\]]/.test(chosen) && !/^https?:\/\//.test(chosen) ? `[${chosen}](${pasted.replaceAll('(', '%28').replaceAll(')', '%29')})` : null;
}
