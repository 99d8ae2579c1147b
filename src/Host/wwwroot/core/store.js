// One store with plain snapshots: the socket and the answers write, views read. Subscribers are told once per turn of
// the scheduler, however much was written meanwhile.

/** @typedef {import('./types.js').State} State */

/** @type {import('./types.js').Inbox} */
const emptyInbox = { items: [], nextCursor: null, unreadCount: 0, loaded: false };

/** @returns {State} */
export function emptyState() {
  return {
    me: null, config: null, epoch: null, userSeq: 0, roomsLoaded: false, roomsError: null, rooms: {}, users: {}, presence: {},
    logs: {}, members: {}, receipts: {}, typing: {}, outbox: [], conn: { state: 'idle' },
    threads: {}, inbox: emptyInbox, preferences: null, uploads: [], posts: [],
  };
}

/** In a hidden tab no frame is ever painted, but title and outbox must go on. */
function nextFrame(run) {
  if (typeof document !== 'undefined' && document.visibilityState === 'visible') requestAnimationFrame(run);
  else setTimeout(run, 30);
}

/** @param {State} initial @param {(run: () => void) => void} [schedule] */
export function createStore(initial, schedule = nextFrame) {
  let state = initial;
  let told = initial;
  let waiting = false;
  /** @type {Set<(now: State, before: State) => void>} */
  const subscribers = new Set();

  function tell() {
    waiting = false;
    const before = told;
    told = state;
    if (before !== state) for (const one of [...subscribers]) one(state, before);
  }

  return {
    get: () => state,
    /** @param {Partial<State> | ((now: State) => State)} change */
    set(change) {
      const next = typeof change === 'function' ? change(state) : { ...state, ...change };
      if (next === state) return;
      state = next;
      if (waiting) return;
      waiting = true;
      schedule(tell);
    },
    /** @param {(now: State, before: State) => void} subscriber @returns {() => void} */
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => { subscribers.delete(subscriber); };
    },
    flush: tell,
  };
}

export const store = createStore(emptyState());

/** Runs `render` now and whenever one of the values that `select` names has changed. */
export function watch(select, render) {
  let last = select(store.get());
  render(store.get());
  return store.subscribe(now => {
    const next = select(now);
    if (next.length === last.length && next.every((one, i) => one === last[i])) return;
    last = next;
    render(now);
  });
}
