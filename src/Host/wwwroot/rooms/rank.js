/** How well `name` answers `text`: the start beats a word's start beats anywhere; null is no match. */
export function rank(name, text) {
  const a = name.toLocaleLowerCase();
  const b = text.toLocaleLowerCase();
  const at = a.indexOf(b);
  if (at < 0) return null;
  return at === 0 ? 0 : /[\s._-]/.test(a[at - 1]) ? 1 : 2;
}
