// What a person has sent and the server has not yet acknowledged. Kept in IndexedDB, sent in order per room, repeated
// with the same clientId until the outcome is known: the server makes a repeat the first one.

import { newId as randomId } from './id.js';

/** @typedef {import('./types.js').OutboxEntry} OutboxEntry */

/** The outcome is not known, or it is only a matter of time. */
const AGAIN = new Set(['unavailable', 'timeout', 'disconnected', 'rate_limited', 'locked_out', 'network', 'insufficient_storage']);

export class Outbox {
  /**
   * @param {{db: {put: Function, remove: Function, all: Function}, send: (entry: OutboxEntry) => Promise<any>, changed: (entries: OutboxEntry[]) => void,
   *   acked?: (entry: OutboxEntry, reply: any) => void, tab: string, me: () => string | undefined, isTabAlive?: (tab: string) => Promise<boolean>, wait?: (ms: number, run: () => void) => void,
   *   newId?: () => string}} parts
   */
  constructor({ db, send, changed, acked = () => {}, tab, me, isTabAlive = async () => false, wait = (ms, run) => { setTimeout(run, ms); }, newId = randomId }) {
    this.db = db;
    this.send = send;
    this.changed = changed;
    this.acked = acked;
    this.tab = tab;
    this.me = me;
    this.isTabAlive = isTabAlive;
    this.wait = wait;
    this.newId = newId;
    /** @type {OutboxEntry[]} */
    this.entries = [];
    this.busy = new Set();
    this.order = 0;
    this.open = false;
    this.tries = 0;
  }

  publish() { this.changed([...this.entries]); }

  keep(entry) {
    return this.db.put(entry).catch(error => console.warn('the outbox is not kept on this device', error?.name));
  }

  replace(clientId, change) {
    let next = null;
    this.entries = this.entries.map(one => (one.clientId === clientId ? (next = { ...one, ...change }) : one));
    this.publish();
    return /** @type {OutboxEntry | null} */ (next);
  }

  /** Takes over what a closed tab or an ended session left behind. What another person wrote here waits for them. */
  async adopt() {
    const stored = /** @type {OutboxEntry[]} */ (await this.db.all());
    const known = new Set(this.entries.map(one => one.clientId));
    for (const entry of stored.sort((a, b) => a.order - b.order)) {
      if (entry.userId !== this.me() || known.has(entry.clientId) || (entry.tab !== this.tab && await this.isTabAlive(entry.tab))) continue;
      const mine = { ...entry, tab: this.tab, state: entry.state === 'failed' ? entry.state : /** @type {const} */ ('queued') };
      this.entries.push(mine);
      await this.keep(mine);
    }
    this.entries.sort((a, b) => a.order - b.order);
    this.order = Math.max(this.order, ...this.entries.map(one => one.order));
    this.publish();
    this.pump();
  }

  /** @param {{roomId: string, text: string, replyTo?: any, threadId?: string}} message */
  add({ roomId, text, replyTo = null, threadId }) {
    this.order = Math.max(this.order + 1, Date.now());
    /** @type {OutboxEntry} */
    const entry = { clientId: this.newId(), userId: this.me(), roomId, text, replyTo, ...(threadId ? { threadId } : {}), createdAt: new Date().toISOString(), tab: this.tab, order: this.order, state: 'queued' };
    this.entries.push(entry);
    this.publish();
    this.keep(entry).then(() => this.pump(roomId));
    return entry;
  }

  /** The socket is there (again), or gone. */
  setOpen(open) {
    this.open = open;
    if (open) {
      this.tries = 0;
      this.pump();
    }
  }

  /** @param {string} [only] one room */
  pump(only) {
    if (!this.open) return;
    const rooms = only ? [only] : [...new Set(this.entries.map(one => one.roomId))];
    for (const roomId of rooms) this.next(roomId);
  }

  async next(roomId) {
    if (!this.open || this.busy.has(roomId)) return;
    const entry = this.entries.find(one => one.roomId === roomId && (one.state === 'queued' || one.state === 'sending'));
    if (!entry) return;
    this.busy.add(roomId);
    let pause = 0;
    try {
      this.replace(entry.clientId, { state: 'sending' });
      const reply = await this.send(entry);
      this.tries = 0;
      await this.db.remove(entry.clientId).catch(error => console.warn('sent, but still kept on this device', error?.name));
      const acked = this.replace(entry.clientId, { state: 'acked', seq: reply.seq, createdAt: reply.createdAt ?? entry.createdAt });
      if (acked) this.acked(acked, reply);
    } catch (error) {
      if (AGAIN.has(error.code)) {
        this.replace(entry.clientId, { state: 'queued' });
        pause = error.code === 'disconnected' ? -1 : Math.max(error.retryAfterMs ?? 0, Math.min(15_000, 500 * 2 ** this.tries++));
      } else {
        const failed = this.replace(entry.clientId, { state: 'failed', code: error.code ?? 'internal' });
        if (failed) await this.keep(failed);
      }
    } finally {
      this.busy.delete(roomId);
    }
    if (pause > 0) this.wait(pause, () => this.next(roomId));
    else if (pause === 0) this.next(roomId);
  }

  /** The message itself has arrived, so the stand-in goes. */
  settle(clientId) {
    const known = this.entries.find(one => one.clientId === clientId);
    if (!known) return;
    this.entries = this.entries.filter(one => one !== known);
    this.publish();
    if (known.state !== 'acked') this.db.remove(clientId).catch(error => console.warn('sent, but still kept on this device', error?.name));
  }

  /** A conflict means that the id stands for another message, so a new one is taken. */
  async retry(clientId) {
    const failed = this.entries.find(one => one.clientId === clientId && one.state === 'failed');
    if (!failed) return;
    let again = { ...failed, state: /** @type {const} */ ('queued'), code: undefined };
    if (failed.code === 'conflict') {
      await this.db.remove(clientId);
      again = { ...again, clientId: this.newId() };
    }
    this.entries = this.entries.map(one => (one === failed ? again : one));
    await this.keep(again);
    this.publish();
    this.pump(failed.roomId);
  }

  async discard(clientId) {
    this.entries = this.entries.filter(one => one.clientId !== clientId);
    this.publish();
    await this.db.remove(clientId);
  }

  /** Forgets them in this tab; what is kept on the device stays. */
  clear() {
    this.entries = [];
    this.open = false;
    this.publish();
  }
}
