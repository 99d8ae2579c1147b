// What a person has sent and the server has not yet acknowledged. Kept in IndexedDB for all tabs, sent in order per room by
// one tab at a time, repeated with the same clientId until the outcome is known: the server makes a repeat the first one.

import { newId as randomId } from './id.js';

/** @typedef {import('./types.js').OutboxEntry} OutboxEntry */

/** The outcome is not known, or it is only a matter of time. */
const AGAIN = new Set(['unavailable', 'timeout', 'disconnected', 'rate_limited', 'locked_out', 'network', 'insufficient_storage']);

export class Outbox {
  /**
   * @param {{db: {put: Function, remove: Function, all: Function}, send: (entry: OutboxEntry) => Promise<any>, changed: (entries: OutboxEntry[]) => void,
   *   acked?: (entry: OutboxEntry, reply: any) => void, me: () => string | undefined, lock?: (run: () => Promise<void>) => Promise<void>, tell?: () => void,
   *   wait?: (ms: number, run: () => void) => void, newId?: () => string}} parts
   *   `lock`: only one tab at a time sends; `tell`: the other tabs are to look at what is stored
   */
  constructor({ db, send, changed, acked = () => {}, me, lock = run => run(), tell = () => {}, wait = (ms, run) => { setTimeout(run, ms); }, newId = randomId }) {
    this.db = db;
    this.send = send;
    this.changed = changed;
    this.acked = acked;
    this.me = me;
    this.lock = lock;
    this.tell = tell;
    this.wait = wait;
    this.newId = newId;
    /** @type {OutboxEntry[]} */
    this.entries = [];
    /** Not stored (yet), so known to this tab alone. @type {Set<string>} */
    this.saving = new Set();
    /** Rooms that wait because the server said so, or because it did not say. @type {Set<string>} */
    this.resting = new Set();
    /** Sends what waits in a room; only while this tab has the lock. @type {((roomId: string) => void) | null} */
    this.work = null;
    this.asked = false;
    /** Another term begins when another tab took the lock away: what still runs then ends. */
    this.term = 0;
    this.order = 0;
    this.open = false;
    this.tries = 0;
    /** Settled once the last one that was added is on the device. */
    this.keeping = Promise.resolve();
  }

  publish() { this.changed([...this.entries]); }

  /** @param {OutboxEntry} entry */
  async keep(entry) {
    this.saving.add(entry.clientId);
    try {
      await this.db.put(entry);
      this.saving.delete(entry.clientId);
    } catch (error) {
      console.warn('the outbox is not kept on this device', error?.name);
    }
    this.tell();
  }

  async drop(clientId) {
    await this.db.remove(clientId).catch(error => console.warn('sent, but still kept on this device', error?.name));
    this.tell();
  }

  replace(clientId, change) {
    let next = null;
    this.entries = this.entries.map(one => (one.clientId === clientId ? (next = { ...one, ...change }) : one));
    this.publish();
    return /** @type {OutboxEntry | null} */ (next);
  }

  /** Takes over what a closed tab or an ended session left behind. What another person wrote here waits for them. */
  async adopt() {
    await this.look();
    this.pump();
  }

  /** What all tabs of this person have written, as it is stored. */
  async look() {
    const me = this.me();
    if (!me) return;
    const all = await this.db.all().catch(error => console.warn('the outbox is not read', error?.name));
    if (!all) return;
    /** @type {Map<string, OutboxEntry>} */
    const stored = new Map(all.filter(one => one.userId === me).map(one => [one.clientId, one]));
    const busy = one => one.state === 'sending' || one.state === 'acked' || this.saving.has(one.clientId);
    const kept = this.entries.flatMap(one => {
      const known = stored.get(one.clientId);
      stored.delete(one.clientId);
      if (busy(one)) return [one];
      if (known) return [{ ...one, state: known.state === 'failed' ? known.state : /** @type {const} */ ('queued'), code: known.code }];
      // Another tab sent it, and its event will take it away; or discarded it.
      return one.state === 'failed' ? [] : [{ ...one, state: /** @type {const} */ ('acked') }];
    });
    const others = [...stored.values()].map(one => ({ ...one, state: one.state === 'failed' ? one.state : /** @type {const} */ ('queued') }));
    this.entries = [...kept, ...others].sort((a, b) => a.order - b.order);
    this.order = Math.max(this.order, ...this.entries.map(one => one.order));
    this.publish();
  }

