// Keeps the store true: one live socket, resume after every gap, rooms reloaded where the log cannot be followed.

import { applyToInbox, inboxAfter } from './inbox.js';
import { normalRoom } from './normal.js';
import { withoutThreads } from '../messaging/threads.js';
import { applyEphemeral, applyRead, applyRoomEvent, applyToLog, judge, reached, withoutRoom, withRoom, withUser } from './sync.js';

const RECENT = 400;
/** So long to wait before counts are asked for, each time twice as long. */
const [ASK_MS, MOST_ASKED] = [400, 5];

/** Where both tell of the same moment, the server's count is right. */
function compared(known, fresh) {
  if (known.atSeq !== fresh.atSeq || known.lastReadSeq > fresh.lastReadSeq) return known;
  const { role, lastReadSeq, unreadCount, mentionCount, muted, memberCount } = fresh;
  return { ...known, role, lastReadSeq, unreadCount, mentionCount, muted, memberCount, unsure: false };
}

/** Applies what arrives. Knows no socket, so that its rules can be tested with frames alone. */
export class Applier {
  /**
   * @param {{store: any, api: {get: (path: string) => Promise<any>}, created?: (event: any) => void, told?: (notification: any) => void, loaded?: () => void, wait?: (run: () => void, ms: number) => any}} parts
   *   `told`: something came for the inbox; `loaded`: the rooms were read anew, so what else hangs on the person's own log is to be read anew too
   */
  constructor({ store, api, created = () => {}, told = () => {}, loaded = () => {}, wait = (run, ms) => setTimeout(run, ms) }) {
    this.told = told;
    this.loaded = loaded;
    this.wait = wait;
    /** Rooms whose counts are being asked for. @type {Set<string>} */
    this.asking = new Set();
    this.store = store;
    this.api = api;
    this.created = created;
    /** Events of rooms that are being repaired or fetched wait here. @type {Map<string, any[]>} */
    this.held = new Map();
    /** The last events per room, for pages that were asked for before them. @type {Map<string, any[]>} */
    this.recent = new Map();
    this.reloading = null;
  }

  apply(event) {
    if (event.roomId && event.seq !== undefined && event.userSeq === undefined && event.type !== 'receipt') return this.room(event);
    if (event.userSeq !== undefined) return this.user(event);
    this.store.set(state => applyEphemeral(state, event));
  }

  room(event) {
    const waiting = this.held.get(event.roomId);
    if (waiting) return void waiting.push(event);
    const room = this.store.get().rooms[event.roomId];
    if (!room) {
      if (event.type !== 'member.left') this.hold(event.roomId, () => this.fetchRoom(event.roomId), [event]);
      return;
    }
    const verdict = judge(room.atSeq, event);
    if (verdict === 'skip') return;
    if (verdict === 'gap') return this.hold(event.roomId, () => this.fill(event.roomId), [event]);
    this.take(event);
  }

  take(event) {
    const recent = this.recent.get(event.roomId) ?? [];
    recent.push(event);
    if (recent.length > RECENT) recent.splice(0, recent.length - RECENT);
    this.recent.set(event.roomId, recent);
    this.store.set(state => inboxAfter(applyRoomEvent(state, event), event));
    this.settleCounts(event.roomId);
    if (event.type === 'message.created') this.created(event);
  }

  /** Repairs a room while its events wait; afterwards they are judged again. */
  hold(roomId, repair, first = []) {
    if (this.held.has(roomId)) return;
    this.held.set(roomId, first);
    repair().catch(error => {
      if (error.status === 404 || error.status === 403) this.store.set(state => withoutRoom(state, roomId));
      else throw error;
    }).then(() => {
      const waiting = this.held.get(roomId) ?? [];
      this.held.delete(roomId);
      if (this.store.get().rooms[roomId]) for (const event of waiting) this.room(event);
    }, error => {
      this.held.delete(roomId);
      console.warn('room not repaired, the next event tries again', error.code ?? error.message);
    });
  }

  /** Everything after what is known, over HTTP. */
  async fill(roomId) {
    for (;;) {
      const room = this.store.get().rooms[roomId];
      if (!room) return;
      const page = await this.api.get(`/rooms/${roomId}/events?after=${room.atSeq}&limit=1000`);
      const epoch = this.store.get().epoch;
      const items = page.items ?? [];
      const first = items[0];
      if ((page.epoch && epoch && page.epoch !== epoch) || (first && judge(room.atSeq, first) === 'gap')) return this.reload(roomId);
      for (const event of items) {
        const one = { ...event, roomId };
        if (judge(this.store.get().rooms[roomId].atSeq, one) === 'apply') this.take(one);
      }
      if (items.length === 0 || reached(items.at(-1)) >= (page.lastSeq ?? 0)) return;
    }
  }

  async fetchRoom(roomId) {
    const room = normalRoom(await this.api.get(`/rooms/${roomId}`));
    this.store.set(state => {
      const next = { ...state, rooms: { ...state.rooms, [roomId]: room } };
      return room.peer ? withUser(next, room.peer) : next;
    });
  }

