// The replies of one thread as a list that works like the timeline: the same keys, the same bar, the same look.

import { h, keep, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { notifyError } from '../core/ui.js';
import { isAtEnd, toShow } from './anchor.js';
import { continues } from './grouping.js';
import { dependsOn, messageNode } from './message.js';
import { reach } from './roving.js';
import { unsent } from './rows.js';

/** So many replies are shown at first; the earlier ones are one click away. */
const SHOWN = 100;

export class ThreadList {
  /** @param {HTMLElement} root the scrolling box @param {string} roomId @param {string} rootId @param {any} actions */
  constructor(root, roomId, rootId, actions) {
    this.roomId = roomId;
    this.rootId = rootId;
    this.actions = actions;
    this.scroller = root;
    this.list = h('div.messages.thread-messages', { own: true, role: 'group', 'aria-label': t('panel.thread') });
    root.append(this.list);
    /** @type {Map<string, {parts: any[], node: any, message: any}>} */
    this.nodes = new Map();
    /** One message is on the tab key's way; the arrow keys go on from it. */
    this.roving = { key: '', mark: () => this.mark(), isLast: article => [...this.list.querySelectorAll('article')].at(-1) === article, move: (step, from) => this.move(step, from) };
    this.shown = SHOWN;
    this.stick = true;
    this.scroller.addEventListener('scroll', () => { this.stick = isAtEnd(this.scroller); }, { passive: true });
    this.sizes = new ResizeObserver(() => { if (this.stick) this.toEnd(); });
    this.sizes.observe(root);
    this.sizes.observe(this.list);
  }

  stop() { this.sizes.disconnect(); }

  toEnd() {
    this.stick = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  node(message, first, state) {
    const key = message.clientId ? `${message.senderId}/${message.clientId}` : message.id;
    const parts = [first, ...dependsOn(message, state)];
    const known = this.nodes.get(key);
    if (known && known.parts.length === parts.length && known.parts.every((one, i) => one === parts[i])) {
      known.message = message;
      return known.node;
    }
    const node = messageNode(message, { first, seen: [], actions: this.actions });
    node.dataset.key = key;
    reach(node, false);
    this.nodes.set(key, { parts, node, message });
    return node;
  }

  /** What was made anew or moved while it had the focus has it again at once, so that whoever moves it next has the last word. */
  render() {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const key = focused && this.list.contains(focused) ? focused.closest('article')?.dataset.key : null;
    this.place();
    if (!focused || !key || document.activeElement === focused) return;
    (focused.isConnected ? focused : this.nodes.get(key)?.node)?.focus({ preventScroll: true });
  }

  place() {
    const state = store.get();
    const thread = state.threads[this.rootId];
    if (!thread) return;
    const waiting = unsent(state, this.roomId, thread.items, this.rootId);
    const all = [...thread.items, ...waiting];
    const from = Math.max(0, all.length - this.shown);
    const replies = all.slice(from);
    patch(this.list, [
      keep(this.node(thread.root, true, state)),
      h('div.thread-count', { key: 'count', role: 'separator' }, h('span', null, thread.items.length + waiting.length ? t('thread.count', { n: thread.root.replyCount + waiting.length }) : t('thread.none'))),
      from > 0 && h('button.secondary.thread-earlier', { key: 'earlier', type: 'button', onclick: () => this.more() }, t('thread.earlier', { n: from })),
      replies.map((message, i) => keep(this.node(message, !continues(replies[i - 1], message), state))),
    ]);
    for (const [key, { node }] of this.nodes) if (!node.isConnected) this.nodes.delete(key);
    this.mark();
    if (this.stick) this.toEnd();
  }

  /** What is read stays where it is when earlier replies come above it. */
  more() {
    const before = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.shown += SHOWN;
    this.stick = false;
    this.render();
    this.scroller.scrollTop = this.scroller.scrollHeight - before;
  }

  /** @param {number} seq */
  show(seq) {
    const thread = store.get().threads[this.rootId];
    const at = thread?.items.findIndex(one => one.seq === seq) ?? -1;
    if (at >= 0 && thread) this.shown = Math.max(this.shown, thread.items.length - at + 20);
    this.stick = false;
    this.render();
    const target = /** @type {HTMLElement | null} */ (this.list.querySelector(`article[data-seq="${seq}"]`));
    if (!target) return notifyError({ code: 'message_gone' });
    const top = this.scroller.getBoundingClientRect().top;
    const box = target.getBoundingClientRect();
    const above = this.scroller.scrollTop - top;
    this.scroller.scrollTop = toShow({ top: box.top + above, bottom: box.bottom + above }, this.scroller.clientHeight);
    target.classList.add('flash');
    setTimeout(() => target.classList.remove('flash'), 2500);
    this.roving.key = target.dataset.key ?? '';
    this.mark();
    target.focus({ preventScroll: true });
  }

  mark() {
    const articles = this.list.querySelectorAll('article');
    const current = this.nodes.get(this.roving.key)?.node;
    const stop = current?.isConnected ? current : articles[articles.length - 1];
    for (const one of this.list.querySelectorAll('article[tabindex="0"]')) if (one !== stop) reach(one, false);
    if (stop) reach(stop, true);
  }

  nodeOf(key) { return this.nodes.get(key)?.node; }

  messageOf(node) { return node ? this.nodes.get(node.dataset.key)?.message : undefined; }

  /** @param {number | 'first' | 'last'} step */
  move(step, from = this.list.querySelector('article[tabindex="0"]')) {
    const articles = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll('article')]);
    const at = step === 'first' ? 0 : step === 'last' ? articles.length - 1 : Math.max(0, Math.min(articles.length - 1, articles.indexOf(/** @type {any} */ (from)) + step));
    const next = articles[at];
    if (!next) return;
    this.roving.key = next.dataset.key ?? '';
    this.mark();
    next.focus();
  }
}