  /**
   * @param {{roomId: string, text: string, replyTo?: any, threadId?: string, attachments?: any[], clientId?: string}} message
   *   `clientId`: of one that waited for its files, and may have been handed over before the tab was closed
   */
  add({ roomId, text, replyTo = null, threadId, attachments, clientId = this.newId() }) {
    const known = this.entries.find(one => one.clientId === clientId);
    if (known) return known;
    this.order = Math.max(this.order + 1, Date.now());
    /** @type {OutboxEntry} */
    const entry = { clientId, userId: this.me(), roomId, text, replyTo, ...(threadId ? { threadId } : {}), ...(attachments?.length ? { attachments } : {}), createdAt: new Date().toISOString(), order: this.order, state: 'queued' };
    this.entries.push(entry);
    this.publish();
    this.keeping = this.keep(entry).then(() => this.pump());
    return entry;
  }

  /** The socket is there (again), or gone. */
  setOpen(open) {
    this.open = open;
    if (open) {
      this.tries = 0;
      this.resting.clear();
      this.pump();
    }
  }

  waiting() { return [...new Set(this.entries.filter(one => one.state === 'queued').map(one => one.roomId))]; }

  /** Sends all that waits, once it is this tab's turn. */
  pump() {
    if (!this.open) return;
    if (this.work) for (const roomId of this.waiting()) this.work(roomId);
    else if (!this.asked && this.waiting().length) {
      this.asked = true;
      const again = () => { this.asked = false; if (this.waiting().some(one => !this.resting.has(one))) this.pump(); };
      this.lock(() => this.drain()).then(again, error => {
        this.term += 1;
        this.work = null;
        console.warn('another tab sends', error?.name);
        this.asked = false;
      });
    }
  }

  async drain() {
    const term = ++this.term;
    await this.look();
    const jobs = new Map();
    this.work = roomId => {
      if (!jobs.has(roomId)) jobs.set(roomId, this.room(roomId, term).finally(() => jobs.delete(roomId)));
    };
    for (const roomId of this.waiting()) this.work(roomId);
    while (jobs.size) await Promise.race(jobs.values());
    if (term === this.term) this.work = null;
  }

  async room(roomId, term) {
    while (this.open && term === this.term && !this.resting.has(roomId)) {
      const entry = this.entries.find(one => one.roomId === roomId && one.state === 'queued');
      if (!entry || !await this.one(entry)) return;
    }
  }

  /** @param {OutboxEntry} entry @returns {Promise<boolean>} whether the next may follow */
  async one(entry) {
    this.replace(entry.clientId, { state: 'sending' });
    try {
      const reply = await this.send(entry);
      this.tries = 0;
      await this.drop(entry.clientId);
      const acked = this.replace(entry.clientId, { state: 'acked', seq: reply.seq, createdAt: reply.createdAt ?? entry.createdAt });
      if (acked) this.acked(acked, reply);
      return true;
    } catch (error) {
      if (!AGAIN.has(error.code)) {
        const failed = this.replace(entry.clientId, { state: 'failed', code: error.code ?? 'internal' });
        if (failed) await this.keep(failed);
        return true;
      }
      this.replace(entry.clientId, { state: 'queued' });
      this.resting.add(entry.roomId);
      if (error.code !== 'disconnected') {
        this.wait(Math.max(error.retryAfterMs ?? 0, Math.min(15_000, 500 * 2 ** this.tries++)), () => { this.resting.delete(entry.roomId); this.pump(); });
      }
      return false;
    }
  }

  /** The message itself has arrived, so the stand-in goes. */
  settle(clientId) {
    const known = this.entries.find(one => one.clientId === clientId);
    if (!known) return;
    this.entries = this.entries.filter(one => one !== known);
    this.publish();
    if (known.state !== 'acked') this.drop(clientId);
  }

  /** A conflict means that the id stands for another message, so a new one is taken. */
  async retry(clientId) {
    const failed = this.entries.find(one => one.clientId === clientId && one.state === 'failed');
    if (!failed) return;
    let again = { ...failed, state: /** @type {const} */ ('queued'), code: undefined };
    if (failed.code === 'conflict') {
      await this.drop(clientId);
      again = { ...again, clientId: this.newId() };
    }
    this.entries = this.entries.map(one => (one === failed ? again : one));
    await this.keep(again);
    this.publish();
    this.pump();
  }

  /** @returns {Promise<OutboxEntry | undefined>} what was there, for who wants it back */
  async discard(clientId) {
    const known = this.entries.find(one => one.clientId === clientId);
    this.entries = this.entries.filter(one => one !== known);
    this.publish();
    await this.drop(clientId);
    return known;
  }

  /** Takes a discard back. @param {OutboxEntry} entry */
  async restore(entry) {
    if (entry.userId !== this.me() || this.entries.some(one => one.clientId === entry.clientId)) return;
    this.entries = [...this.entries, entry].sort((a, b) => a.order - b.order);
    this.publish();
    await this.keep(entry);
  }

  /** Forgets them in this tab; what is kept on the device stays. */
  clear() {
    this.entries = [];
    this.open = false;
    this.term += 1;
    this.work = null;
    this.publish();
  }
}
