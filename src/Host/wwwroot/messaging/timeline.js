// The scrolling list of a room's messages. What is read stays where it is, whatever loads or arrives around it.

import { h, keep, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { normalMessage } from '../core/normal.js';
import { store } from '../core/store.js';
import { dayName, fullDate } from '../core/time.js';
import { empty, failure, notifyError, skeleton } from '../core/ui.js';
import { isAtEnd, distanceToEnd, pickAnchors, shift, toShow } from './anchor.js';
import { days } from './grouping.js';
import { loadAfter, loadAround, loadBefore, loadLatest, touch } from './loader.js';
import { dependsOn, messageNode } from './message.js';

const LOAD_AT = 800;
const RECEIPTS_UP_TO = 50;

/** What stands for entries of the outbox until the messages themselves are here. @param {string} [threadId] those of a thread */
export function unsent(state, roomId, items, threadId) {
  const here = new Set(items.filter(one => one.senderId === state.me?.id).map(one => one.clientId));
  return state.outbox.filter(one => one.roomId === roomId && one.threadId === threadId && !here.has(one.clientId)).map(entry => ({
    ...normalMessage({ id: `local-${entry.clientId}`, roomId, clientId: entry.clientId, senderId: state.me?.id, text: entry.text, replyTo: entry.replyTo, createdAt: entry.createdAt, seq: entry.seq ?? Infinity }),
    local: entry,
  }));
}

/** @param {any} article @param {boolean} on whether the tab key stops at it and at what is inside; the bar has its own keys */
function reach(article, on) {
  for (const one of [article, ...article.querySelectorAll('a[href], button')]) if (!one.closest('.action-bar')) one.tabIndex = on ? 0 : -1;
}

export class Timeline {
  /** @param {Element} root @param {string} roomId @param {{actions: any, moved: () => void}} parts */
  constructor(root, roomId, { actions, moved }) {
    this.roomId = roomId;
    this.actions = actions;
    this.moved = moved;
    this.list = h('div.messages', { own: true, role: 'group', 'aria-label': t('timeline.label') });
    this.scroller = h('div.scroller', { own: true, 'data-testid': 'timeline', tabindex: '-1' }, this.list);
    root.append(this.scroller);
    /** @type {Map<string, {parts: any[], node: any, message: any}>} */
    this.nodes = new Map();
    this.stick = true;
    this.busy = /** @type {'' | 'before' | 'after' | 'all'} */ ('');
    this.error = /** @type {any} */ (null);
    this.newAfter = /** @type {number | null} */ (null);
    this.wanted = /** @type {{seq?: number, divider?: boolean} | null} */ (null);
    this.activeKey = '';
    this.height = 0;
    this.pauseUntil = 0;
    /** @type {any[][]} */
    this.replaced = [];
    this.scroller.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.scroller);
    this.sizes.observe(this.list);
  }

  stop() { this.sizes.disconnect(); }

  get log() { return store.get().logs[this.roomId]; }

  /** @param {number | null} seq a message to show; without: the first unread, or the end */
  async open(seq = null) {
    touch(this.roomId);
    const room = store.get().rooms[this.roomId];
    if (!room) return;
    const log = this.log;
    if (seq !== null) {
      this.wanted = { seq };
      if (!log?.items.some(one => one.seq === seq)) return this.run('all', () => loadAround(this.roomId, seq));
      return this.render();
    }
    const unread = room.unreadCount > 0;
    if (unread) {
      this.newAfter = room.lastReadSeq;
      this.wanted = { divider: true };
    } else this.stick = true;
    const covers = log && (unread ? log.items.some(one => one.seq <= room.lastReadSeq) || !log.hasBefore : !log.hasAfter);
    if (covers) return this.render();
    await this.run('all', () => (unread && room.lastReadSeq > 0 ? loadAround(this.roomId, room.lastReadSeq) : loadLatest(this.roomId)));
  }

  /** The log was dropped because it could not be followed: read anew. */
  reopen() {
    if (this.busy !== 'all') this.run('all', () => loadLatest(this.roomId));
  }

  async toEnd() {
    this.stick = true;
    this.wanted = null;
    if (this.log?.hasAfter) await this.run('all', () => loadLatest(this.roomId));
    this.stick = true;
    this.render();
  }

  async run(what, load) {
    this.busy = what;
    this.error = null;
    this.render();
    try {
      await load();
    } catch (error) {
      if (what === 'all') this.error = error;
      else notifyError(error);
      this.pauseUntil = Date.now() + 3000;
    }
    this.busy = '';
    this.render();
  }

  scrolled() {
    this.stick = isAtEnd(this.scroller) && !this.log?.hasAfter;
    this.load();
    this.moved();
  }

  resized() {
    const grown = this.scroller.clientHeight !== this.height;
    this.height = this.scroller.clientHeight;
    if (this.stick && !this.wanted) this.scroller.scrollTop = this.scroller.scrollHeight;
    if (grown) this.moved();
  }

  load() {
    const log = this.log;
    if (!log || this.busy || this.wanted || Date.now() < this.pauseUntil) return;
    if (log.hasBefore && this.scroller.scrollTop < LOAD_AT) this.run('before', () => loadBefore(this.roomId));
    else if (log.hasAfter && distanceToEnd(this.scroller) < LOAD_AT) this.run('after', () => loadAfter(this.roomId));
  }

  get atEnd() { return isAtEnd(this.scroller) && this.log !== undefined && !this.log.hasAfter; }

  seen(state, items) {
    const room = state.rooms[this.roomId];
    if (!room || room.memberCount > RECEIPTS_UP_TO) return null;
    const own = items.findLast(one => one.senderId === state.me?.id && !one.local && !one.isDeleted);
    if (!own) return null;
    const ids = Object.entries(state.receipts[this.roomId] ?? {}).filter(([id, seq]) => id !== state.me?.id && seq >= own.seq).map(([id]) => id).sort();
    return ids.length ? { id: own.id, ids } : null;
  }

  /** The node of a row, made anew only when something in it has changed. */
  node(row, state, seen) {
    const { message, first, key } = row;
    const ids = seen?.id === message.id ? seen.ids : [];
    const parts = [...dependsOn(message, state), first, ids.join(), ...ids.map(id => state.users[id])];
    const known = this.nodes.get(key);
    if (known && known.parts.length === parts.length && known.parts.every((one, i) => one === parts[i])) {
      known.message = message;
      return known.node;
    }
    const node = messageNode(message, { first, seen: ids, actions: this.actions });
    node.dataset.key = key;
    reach(node, false);
    if (known) {
      if (known.node.classList.contains('flash')) node.classList.add('flash');
      this.replaced.push([known.node, node]);
    }
    this.nodes.set(key, { parts, node, message });
    return node;
  }

  rowsInView() {
    const top = this.scroller.getBoundingClientRect().top;
    const rows = [];
    for (const node of this.list.querySelectorAll('article')) {
      const box = node.getBoundingClientRect();
      if (box.top - top > this.scroller.clientHeight) break;
      rows.push({ key: node.dataset.key, top: box.top - top, bottom: box.bottom - top });
    }
    return pickAnchors(rows, this.scroller.clientHeight);
  }

  render() {
    const state = store.get();
    const log = state.logs[this.roomId];
    if (!log) {
      patch(this.list, this.error ? failure(this.error, () => this.run('all', () => loadLatest(this.roomId))) : skeleton(9, 'message'));
      return;
    }
    const items = log.hasAfter ? log.items : [...log.items, ...unsent(state, this.roomId, log.items)];
    const anchors = this.rowsInView();
    const focused = document.activeElement;
    this.replaced = [];
    const seen = this.seen(state, items);
    const content = days(items, { newAfter: this.newAfter, me: state.me?.id }).map(day => h('section.day', { key: day.key },
      h('div.day-line', { key: 'line', role: 'separator' }, h('span', { title: fullDate(day.date).split(',').slice(0, 3).join(',') }, dayName(day.date))),
      day.rows.map(row => (row.kind === 'new' ? h('div.new-line', { key: 'new', role: 'separator', 'data-testid': 'new-divider' }, h('span', null, t('timeline.new'))) : keep(this.node(row, state, seen))))));
    const room = state.rooms[this.roomId];
    patch(this.list, [
      log.hasBefore ? h('div.edge', { key: 'before' }, this.busy === 'before' && h('span.spinner', { role: 'status', 'aria-label': t('state.loading') }))
        : items.length > 0 && h('div.beginning', { key: 'beginning' }, h('h2', null, t('timeline.beginning')), h('p', null, room?.type === 'direct' ? t('timeline.beginningDirect') : t('timeline.beginningText'))),
      items.length === 0 && h('div', { key: 'empty' }, empty('compose', t('timeline.empty'), t('timeline.emptyHint'))),
      content,
      log.hasAfter && h('div.edge', { key: 'after' }, this.busy === 'after' && h('span.spinner', { role: 'status', 'aria-label': t('state.loading') })),
    ]);
    this.forget(items);
    for (const [before, after] of this.replaced) if (before.contains(focused)) after.focus({ preventScroll: true });
    this.place(anchors);
    this.rove();
    this.moved();
  }

  place(anchors) {
    const wanted = this.wanted;
    if (wanted && this.busy !== 'all') {
      this.wanted = null;
      const target = wanted.divider ? this.list.querySelector('.new-line') : this.list.querySelector(`article[data-seq="${wanted.seq}"]`);
      if (target) {
        this.stick = false;
        this.show(target);
        if (wanted.seq !== undefined) this.flash(target);
        this.stick = this.atEnd;
        return queueMicrotask(() => this.load());
      }
      if (wanted.seq !== undefined) notifyError({ code: 'message_gone' });
      else this.stick = true;
    }
    if (this.stick && !this.log?.hasAfter) this.scroller.scrollTop = this.scroller.scrollHeight;
    else {
      const top = this.scroller.getBoundingClientRect().top;
      const by = shift(anchors, key => {
        const node = this.nodes.get(key)?.node;
        return node?.isConnected ? node.getBoundingClientRect().top - top : null;
      });
      if (by) this.scroller.scrollTop += by;
    }
    queueMicrotask(() => this.load());
  }

  show(target) {
    const top = this.scroller.getBoundingClientRect().top;
    const box = target.getBoundingClientRect();
    this.scroller.scrollTop = toShow({ top: box.top - top, bottom: box.bottom - top }, this.scroller);
  }

  flash(node) {
    node.classList.remove('flash');
    requestAnimationFrame(() => node.classList.add('flash'));
    setTimeout(() => this.list.querySelector('.flash')?.classList.remove('flash'), 2500);
    this.activeKey = node.dataset.key;
    this.rove();
    node.focus({ preventScroll: true });
  }

  forget(items) {
    if (this.nodes.size <= items.length + 50) return;
    for (const [key, { node }] of this.nodes) if (!node.isConnected) this.nodes.delete(key);
  }

  /** One message is on the tab key's way; what is inside the others is reached through them. */
  rove() {
    const articles = this.list.querySelectorAll('article');
    const current = this.nodes.get(this.activeKey)?.node;
    const stop = current?.isConnected ? current : articles[articles.length - 1];
    for (const one of this.list.querySelectorAll('article[tabindex="0"]')) if (one !== stop) reach(one, false);
    if (stop) reach(stop, true);
  }

  messageOf(node) {
    return node ? this.nodes.get(node.dataset.key)?.message : undefined;
  }

  /** @param {number | 'first' | 'last'} step */
  focusMessage(step, from = this.list.querySelector('article[tabindex="0"]')) {
    const articles = [...this.list.querySelectorAll('article')];
    const at = step === 'first' ? 0 : step === 'last' ? articles.length - 1 : Math.max(0, Math.min(articles.length - 1, articles.indexOf(from) + step));
    const next = articles[at];
    if (!next) return;
    this.activeKey = next.dataset.key;
    this.rove();
    next.focus();
  }
}
