// What can be read without a network: the rooms, and of the last ones their last messages, as they were when they were
// last seen, each with the number of the log's entry up to which it is true. Coming back is then a resume like any other:
// what was missed is replayed onto it, edits and deletions too. Kept for one person only, and gone with their session.

/** @typedef {import('./types.js').State} State */

/** Rooms whose messages are kept, and how many, and how much text of them. */
export const ROOMS = 20;
export const MESSAGES = 200;
export const LETTERS = 300_000;
const USERS = 1000;
const FORMAT = 1;
const WAIT_MS = 2000;

const logKey = roomId => `log ${roomId}`;

/** The end of a log that reaches the end of its room. @returns {any[]} */
export function tail(items) {
  let letters = 0;
  let from = items.length;
  while (from > 0 && items.length - from < MESSAGES) {
    const one = items[from - 1];
    letters += one.text.length + (one.html?.length ?? 0) + 200;
    if (letters > LETTERS && from < items.length) break;
    from -= 1;
  }
  return items.slice(from);
}

/** Those whose names are shown. */
function usersIn(state, logs) {
  const ids = new Set(Object.values(state.rooms).map(one => one.peer?.id));
  for (const { items } of logs) for (const one of items) for (const id of [one.senderId, one.replyTo?.senderId, ...one.mentions]) ids.add(id);
  return Object.fromEntries(Object.entries(state.users).filter(([id]) => ids.has(id)).slice(0, USERS));
}

export class Keeper {
  /**
   * @param {{store: any, db: {all: () => Promise<Map<string, any>>, write: (puts: Map<string, any>, removes?: string[]) => Promise<void>, clear: () => Promise<void>},
   *   visible?: () => boolean, later?: (run: () => void, ms: number) => any, now?: () => number}} parts
   */
  constructor({ store, db, visible = () => true, later = (run, ms) => setTimeout(run, ms), now = Date.now }) {
    this.store = store;
    this.db = db;
    this.visible = visible;
    this.later = later;
    this.now = now;
    this.waiting = false;
    this.stopped = true;
    /** What is on the device, so that only what changed is written. @type {Map<string, {items: any[], atSeq: number, usedAt: number}>} */
    this.written = new Map();
    /** @type {Promise<void>} */
    this.writing = Promise.resolve();
    store.subscribe((now, before) => {
      if (now.rooms !== before.rooms || now.logs !== before.logs || now.userSeq !== before.userSeq || now.me !== before.me) this.soon();
    });
  }

  /** Begins to keep what this person sees. */
  start() { this.stopped = false; this.soon(); }

  soon() {
    if (this.waiting || this.stopped) return;
    this.waiting = true;
    this.later(() => {
      this.waiting = false;
      // Of several tabs the one that is looked at keeps; the others have the same, later.
      if (this.visible()) this.flush();
    }, WAIT_MS);
  }

  /** @returns {Promise<void>} */
  flush() {
    this.writing = this.writing.then(() => this.write()).catch(error => console.warn('not kept for later', error?.name));
    return this.writing;
  }

  async write() {
    /** @type {State} */
    const state = this.store.get();
    if (this.stopped || !state.me || !state.roomsLoaded || state.epoch === null) return;
    const puts = new Map();
    const at = this.now();
    for (const [roomId, log] of Object.entries(state.logs)) {
      const room = state.rooms[roomId];
      const known = this.written.get(roomId);
      if (!room || log.hasAfter || log.stale || (known?.items === log.items && known.atSeq === room.atSeq)) continue;
      const items = tail(log.items);
      puts.set(logKey(roomId), { userId: state.me.id, roomId, items, hasBefore: log.hasBefore || items.length < log.items.length, atSeq: room.atSeq, usedAt: at });
      this.written.set(roomId, { items: log.items, atSeq: room.atSeq, usedAt: at });
    }
    const removes = this.tooMany(state);
    const { me, config, epoch, userSeq, rooms } = state;
    puts.set('head', { format: FORMAT, userId: me.id, me, config, epoch, userSeq, rooms, users: usersIn(state, Object.values(state.logs)), at });
    await this.db.write(puts, removes);
  }

  /** Rooms that are gone, and the longest unused beyond ROOMS. */
  tooMany(state) {
    const known = [...this.written].sort(([, a], [, b]) => b.usedAt - a.usedAt);
    const gone = known.filter(([id], i) => i >= ROOMS || !state.rooms[id]).map(([id]) => id);
    for (const id of gone) this.written.delete(id);
    return gone.map(logKey);
  }

  /** @returns {Promise<Partial<State> | null>} what was kept, for the store; null when there is nothing that can be read */
  async restore() {
    const kept = await this.db.all();
    const head = kept.get('head');
    if (!head || head.format !== FORMAT) return null;
    const logs = {};
    for (const [key, log] of kept) {
      if (key === 'head' || log.userId !== head.userId || !head.rooms[log.roomId]) continue;
      const { atSeq } = head.rooms[log.roomId];
      // One that fell behind its room has a gap before its end: it is shown as far as it goes, and read anew when it can be.
      const stale = log.atSeq < atSeq;
      logs[log.roomId] = { items: log.items, hasBefore: log.hasBefore, hasAfter: stale, atSeq: log.atSeq, kept: true, stale };
      this.written.set(log.roomId, { items: log.items, atSeq: log.atSeq, usedAt: log.usedAt });
    }
    const { me, config, epoch, userSeq, rooms, users } = head;
    return { me, config, epoch, userSeq, rooms, users, logs, roomsLoaded: true };
  }

  /** Nothing of it stays; what is being written is waited for. */
  async forget() {
    this.stopped = true;
    this.written.clear();
    await this.writing;
    await this.db.clear().catch(error => console.warn('still kept on this device', error?.name));
  }
}

/** The server has spoken: what was kept is now as true as anything, and what fell behind goes. @param {State} state @returns {State} */
export function confirmed(state) {
  const logs = Object.entries(state.logs);
  if (!logs.some(([, log]) => log.kept)) return state;
  return { ...state, logs: Object.fromEntries(logs.filter(([, log]) => !log.stale).map(([id, log]) => [id, log.kept ? { ...log, kept: false } : log])) };
}
