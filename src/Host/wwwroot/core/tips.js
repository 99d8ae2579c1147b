// A word at the pointer or the focus for what carries `data-tip`: who reacted, mostly. Screen readers have it in the label.

import { h } from './html.js';

const AFTER_MS = 250;

export function bindTips() {
  const tip = h('div.tip', { 'aria-hidden': 'true', hidden: true });
  document.body.append(tip);
  let timer;
  let at = /** @type {HTMLElement | null} */ (null);

  function hide() {
    clearTimeout(timer);
    tip.hidden = true;
    at = null;
  }

  function show() {
    if (!at?.isConnected) return hide();
    tip.textContent = at.dataset.tip ?? '';
    tip.hidden = false;
    const box = at.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const top = box.top - size.height - 6;
    tip.style.setProperty('--left', `${Math.max(8, Math.min(box.left + box.width / 2 - size.width / 2, innerWidth - size.width - 8))}px`);
    tip.style.setProperty('--top', `${top > 8 ? top : box.bottom + 6}px`);
  }

  function over(event) {
    const target = /** @type {any} */ (event.target).closest?.('[data-tip]');
    if (target === at) return;
    hide();
    if (!target || event.pointerType === 'touch' || (event.type === 'focusin' && !target.matches(':focus-visible'))) return;
    at = target;
    timer = setTimeout(show, AFTER_MS);
  }
  document.addEventListener('pointerover', over);
  document.addEventListener('focusin', over);
  document.addEventListener('focusout', hide);
  document.addEventListener('pointerdown', hide, true);
  document.addEventListener('keydown', event => { if (event.key === 'Escape') hide(); }, true);
  document.addEventListener('scroll', hide, { capture: true, passive: true });
}
