// Real URLs. The browser's history is the truth: back, reload and links work everywhere.

/** @typedef {{name: string, params: Record<string, string>, path: string, hash: string, query: URLSearchParams}} Route */

const ROUTES = [
  ['home', '/'],
  ['login', '/login'],
  ['register', '/register'],
  ['setup', '/setup'],
  ['forgot', '/forgot'],
  ['reset', '/reset'],
  ['join', '/join'],
  ['directory', '/directory'],
  ['search', '/search'],
  ['inbox', '/inbox'],
  ['threads', '/threads'],
  ['transfers', '/transfers'],
  ['transfers', '/transfers/inbox'],
  ['transfersSent', '/transfers/sent'],
  ['transfer', '/transfers/:transfer'],
  ['files', '/files'],
  ['people', '/people/:user'],
  ['message', '/rooms/:id/m/:seq'],
  ['thread', '/rooms/:id/thread/:root'],
  ['thread', '/rooms/:id/thread/:root/:seq'],
  ['found', '/rooms/:id/search/:seq'],
  ['panel', '/rooms/:id/:panel'],
  ['room', '/rooms/:id'],
  ['settings', '/settings'],
  ['settings', '/settings/:page'],
  ['admin', '/admin'],
  ['admin', '/admin/:page'],
  ['admin', '/admin/:page/:id'],
];

/** @param {string} path @param {string} [hash] @param {string} [search] @returns {Route} */
export function match(path, hash = '', search = '') {
  const query = new URLSearchParams(search);
  const parts = path.replace(/\/+$/, '').split('/');
  for (const [name, pattern] of ROUTES) {
    const wanted = pattern.replace(/\/+$/, '').split('/');
    if (wanted.length !== parts.length) continue;
    const params = {};
    const fits = wanted.every((one, i) => {
      if (!one.startsWith(':')) return one === parts[i];
      try { params[one.slice(1)] = decodeURIComponent(parts[i]); } catch { return false; }
      return parts[i] !== '';
    });
    if (fits && !('seq' in params && !/^\d+$/.test(String(params.seq)))) return { name, params, path, hash, query };
  }
  return { name: 'unknown', params: {}, path, hash, query };
}

/** @type {Set<(route: Route, how: {replace: boolean, pop: boolean}) => void>} */
const listeners = new Set();
let depth = 0;

export const currentRoute = () => match(location.pathname, location.hash, location.search);
export const currentPath = () => location.pathname + location.search + location.hash;
export const onRoute = listener => listeners.add(listener);
const tell = how => { for (const one of listeners) one(currentRoute(), how); };

/** @param {string} path @param {{replace?: boolean}} [options] */
export function navigate(path, { replace = false } = {}) {
  if (path === currentPath() && !replace) return tell({ replace: true, pop: false });
  if (!replace) depth += 1;
  history[replace ? 'replaceState' : 'pushState']({ depth }, '', path);
  tell({ replace, pop: false });
}

/** One step back inside the app, or `fallback` when the page was opened by a link. */
export function goBack(fallback) {
  if (depth > 0) history.back();
  else navigate(fallback, { replace: true });
}

export function startRouter() {
  depth = history.state?.depth ?? 0;
  addEventListener('popstate', () => {
    depth = history.state?.depth ?? 0;
    tell({ replace: false, pop: true });
  });
  document.addEventListener('click', event => {
    const link = /** @type {Element} */ (event.target).closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || match(link.pathname).name === 'unknown') return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash);
  });
}

// Where a person wanted to go before they had to log in. It may hold an invitation's code, so it never enters a URL's query.
const NEXT = 'chat:next';
export function keepReturn(path) {
  try { sessionStorage.setItem(NEXT, path); } catch { /* then they land on the first page */ }
}
export function takeReturn() {
  try {
    const next = sessionStorage.getItem(NEXT);
    sessionStorage.removeItem(NEXT);
    return next && next.startsWith('/') && !next.startsWith('//') ? next : '/';
  } catch {
    return '/';
  }
}
