// The messages as one stop of the tab key, with the arrow keys between them, also where the next one is not in the page yet.

import { toReach } from './anchor.js';

/** @param {any} article @param {boolean} on whether the tab key stops at it and at what is inside; the bar has its own keys */
export function reach(article, on) {
  for (const one of [article, ...article.querySelectorAll('a[href], button')]) if (!one.closest('.action-bar')) one.tabIndex = on ? 0 : -1;
}

export class Roving {
  /** @param {{list: HTMLElement, canvas: import('./canvas.js').Canvas, nodeOf: (key: string) => any, draw: () => void, scroll: (top: number) => void, more: () => boolean}} parts `more`: earlier messages are on their way */
  constructor({ list, canvas, nodeOf, draw, scroll, more }) {
    this.list = list;
    this.canvas = canvas;
    this.nodeOf = nodeOf;
    this.draw = draw;
    this.scroll = scroll;
    this.more = more;
    this.key = '';
    /** Steps up that wait for messages to step to. */
    this.owed = 0;
  }

  /** The row that has the focus, or something in it. @returns {string | null} */
  get focused() {
    const focused = document.activeElement;
    return focused instanceof HTMLElement && this.list.contains(focused) ? focused.closest('article')?.dataset.key ?? null : null;
  }

  /** One message is on the tab key's way; what is inside the others is reached through it. */
  mark() {
    const articles = this.list.querySelectorAll('article');
    const current = this.nodeOf(this.key);
    const stop = current?.isConnected ? current : articles[articles.length - 1];
    for (const one of this.list.querySelectorAll('article[tabindex="0"]')) if (one !== stop) reach(one, false);
    if (stop) reach(stop, true);
  }

  /** A row that had the focus was made anew, or was moved in the page, which takes the focus from it. */
  restore(focused, replaced) {
    if (!focused || document.activeElement === focused) return;
    const after = replaced.find(([before]) => before.contains(focused))?.[1] ?? (this.list.contains(focused) ? focused : null);
    after?.focus({ preventScroll: true });
  }

  /** Points at a message that was jumped to. */
  flash(key) {
    const node = this.nodeOf(key);
    if (!node) return;
    node.classList.remove('flash');
    requestAnimationFrame(() => this.nodeOf(key)?.classList.add('flash'));
    setTimeout(() => this.list.querySelector('.flash')?.classList.remove('flash'), 2500);
    this.key = key;
    this.mark();
    node.focus({ preventScroll: true });
  }

  /** The messages are here. */
  goOn() {
    const steps = this.owed;
    this.owed = 0;
    if (steps && this.focused === this.key) this.move(steps);
  }

  /** @param {any} article */
  isLast(article) { return this.canvas.rows.at(-1)?.key === article.dataset.key; }

  /** @param {number | 'first' | 'last'} step */
  move(step, from = /** @type {any} */ (this.list.querySelector('article[tabindex="0"]'))) {
    const { canvas } = this;
    const messages = canvas.rows.flatMap((row, i) => (row.kind === 'message' ? [i] : []));
    const now = messages.indexOf(canvas.index.get(from?.dataset.key ?? '') ?? -1);
    if (typeof step === 'number' && now + step < 0 && this.more()) {
      this.owed += step;
      return;
    }
    this.owed = 0;
    const i = messages[step === 'first' ? 0 : step === 'last' ? messages.length - 1 : Math.max(0, Math.min(messages.length - 1, now + step))];
    if (i === undefined) return;
    const top = () => toReach({ top: canvas.at(i), bottom: canvas.at(i + 1) }, { top: canvas.scroller.scrollTop, height: canvas.scroller.clientHeight });
    const { key } = canvas.rows[i];
    if (top() !== canvas.scroller.scrollTop) {
      this.scroll(top());
      if (i < canvas.start || i >= canvas.end || canvas.short) this.draw();
      this.scroll(top());
    }
    this.key = key;
    this.mark();
    this.nodeOf(key)?.focus({ preventScroll: true });
  }
}
