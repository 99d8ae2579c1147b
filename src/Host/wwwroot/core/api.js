// HTTP in cookie mode. A 401 leads to one refresh for all callers and all tabs, then the call is made once more.

export const BASE = '/api/v1';
const NO_REFRESH = new Set(['/auth/login', '/auth/register', '/auth/refresh', '/auth/passkeys/login', '/auth/password/reset']);

export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {any} [problem] @param {number} [retryAfterMs] */
  constructor(status, code, problem, retryAfterMs) {
    super(problem?.detail ?? problem?.title ?? code);
    this.status = status;
    this.code = code;
    /** @type {Record<string, string[]>} */
    this.errors = problem?.errors ?? {};
    /** Which conflict it is. */
    this.reason = problem?.reason;
    this.methods = problem?.methods;
    /** What an `open` of a transfer tells with its refusal. */
    this.linkKdf = problem?.linkKdf;
    this.hasPassword = problem?.hasPassword;
    /** The server asks this account for a second factor that it does not have. */
    this.setUp = problem?.setUp === true;
    this.traceId = problem?.traceId;
    this.retryAfterMs = retryAfterMs;
  }
}

let signedOut = () => {};
/** @param {() => void} handler called once the session cannot be renewed */
export function onSignedOut(handler) { signedOut = handler; }

let factorOwed = () => {};
/** @param {() => void} handler called when nothing can be done before a second factor is set up */
export function onFactorOwed(handler) { factorOwed = handler; }

async function send(method, path, body, signal) {
  let response;
  let text = '';
  const raw = typeof Blob !== 'undefined' && body instanceof Blob;
  const type = raw ? body.type || 'application/octet-stream' : 'application/json';
  try {
    response = await fetch(BASE + path, {
      method, signal, credentials: 'same-origin', headers: body === undefined ? { accept: 'application/json' } : { accept: 'application/json', 'content-type': type },
      body: body === undefined || raw ? body : JSON.stringify(body),
    });
    if (response.status === 204) return null;
    // An answer that breaks off is none.
    text = await response.text();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'network', { detail: error.message });
  }
  /** @type {any} */
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(response.status, response.ok ? 'internal' : 'unavailable');
  }
  if (response.ok) return answer;
  const wait = Number(response.headers.get('retry-after'));
  throw new ApiError(response.status, answer?.code ?? 'internal', answer, wait > 0 ? wait * 1000 : undefined);
}

let refreshedAt = 0;
/** @type {Promise<boolean> | null} */
let refreshing = null;

/** The other tabs' latest refresh; only the time of it is kept. */
function lastRefresh() {
  try { return Math.max(refreshedAt, Number(localStorage.getItem('chat:refreshedAt') ?? 0)); } catch { return refreshedAt; }
}

async function refreshOnce(since) {
  if (lastRefresh() > since) return true;
  try {
    await send('POST', '/auth/refresh', {});
  } catch (error) {
    // Only the server's own refusal ends a session. What broke off, was held up or came from something between says nothing of it.
    if (![401, 403].includes(error.status) || error.code === 'unavailable') throw error;
    return false;
  }
  refreshedAt = Date.now();
  try { localStorage.setItem('chat:refreshedAt', String(refreshedAt)); } catch { /* the lock alone then serves this tab */ }
  return true;
}

/** @param {number} since when the refused call was made: a newer refresh, by any tab, is enough */
function refresh(since) {
  const locks = globalThis.navigator?.locks;
  refreshing ??= (locks ? locks.request('chat:refresh', () => refreshOnce(since)) : refreshOnce(since)).finally(() => { refreshing = null; });
  return refreshing;
}

/**
 * Makes a call, and once more after a refresh where the session is to be renewed.
 * @template T @param {() => Promise<T>} run @param {{quiet?: boolean}} [options] @returns {Promise<T>}
 */
export async function renewing(run, options = {}) {
  const begun = Date.now();
  try {
    return await run();
  } catch (error) {
    if (error.code === 'two_factor_required' && error.setUp) factorOwed();
    if (error.status !== 401 || !['unauthenticated', 'internal'].includes(error.code)) throw error;
    if (await refresh(begun)) return run();
    if (!options.quiet) signedOut();
    throw error;
  }
}

/**
 * @param {string} method @param {string} path below /api/v1 @param {any} [body] @param {{signal?: AbortSignal, quiet?: boolean}} [options]
 * `quiet`: a session that cannot be renewed is only reported to the caller
 * @returns {Promise<any>}
 */
export async function call(method, path, body, options = {}) {
  const run = () => send(method, path, body, options.signal);
  return NO_REFRESH.has(path) ? run() : renewing(run, options);
}

export const get = (path, options) => call('GET', path, undefined, options);
export const post = (path, body = {}, options = {}) => call('POST', path, body, options);
export const put = (path, body = {}) => call('PUT', path, body);
export const patchJson = (path, body) => call('PATCH', path, body);
export const del = path => call('DELETE', path);

/** All pages of a list, up to `most` things. */
export async function all(path, most = 1000) {
  const items = [];
  let cursor = null;
  do {
    const page = await get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && items.length < most);
  return items;
}
