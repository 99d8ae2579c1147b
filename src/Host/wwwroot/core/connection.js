// Keeps one socket alive: ticket, resume, back-off, hand-over when a node stops.

import { post } from './api.js';
import { afterClose, backOff, Socket } from './socket.js';

const SLOW_MS = 60_000;
const FLOOD_MS = 10_000;
const RESTORED_MS = 5_000;
/** At least so long to wait after a close of this kind (see afterClose). */
const LEAST = { slow: SLOW_MS, wait: FLOOD_MS };

export class ConnectionKeeper {
  /**
   * @param {{store: any, applier: import('./live.js').Applier, onLive: () => void, onEnded: () => void, onSystem: (event: any) => void}} parts
   */
  constructor({ store, applier, onLive, onEnded, onSystem }) {
    this.store = store;
    this.applier = applier;
    this.onLive = onLive;
    this.onEnded = onEnded;
    this.onSystem = onSystem;
    /** @type {Socket | null} */
    this.socket = null;
    /** @type {Socket | null} a socket that takes over while the old one still serves */
    this.successor = null;
    this.attempt = 0;
    this.running = false;
    this.timer = undefined;
    this.opening = false;
    this.came = 0;
    addEventListener('online', () => this.now());
    addEventListener('offline', () => { if (this.running) this.lost(); });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.store.get().conn.state === 'waiting') this.now();
    });
  }

  get live() { return this.socket !== null && this.store.get().conn.state === 'live'; }

  show(conn) {
    this.store.set(state => ({ ...state, conn: { everLive: state.conn.everLive, ...conn } }));
  }

  start() {
    this.running = true;
    this.attempt = 0;
    this.open();
  }

  stop() {
    this.running = false;
    clearTimeout(this.timer);
    this.drop();
    this.show({ state: 'idle' });
  }

  /** The person asked, or the network came back: no more waiting. */
  now() {
    if (!this.running || this.live || this.opening) return;
    clearTimeout(this.timer);
    this.open();
  }

  async open() {
    if (this.opening || !this.running || this.successor) return;
    this.opening = true;
    if (!this.live) this.show({ state: 'connecting' });
    try {
      // The server waits only a while for `resume`, so what it is asked with is fetched before.
      const [{ ticket }] = await Promise.all([post('/auth/ws-ticket', {}, {}), this.store.get().roomsLoaded || this.applier.loadRooms()]);
      if (!this.running) return;
      const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws?ticket=${encodeURIComponent(ticket)}&resume=1`;
      const socket = new Socket(url, {
        hello: (hello, from) => this.hello(hello, from).catch(error => {
          console.warn('resume failed', error.code ?? error.message);
          from.close();
        }),
        event: event => this.event(event, socket),
        closed: (code, from) => this.closed(code, from),
      });
      if (this.live) this.successor = socket;
      else {
        this.drop();
        this.socket = socket;
      }
    } catch (error) {
      if (error.status === 401) return;
      this.again(error.retryAfterMs);
    } finally {
      this.opening = false;
    }
  }

  async hello(hello, socket) {
    const state = this.store.get();
    if (!state.roomsLoaded) await this.applier.loadRooms();
    if (state.epoch !== null && state.epoch !== hello.epoch) await this.applier.loadRooms({ forget: true });
    this.store.set({ epoch: hello.epoch });
    this.came = 0;
    const reply = await socket.command('resume', this.applier.position(), 0);
    const old = socket === this.successor ? this.socket : null;
    if (old) {
      this.socket = socket;
      this.successor = null;
      old.close();
    }
    this.attempt = 0;
    const restored = this.store.get().conn.everLive && !old ? this.came : undefined;
    this.show({ state: 'live', everLive: true, restored });
    if (restored !== undefined) {
      setTimeout(() => { if (this.store.get().conn.restored !== undefined && this.live) this.show({ state: 'live' }); }, RESTORED_MS);
    }
    await this.applier.afterResume(reply);
    this.onLive();
  }

  event(event, socket) {
    if (event.type === 'message.created') this.came += 1;
    if (event.type === 'goaway') {
      if (socket === this.socket && !this.successor) this.handOver(event.withinMs);
    } else if (event.type === 'system') this.onSystem(event);
    else if (event.type.startsWith('admin.')) dispatchEvent(new CustomEvent('chat:admin', { detail: event }));
    else this.applier.apply(event);
  }

  /** The node is stopping: another socket takes over while this one still serves. Spread, so that not all come at once. */
  handOver(withinMs = 0) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), Math.random() * withinMs / 2);
  }

  closed(code, socket) {
    const old = socket === this.socket;
    if (!old && socket !== this.successor) return;
    if (old) this.socket = this.successor;
    this.successor = null;
    if (!this.running) return;
    const next = afterClose(code);
    if (next === 'login') this.end();
    else if (!this.socket) this.lost(LEAST[next]);
    else if (old) this.show({ state: 'connecting' });
    else this.again(LEAST[next]);
  }

  /** The session is over. */
  end() {
    this.running = false;
    clearTimeout(this.timer);
    this.drop();
    this.show({ state: 'ended' });
    this.onEnded();
  }

  /** Lets go of every socket without waiting for its end. */
  drop() {
    const left = [this.socket, this.successor];
    this.socket = this.successor = null;
    for (const one of left) one?.close();
  }

  /** No socket came of it. One that still serves goes on until its own end. */
  again(least = 0) {
    if (!this.live) return this.lost(least);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), Math.max(least, backOff(this.attempt++)));
  }

  /** @param {number} [least] at least so long to wait */
  lost(least = 0) {
    if (!this.running) return;
    clearTimeout(this.timer);
    this.drop();
    if (navigator.onLine === false) return this.show({ state: 'offline' });
    const wait = Math.max(least, backOff(this.attempt++));
    this.show({ state: 'waiting', retryAt: Date.now() + wait });
    this.timer = setTimeout(() => this.open(), wait);
  }
}
