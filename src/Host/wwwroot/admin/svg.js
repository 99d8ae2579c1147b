// SVG elements, as h() makes those of HTML.

const SPACE = 'http://www.w3.org/2000/svg';

/** @param {string} tag @param {Record<string, any>} [props] @param {...any} children @returns {any} */
export function s(tag, props = {}, ...children) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(props)) if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  for (const child of children.flat(9)) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}
