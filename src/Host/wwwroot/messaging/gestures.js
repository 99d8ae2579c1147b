// Pointer, touch and keys on messages: the bar on hover and focus, the menu on long press, single keys on the focused one.

const PRESS_MS = 450;

/** A list of messages: the room's timeline, or a thread. @typedef {{list: any, messageOf: (node: any) => any, nodeOf: (key: string) => any, roving: {key: string, mark: () => void, isLast: (article: any) => boolean, move: (step: number | 'first' | 'last', from?: any) => void}}} MessageList */

/** @param {MessageList} timeline @param {any} actions @param {{leave: () => void}} on */
export function bindGestures(timeline, actions, on) {
  const { list } = timeline;
  /** @type {HTMLElement | null} */ let bar = null;
  /** @type {any} */ let over = null;
  let press;

  const articleOf = target => (target instanceof Element ? target.closest('article') : null);

  function showOn(article) {
    const message = timeline.messageOf(article);
    if (over === article && bar?.isConnected) return;
    bar?.remove();
    over = article;
    bar = message ? actions.bar(message) : null;
    if (bar) article.append(bar);
  }

  function hide() {
    if (document.querySelector('.popover')) return;
    bar?.remove();
    bar = over = null;
  }

  list.addEventListener('pointerover', event => {
    if (event.pointerType === 'touch') return;
    const article = articleOf(event.target);
    if (article) showOn(article);
  });
  list.addEventListener('pointerleave', hide);
  list.addEventListener('focusin', event => {
    const article = articleOf(event.target);
    if (!article) return;
    if (event.target === article) {
      timeline.roving.key = /** @type {HTMLElement} */ (article).dataset.key ?? '';
      timeline.roving.mark();
    }
    if (event.target === article && article.matches(':focus-visible')) showOn(article);
  });
  list.addEventListener('focusout', event => { if (!list.contains(event.relatedTarget) && !list.matches(':hover')) hide(); });

  list.addEventListener('contextmenu', event => {
    const article = articleOf(event.target);
    const message = timeline.messageOf(article);
    // A link has the browser's own menu.
    if (event.target.closest('a[href]')) return;
    if (event.pointerType === 'touch') return event.preventDefault();
    if (!message || String(getSelection()) !== '') return;
    event.preventDefault();
    actions.menu(message, { x: event.clientX, y: event.clientY });
  });
  list.addEventListener('pointerdown', event => {
    if (event.pointerType !== 'touch' || event.target.closest('a[href], audio, video')) return;
    const message = timeline.messageOf(articleOf(event.target));
    const at = { x: event.clientX, y: event.clientY };
    press = setTimeout(() => {
      if (!message) return;
      // The finger is still down: lifting it must not press what has just appeared under it.
      document.addEventListener('touchend', lift => lift.preventDefault(), { once: true, capture: true, passive: false });
      actions.menu(message, at);
    }, PRESS_MS);
  });
  for (const type of ['pointerup', 'pointercancel', 'pointermove']) {
    list.addEventListener(type, event => { if (type !== 'pointermove' || Math.abs(event.movementY) > 3) clearTimeout(press); });
  }

  list.addEventListener('keydown', event => {
    const article = articleOf(event.target);
    if (!article || event.target instanceof HTMLMediaElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = { ArrowUp: -1, ArrowDown: 1, Home: 'first', End: 'last' }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (event.key === 'ArrowDown' && timeline.roving.isLast(article)) return on.leave();
      timeline.roving.move(/** @type {any} */ (move), article);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      on.leave();
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (event.target !== article) return;
      event.preventDefault();
      actions.menu(timeline.messageOf(article), article.querySelector('.action-bar') ?? article);
    } else if (actions.key(timeline.messageOf(article), event.key.length === 1 ? event.key.toLowerCase() : event.key, article.querySelector('.action-bar') ?? article)) {
      event.preventDefault();
    }
  });

  return {
    /** After a render the article under the pointer may be another node. */
    refresh() {
      if (!over || over.isConnected) return;
      const now = timeline.nodeOf(over.dataset.key);
      bar = over = null;
      if (now?.isConnected && now.matches(':hover')) showOn(now);
    },
    stop: hide,
  };
}
