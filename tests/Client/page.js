// What the modules of a page find around them when they are loaded, for tests of those that are wired to it.

/** A server whose answers the test gives itself, in its own order. */
export function heldServer() {
  const calls = [];
  return {
    calls,
    fetch: (url, { method }) => new Promise((resolve, reject) => calls.push({
      url, method, fail: () => reject(new TypeError('cut off')),
      answer: (body, status = 200) => resolve(body === null ? new Response(null, { status: 204 }) : new Response(JSON.stringify(body), { status })),
    })),
    /** @param {string} part of the address of a call that is waited for */
    async call(part) {
      for (let i = 0; i < 200; i++) {
        const at = calls.findIndex(one => one.url.includes(part));
        if (at >= 0) return calls.splice(at, 1)[0];
        await new Promise(done => setTimeout(done, 1));
      }
      throw new Error(`nobody asked for ${part}`);
    },
  };
}

export function standInForPage(values = {}) {
  const page = new EventTarget();
  const kept = new Map();
  const localStorage = { getItem: key => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, String(value)), removeItem: key => kept.delete(key), clear: () => kept.clear() };
  const defaults = {
    location: new URL('https://chat.example/'), localStorage, sessionStorage: localStorage,
    navigator: { onLine: true, language: 'en', languages: ['en'] }, matchMedia: () => Object.assign(new EventTarget(), { matches: false }),
    document: Object.assign(new EventTarget(), { visibilityState: 'hidden', hasFocus: () => false, documentElement: {}, querySelectorAll: () => [] }),
    addEventListener: (...how) => page.addEventListener(...how), removeEventListener: (...how) => page.removeEventListener(...how), dispatchEvent: event => page.dispatchEvent(event),
  };
  // It would keep the test's process alive.
  delete globalThis.BroadcastChannel;
  for (const [name, value] of Object.entries({ ...defaults, ...values })) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
