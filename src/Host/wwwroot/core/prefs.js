// What this device remembers: appearance, drafts, the last room. Never a token.

const PREFIX = 'chat:';

/** @param {string} key @param {any} [fallback] @returns {any} */
export function pref(key, fallback = null) {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** @param {string} key @param {any} value null removes it */
export function setPref(key, value) {
  try {
    if (value === null || value === '') localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch (error) {
    console.warn('not kept on this device', key, error.name);
  }
}

/** Nothing of the account stays behind. */
export function forgetAll() {
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch (error) {
    console.warn('storage is not available', error.name);
  }
}

/** Puts scheme and density on the root element; called at start and on each change. */
export function applyAppearance(root = document.documentElement) {
  const scheme = pref('scheme', 'system');
  if (scheme === 'system') root.removeAttribute('data-scheme');
  else root.setAttribute('data-scheme', scheme);
  root.toggleAttribute('data-compact', pref('density') === 'compact');
  // The browser's own frame goes with the page.
  for (const one of root.querySelectorAll('meta[data-for]')) {
    const wanted = one.getAttribute('data-for');
    one.setAttribute('media', scheme === 'system' ? `(prefers-color-scheme: ${wanted})` : scheme === wanted ? 'all' : 'not all');
  }
}

/** A device without a keyboard sends with the button, so Enter breaks the line there. */
export const isTouch = () => matchMedia('(hover: none) and (pointer: coarse)').matches;
export const enterSends = () => pref('enterSends', true) && !isTouch();
