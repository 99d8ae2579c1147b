// Keeps one socket alive: ticket, resume, back-off, hand-over when a node stops.

import { post } from './api.js';
import { afterClose, backOff, Socket } from './socket.js';

const SLOW_MS = 60_000;
const RESTORED_MS = 5_000;

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
    for (const one of [this.socket, this.successor]) one?.close();
    this.socket = this.successor = null;
    this.show({ state: 'idle' });
  }

  /** The person asked, or the network came back: no more waiting. */
  now() {
    if (!this.running || this.live || this.opening) return;
    clearTimeout(this.timer);
    this.open();
  }

  async open() {
    if (this.opening || !this.running) return;
    this.opening = true;
    if (!this.live) this.show({ state: 'connecting' });
    try {
      const { ticket } = await post('/auth/ws-ticket', {}, {});
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
      else this.socket = socket;
    } catch (error) {
      if (error.status === 401) return;
      this.lost(error.retryAfterMs);
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
      if (socket === this.socket && !this.successor) this.open();
    } else if (event.type === 'system') this.onSystem(event);
    else this.applier.apply(event);
  }

  closed(code, socket) {
    if (socket === this.successor) {
      this.successor = null;
      return;
    }
    if (socket !== this.socket) return;
    this.socket = this.successor;
    this.successor = null;
    if (!this.running || this.socket) return;
    const next = afterClose(code);
    if (next === 'login') {
      this.running = false;
      this.show({ state: 'ended' });
      this.onEnded();
    } else if (next !== 'stop') this.lost(next === 'slow' ? SLOW_MS : next === 'wait' ? 10_000 : undefined);
  }

  /** @param {number} [least] at least so long to wait */
  lost(least = 0) {
    if (!this.running) return;
    clearTimeout(this.timer);
    if (navigator.onLine === false) return this.show({ state: 'offline' });
    const wait = Math.max(least, backOff(this.attempt++));
    this.show({ state: 'waiting', retryAt: Date.now() + wait });
    this.timer = setTimeout(() => this.open(), wait);
  }
}
