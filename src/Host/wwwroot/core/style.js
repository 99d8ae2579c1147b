// Styles that the start does not need come with the page that does.

/** @param {string} name of a file in `styles` */
export function needStyle(name) {
  const { href } = new URL(`../styles/${name}`, import.meta.url);
  if ([...document.querySelectorAll('link[rel=stylesheet]')].some(one => /** @type {HTMLLinkElement} */ (one).href === href)) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  document.head.append(link);
}
