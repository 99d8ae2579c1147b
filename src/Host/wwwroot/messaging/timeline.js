// The scrolling list of a room's messages. What is read stays where it is, whatever loads or arrives around it; only what
// is near the view is in the page.

import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { failure, notifyError, skeleton } from '../core/ui.js';
import { isAtEnd } from './anchor.js';
import { Canvas } from './canvas.js';
import { lines } from './grouping.js';
import { seqAt, unloaded } from './heights.js';
import { hold, loadAfter, loadAround, loadBefore, loadLatest, touch } from './loader.js';
import { Roving } from './roving.js';
import { Rows, seenBy, spinner, unloadedNote, unsent } from './rows.js';
import { opening, placeOf } from './wanted.js';

/** So far from the end of what is in memory more is asked for. */
const LOAD_AT = 2500;
const [IDLE_MS, LEAP_MS, PAUSE_MS] = [250, 80, 3000];
/** A space that is wrong by so much makes the scroll bar tell the wrong place. */
const WRONG = 4000;

/** Where a person was in a room when they left it. @type {Map<string, {key: string, down: number}>} */
const places = new Map();

export class Timeline {
  /** @param {Element} root @param {string} roomId @param {{actions: any, moved: () => void}} parts */
  constructor(root, roomId, { actions, moved }) {
    this.roomId = roomId;
    this.actions = actions;
    this.moved = moved;
    this.list = h('div.messages', { own: true, role: 'group', 'aria-label': t('timeline.label') });
    this.scroller = h('div.scroller', { own: true, 'data-testid': 'timeline', tabindex: '-1' }, this.list);
    root.append(this.scroller);
    this.canvas = new Canvas(this.scroller, this.list);
    this.made = new Rows(roomId, actions);
    this.roving = new Roving({
      list: this.list, canvas: this.canvas, nodeOf: key => this.nodeOf(key), draw: () => this.draw(),
      scroll: top => { this.stick = false; this.scroller.scrollTop = top; }, more: () => this.log?.hasBefore ?? false,
    });
    this.stick = /** @type {boolean} */ (true);
    this.busy = /** @type {'' | 'before' | 'after' | 'all'} */ ('');
    this.error = /** @type {any} */ (null);
    this.newAfter = /** @type {number | null} */ (null);
    /** The last number that was here when the connection was lost; what comes after it is new, and not followed. */
    this.awayAfter = /** @type {number | null} */ (null);
    this.wanted = /** @type {import('./wanted.js').Wanted | null} */ (null);
    this.items = /** @type {any[]} */ ([]);
    this.idle = this.leaping = /** @type {any} */ (undefined);
    this.height = this.turn = 0;
    this.stopped = false;
    this.pauseUntil = 0;
    /** What the rows were made of. @type {any[]} */
    this.from = [];
    this.seen = /** @type {{id: string, ids: string[]} | null} */ (null);
    this.scroller.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.scroller);
    this.sizes.observe(this.list);
  }

  stop() {
    this.stopped = true;
    this.sizes.disconnect();
    clearTimeout(this.idle);
    clearTimeout(this.leaping);
    const first = this.canvas.anchors()[0];
    if (this.stick || !first) places.delete(this.roomId);
    else places.set(this.roomId, { key: first.key, down: first.y - this.scroller.scrollTop });
    hold(this.roomId, false);
  }

  get log() { return store.get().logs[this.roomId]; }

  /** @param {number | null} seq a message to show; without: the first unread, where the person was, or the end */
  async open(seq = null) {
    touch(this.roomId);
    const room = store.get().rooms[this.roomId];
    if (!room) return;
    const log = this.log;
    if (log?.kept) this.away();
    const { fetch, ...how } = opening(room, log, { seq, place: places.get(this.roomId), newAfter: this.newAfter, busy: this.busy === 'all' });
    Object.assign(this, how);
    if (!fetch) return this.render();
    await this.run('all', () => (fetch === 'latest' ? loadLatest(this.roomId) : loadAround(this.roomId, fetch.around)));
  }

  /** The log was dropped because it could not be followed: read anew, around what was in view. */
  reopen() {
    if (this.busy === 'all') return;
    const first = this.canvas.anchors()[0];
    const seq = this.stick || !first ? null : this.canvas.rows[this.canvas.index.get(first.key) ?? 0]?.message?.seq;
    if (!Number.isFinite(seq)) return void this.open();
    this.wanted = { place: { key: first.key, down: first.y - this.scroller.scrollTop } };
    this.run('all', () => loadAround(this.roomId, seq));
  }

  /** The connection was lost, or nothing of it was there yet. */
  away() { this.awayAfter ??= this.log?.items.findLast(one => one.senderId)?.seq ?? null; }

  /** What was missed is here. */
  back() {
    this.render();
    this.awayAfter = null;
    this.pauseUntil = 0;
    if (this.error) this.open();
    else this.load();
  }

  async toEnd() {
    this.stick = true;
    this.wanted = null;
    if ((this.log?.hasAfter || this.busy === 'all') && !await this.run('all', () => loadLatest(this.roomId))) return;
    this.stick = true;
    this.render();
  }

  /** One at a time counts: what was asked for before it, and comes after, no longer says what is shown. @returns {Promise<boolean>} whether it counted to its end */
  async run(what, load) {
    const turn = this.turn += 1;
    this.busy = what;
    this.error = null;
    this.render();
    const error = await load().then(() => null, failed => failed);
    if (this.stopped || turn !== this.turn) return false;
    if (error) {
      this.error = error;
      this.wanted = null;
      if (this.log && error.code !== 'network') notifyError(error);
      this.pauseUntil = Date.now() + PAUSE_MS;
    }
    this.busy = '';
    this.render();
    this.roving.goOn();
    return true;
  }

  scrolled() {
    const following = this.stick;
    this.stick = isAtEnd(this.scroller) && !this.log?.hasAfter;
    if (following !== this.stick) hold(this.roomId, !this.stick);
    if (this.canvas.short) this.draw();
    this.load();
    this.moved();
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.rest(), IDLE_MS);
  }

  /** Nobody scrolls: the space above can be made right, which moves nothing that is seen. */
  rest() {
    const { canvas } = this;
    if (this.log && Math.abs(canvas.top - canvas.unloadedAbove) > WRONG) this.draw(true);
    this.load();
  }

  resized() {
    const grown = this.scroller.clientHeight !== this.height;
    this.height = this.scroller.clientHeight;
    if (!this.log || !this.canvas.elements.length) return;
    const by = this.canvas.remeasure();
    if (this.stick && !this.wanted) this.scroller.scrollTop = this.scroller.scrollHeight;
    else if (by) this.scroller.scrollTop += by;
    if (grown || this.canvas.short) {
      this.draw();
      this.moved();
    }
  }

  load() {
    const log = this.log;
    if (!log || this.stopped || this.busy || this.wanted || Date.now() < this.pauseUntil) return;
    const { scrollTop, clientHeight } = this.scroller;
    if (this.far !== null) this.leap();
    else if (log.hasBefore && scrollTop - this.canvas.top < LOAD_AT) this.run('before', () => loadBefore(this.roomId));
    else if (log.hasAfter && this.canvas.foot - scrollTop - clientHeight < LOAD_AT) this.run('after', () => loadAfter(this.roomId));
  }

  /** The message to which the scroll bar was pulled, where nothing is in memory. */
  get far() {
    const { scrollTop: view, clientHeight: height, scrollHeight: end } = this.scroller;
    return this.log ? seqAt({ view, height, top: this.canvas.top, foot: this.canvas.foot, end }, this.log, store.get().rooms[this.roomId]?.lastSeq ?? 0) : null;
  }

  leap() {
    clearTimeout(this.leaping);
    this.leaping = setTimeout(() => {
      const seq = this.far;
      if (this.busy || seq === null) return;
      this.wanted = { near: seq };
      this.run('all', () => loadAround(this.roomId, seq));
    }, LEAP_MS);
  }

  /** The end of all that is here is in view; what has come but is not shown yet is not. */
  get atEnd() { return isAtEnd(this.scroller) && this.log !== undefined && !this.log.hasAfter && this.from[0] === this.log.items; }

  /** Rows anew when what they are made of has changed. */
  compose(state, log) {
    const from = [log.items, log.hasBefore, log.hasAfter, this.newAfter, ...(log.hasAfter ? [] : [state.outbox, state.posts])];
    if (from.some((one, i) => one !== this.from[i])) {
      this.from = from;
      this.items = log.hasAfter ? log.items : [...log.items, ...unsent(state, this.roomId, log.items)];
      this.canvas.setRows(lines(this.items, { newAfter: this.newAfter, me: state.me?.id, whole: !log.hasBefore }));
    }
    const { average } = this.canvas.heights;
    const [first, last] = [log.items[0]?.seq ?? 1, log.items.at(-1)?.seq ?? 0];
    this.canvas.unloadedAbove = log.hasBefore ? unloaded(log.items, first - 1, average) : 0;
    this.canvas.unloadedBelow = log.hasAfter ? unloaded(log.items, (state.rooms[this.roomId]?.lastSeq ?? last) - last, average) : 0;
    this.seen = seenBy(state, this.roomId, this.items);
  }

  /** What came while nobody could follow is marked as new, and the view stays. */
  markMissed(items, me) {
    const after = this.awayAfter;
    if (after === null || !items.some(one => one.seq > after && one.senderId !== me && !one.local)) return;
    this.newAfter ??= after;
    this.stick = false;
  }

  render() {
    // In a list that is in no page any more everything has no height, and would count as seen to its end.
    if (this.stopped) return;
    const state = store.get();
    const log = state.logs[this.roomId];
    if (!log) {
      this.from = [];
      patch(this.list, this.error ? failure(this.error, () => this.run('all', () => loadLatest(this.roomId))) : skeleton(9, 'message'));
      return;
    }
    this.markMissed(log.items, state.me?.id);
    const anchors = this.canvas.anchors();
    this.compose(state, log);
    this.draw(false, anchors);
    this.notes(log);
    this.moved();
    queueMicrotask(() => this.load());
  }

  /** @param {boolean} exact the space above has to be right again @param {{key: string, y: number}[]} anchors */
  draw(exact = false, anchors = this.canvas.anchors()) {
    const { canvas, scroller } = this;
    const state = store.get();
    const focused = document.activeElement;
    const apart = this.roving.focused;
    this.made.replaced = [];
    const found = this.busy === 'all' ? null : this.target();
    const { scrollTop } = scroller;
    const place = found ?? (this.stick && !this.log?.hasAfter ? this.end() : { hold: canvas.hold(anchors), top: scrollTop });
    const top = canvas.draw({ ...place, exact: exact || Boolean(found), apart, element: row => this.made.element(row, state, this.seen) });
    if (this.stick && !found) scroller.scrollTop = scroller.scrollHeight;
    else if (Math.abs(scroller.scrollTop - top) > 0.5) scroller.scrollTop = top;
    this.height = scroller.clientHeight;
    this.roving.restore(focused, this.made.replaced);
    if (found) this.stick = this.atEnd;
    if (found?.flash) this.roving.flash(found.flash);
    this.made.forget();
    this.roving.mark();
  }

  /** The end of everything, with the view's foot at it. */
  end() {
    const { canvas } = this;
    const boundary = canvas.rows.length;
    const y = canvas.unloadedAbove + canvas.sum(0, boundary);
    return { hold: { boundary, y }, top: y - this.scroller.clientHeight };
  }

  /** What was asked for, once. @returns {import('./wanted.js').Place | null} */
  target() {
    const { wanted } = this;
    if (!wanted) return null;
    this.wanted = null;
    const place = placeOf(wanted, this.canvas);
    if ('seq' in wanted && !place?.flash) notifyError({ code: 'message_gone' });
    if (!place && !('near' in wanted)) this.stick = true;
    return place;
  }

  /** In the space of what is not here: that it is being fetched, or why it cannot be. */
  notes(log) {
    const note = () => (this.error ? unloadedNote(this.error, () => { this.pauseUntil = 0; this.error = null; this.load(); }) : spinner());
    patch(this.canvas.above, log.hasBefore && (this.busy || this.error) && note());
    patch(this.canvas.below, log.hasAfter && (this.busy || this.error) && note());
  }

  messageOf(node) {
    return node ? this.made.nodes.get(node.dataset.key)?.message : undefined;
  }

  /** The element that shows a row now. */
  nodeOf(key) { return this.made.nodes.get(key)?.node; }
}