  /** The log cannot be followed: the room is read anew, and its messages are forgotten (the open view asks for them). */
  async reload(roomId) {
    this.recent.delete(roomId);
    await this.fetchRoom(roomId);
    this.store.set(state => {
      const { [roomId]: _log, ...logs } = state.logs;
      const { [roomId]: _members, ...members } = state.members;
      return { ...withoutThreads(state, roomId), logs, members };
    });
  }

  /**
   * All rooms anew: at start, when the user's own log has a hole, and when the epoch changed.
   * @param {{forget?: boolean, follow?: boolean}} [how] `follow`: the socket is live, so what a known room lacks is on its way
   */
  loadRooms({ forget = false, follow = false } = {}) {
    this.reloading ??= (async () => {
      const page = await this.api.get('/rooms');
      if (forget) this.recent.clear();
      this.store.set(state => {
        const rooms = {};
        let next = state;
        for (const raw of page.items) {
          const fresh = normalRoom(raw);
          const known = state.rooms[raw.id];
          rooms[raw.id] = known && !forget && (follow || known.atSeq >= fresh.atSeq) ? compared(known, fresh) : fresh;
          if (fresh.peer) next = withUser(next, fresh.peer);
        }
        const keep = log => !forget && Object.entries(log).filter(([id]) => rooms[id]?.atSeq === state.rooms[id]?.atSeq);
        const threads = Object.fromEntries(Object.entries(state.threads).filter(([, one]) => !forget && rooms[one.root.roomId]?.atSeq === state.rooms[one.root.roomId]?.atSeq));
        return { ...next, rooms, threads, userSeq: follow ? state.userSeq : page.userSeq ?? 0, roomsLoaded: true, roomsError: null, logs: Object.fromEntries(keep(state.logs) || []) };
      });
      this.loaded();
    })().finally(() => { this.reloading = null; });
    return this.reloading;
  }

  user(event) {
    const { userSeq } = this.store.get();
    if (event.userSeq <= userSeq) return;
    if (event.userSeq > userSeq + 1) return void this.loadRooms().catch(error => console.warn('rooms not reloaded', error.code));
    this.store.set(state => applyToInbox({ ...state, userSeq: event.userSeq }, event));
    if (event.type === 'notification') this.told(event.notification);
    else if (event.type === 'room.added') this.hold(event.room?.id ?? event.roomId, () => this.fetchRoom(event.room?.id ?? event.roomId));
    else if (event.type === 'room.removed') this.store.set(state => withoutRoom(state, event.roomId));
    else if (event.type === 'room.read') {
      this.store.set(state => applyRead(state, event.roomId, event.seq ?? 0));
      this.settleCounts(event.roomId);
    } else if (event.type === 'room.preferences') {
      this.store.set(state => withRoom(state, event.roomId, room => ({ ...room, muted: event.muted ?? event.preferences?.muted ?? false, notify: event.notify ?? room.notify })));
    } else if (event.type === 'profile') this.store.set(state => withUser(state, event.user));
  }

  /** Counts that cannot be told from what is in memory are the server's, as soon as both tell of the same moment. */
  settleCounts(roomId, asked = 0) {
    if (!this.store.get().rooms[roomId]?.unsure || this.asking.has(roomId) || asked >= MOST_ASKED) return;
    this.asking.add(roomId);
    this.wait(async () => {
      try {
        const fresh = normalRoom(await this.api.get(`/rooms/${roomId}`));
        this.store.set(state => withRoom(state, roomId, room => compared(room, fresh)));
      } catch (error) {
        console.warn('counts are not known', error.code);
      }
      this.asking.delete(roomId);
      this.settleCounts(roomId, asked + 1);
    }, ASK_MS * 2 ** asked);
  }

  /** A page that was asked for earlier meets what has happened since. Answers whether it could be made current. */
  catchUp(roomId, atSeq) {
    const room = this.store.get().rooms[roomId];
    if (!room || room.atSeq <= atSeq) return true;
    const missed = (this.recent.get(roomId) ?? []).filter(event => reached(event) > atSeq);
    if (missed.length === 0 || missed[0].seq > atSeq + 1) return false;
    this.store.set(state => missed.reduce(applyToLog, state));
    return true;
  }

  /** What `resume` is asked with. */
  position() {
    const state = this.store.get();
    return { epoch: state.epoch, userSeq: state.userSeq, rooms: Object.fromEntries(Object.values(state.rooms).map(room => [room.id, room.atSeq])) };
  }

  /** @param {any} reply to `resume` */
  async afterResume(reply) {
    const jobs = [];
    for (const [roomId, one] of Object.entries(reply.rooms ?? {})) {
      if (one.code === 'not_found') this.store.set(state => withoutRoom(state, roomId));
      else if (one.complete === false && this.store.get().rooms[roomId]) this.hold(roomId, () => this.reload(roomId));
    }
    if ((reply.userSeq ?? 0) !== this.store.get().userSeq) jobs.push(this.loadRooms());
    await Promise.all(jobs);
  }
}
