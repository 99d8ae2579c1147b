/**
 * A text without its Markdown signs, for the one line of a quote or a notice; the message itself is rendered by the server.
 * @param {string} text
 */
export function plain(text) {
  return text
    .replace(/```[^\n`]*\n?/g, ' ')
    .replace(/!?\[([^\]\n]*)\]\([^)\s]*\)/g, '$1')
    .replace(/^\s{0,3}(?:>\s?|#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?)/gm, '')
    .replace(/(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}*_])([*_])(?=[^\s*_])(.+?)(?<=[^\s*_])\1(?![\p{L}\p{N}*_])/gu, '$2')
    .replace(/`([^`\n]+)`/g, '$1')
    .replace(/\s+/g, ' ').trim();
}

/**
 * What one line tells of a message: how its text begins, with its signs, or the name of its first file.
 * @param {{text: string, attachments: {name: string}[]}} message
 */
export const beginningOf = ({ text, attachments }, most = 140) => (text.trim() === '' ? attachments[0]?.name ?? '' : text).slice(0, most);
