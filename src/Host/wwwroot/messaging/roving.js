// The messages as one stop of the tab key, with the arrow keys between them, also where the next one is not in the page yet.

import { toReach } from './anchor.js';

/** @param {any} article @param {boolean} on whether the tab key stops at it and at what is inside; the bar has its own keys */
export function reach(article, on) {
  for (const one of [article, ...article.querySelectorAll('a[href], button')]) if (!one.closest('.action-bar')) one.tabIndex = on ? 0 : -1;
}

export class Roving {
  /** @param {{list: HTMLElement, canvas: import('./canvas.js').Canvas, nodeOf: (key: string) => any, draw: () => void, scroll: (top: number) => void}} parts */
  constructor({ list, canvas, nodeOf, draw, scroll }) {
    this.list = list;
    this.canvas = canvas;
    this.nodeOf = nodeOf;
    this.draw = draw;
    this.scroll = scroll;
    this.key = '';
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
    requestAnimationFrame(() => node.classList.add('flash'));
    setTimeout(() => this.list.querySelector('.flash')?.classList.remove('flash'), 2500);
    this.key = key;
    this.mark();
    node.focus({ preventScroll: true });
  }

  /** @param {any} article */
  isLast(article) { return this.canvas.rows.at(-1)?.key === article.dataset.key; }

  /** @param {number | 'first' | 'last'} step */
  move(step, from = /** @type {any} */ (this.list.querySelector('article[tabindex="0"]'))) {
    const { canvas } = this;
    const messages = canvas.rows.flatMap((row, i) => (row.kind === 'message' ? [i] : []));
    const now = messages.indexOf(canvas.index.get(from?.dataset.key ?? '') ?? -1);
    const i = messages[step === 'first' ? 0 : step === 'last' ? messages.length - 1 : Math.max(0, Math.min(messages.length - 1, now + step))];
    if (i === undefined) return;
    const top = () => toReach({ top: canvas.at(i), bottom: canvas.at(i + 1) }, { top: canvas.scroller.scrollTop, height: canvas.scroller.clientHeight });
    this.key = canvas.rows[i].key;
    if (top() !== canvas.scroller.scrollTop) {
      this.scroll(top());
      if (i < canvas.start || i >= canvas.end || canvas.short) this.draw();
      this.scroll(top());
    }
    this.mark();
    this.nodeOf(this.key)?.focus({ preventScroll: true });
  }
}
