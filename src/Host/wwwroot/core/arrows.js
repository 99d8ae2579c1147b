// Lists whose rows are links: the arrow keys go through them.

/** @param {Element} root @param {string} rows a selector @returns {(event: KeyboardEvent) => void} */
export const arrowsThrough = (root, rows) => event => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(rows)]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (!step || at < 0) return;
  event.preventDefault();
  all[Math.max(0, Math.min(at + step, all.length - 1))].focus();
};
