// The few pieces that every view is made of: fields, notices, dialogs, menus.

import { h, patch } from './html.js';
import { hasText, t } from './i18n.js';
import { icon } from './icons.js';
import { isTouch } from './prefs.js';

/** What went wrong, in plain words. @param {any} error */
export function errorText(error) {
  const code = error?.code;
  if (code === 'validation') {
    const first = Object.keys(error.errors ?? {})[0];
    if (first) return fieldError(error, first);
  }
  if (code === 'rate_limited' || code === 'locked_out') {
    return t(`error.${code}`, { n: Math.max(1, Math.ceil((error.retryAfterMs ?? 5000) / 1000)) });
  }
  if (code === 'conflict' && error.reason) return hasText(`reason.${error.reason}`) ? t(`reason.${error.reason}`) : error.message;
  if (code && hasText(`error.${code}`)) return t(`error.${code}`, { text: error.message ?? '' });
  return error?.message && error.message !== code ? error.message : t('error.internal');
}

/** What is wrong with one field: in the person's language where there is a text for it, else in the server's own words. @param {any} error @param {string} name */
export function fieldError(error, name) {
  const said = error?.errors?.[name]?.[0] ?? '';
  return said && hasText(`invalid.${name}`) ? t(`invalid.${name}`) : said;
}

/** @param {any} error @param {() => void} [retry] */
export function failure(error, retry) {
  return h('div.state.failed', { role: 'alert' },
    icon('warning'), h('p', null, errorText(error)),
    retry && h('button.secondary', { type: 'button', 'data-again': error?.code === 'network', onclick: retry }, icon('retry'), t('action.retry')));
}

/** What failed for want of a network is tried again once there is one. */
export function tryAgain() {
  for (const one of document.querySelectorAll('.failed [data-again]')) /** @type {HTMLElement} */ (one).click();
}

/** @param {any} what @param {string} title @param {string} text @param {...any} actions */
export function empty(what, title, text, ...actions) {
  return h('div.state.empty', null, h('span.state-icon', null, icon(what)), h('h2', { role: 'heading', 'aria-level': [...document.querySelectorAll('h1')].some(one => one.checkVisibility()) ? '2' : '1' }, title), h('p', null, text), actions.length > 0 && h('div.state-actions', null, actions));
}

/** Lines in the shape of what is to come; CSS shows them only after 150 ms. */
export function skeleton(lines = 6, kind = 'line') {
  return h('div.skeleton', { 'aria-busy': 'true', 'aria-label': t('state.loading'), role: 'status' },
    Array.from({ length: lines }, (_, i) => h(`div.skeleton-${kind}`, { class: `w${i % 4}` })));
}

/** @param {any} name @param {string} label @param {Record<string, any>} props */
export function iconButton(name, label, props = {}) {
  return h('button.icon-button', { type: 'button', 'aria-label': label, title: label, ...props }, icon(name));
}

let noticeTimer;
/** @param {Element | null} [but] */
function clearNotices(but = null) {
  for (const one of document.querySelectorAll('.notice-place')) if (one !== but) patch(one, []);
}

/** What lies under a dialog is neither seen nor spoken, so each has a place for notices of its own. @param {HTMLDialogElement} dialog @returns {HTMLElement} the place, which has to stay */
export function noticesOver(dialog) {
  const place = h('div.notice-place', { own: true, role: 'status', 'aria-live': 'polite' });
  dialog.append(place);
  dialog.addEventListener('close', () => {
    if (place.hasChildNodes()) document.getElementById('notices')?.replaceChildren(...place.childNodes);
  });
  return place;
}

/** So long one can take back what was done. */
const UNDO_MS = 10_000;

/** A short word at the foot of the page. @param {string} text @param {{kind?: 'info' | 'failed', ms?: number, undo?: () => void}} [options] `undo`: takes back what is told */
export function notify(text, { kind = 'info', undo, ms = undo ? UNDO_MS : 5000 } = {}) {
  const area = [...document.querySelectorAll('dialog[open] > .notice-place')].at(-1) ?? document.getElementById('notices');
  if (!area) return;
  clearNotices(area);
  patch(area, h('div.notice', { class: kind, key: text }, h('span', null, text),
    undo && h('button.link-button', { type: 'button', 'data-testid': 'undo', onclick: () => { clearNotices(); undo(); } }, t('action.undo')),
    iconButton('close', t('action.close'), { onclick: () => clearNotices() })));
  clearTimeout(noticeTimer);
  // Not under the hand of who is about to use it.
  const end = () => { if (document.querySelector('.notice:is(:hover, :focus-within)')) noticeTimer = setTimeout(end, 1000); else clearNotices(); };
  noticeTimer = setTimeout(end, ms);
}

export const notifyError = error => notify(errorText(error), { kind: 'failed', ms: 8000 });

/** How to close each menu and picker that is open. @type {Set<() => void>} */
const popovers = new Set();

export function closePopovers() {
  for (const close of [...popovers]) close();
}

/** Nothing stays open over a page that has gone. */
export function closeOverlays() {
  closePopovers();
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

/**
 * A modal dialog. `render(close, redraw)` answers its content; focus returns to where it was when it closes.
 * @param {string} title @param {(close: (result?: any) => void, redraw: () => void) => any} render @param {{class?: string, testid?: string}} [options]
 * @returns {Promise<any>} what it was closed with
 */
export function openDialog(title, render, options = {}) {
  return new Promise(resolve => {
    let result;
    const titleId = `dialog-title-${document.querySelectorAll('dialog').length}`;
    const body = h('div.dialog-body', null);
    const dialog = h('dialog.dialog', { class: options.class, 'aria-labelledby': titleId, 'data-testid': options.testid ?? 'dialog' },
      h('header.dialog-head', null, h('h2', { id: titleId }, title), iconButton('close', t('action.close'), { onclick: () => close() })), body);
    const close = value => { result = value; dialog.close(); };
    const redraw = () => patch(body, render(close, redraw));
    noticesOver(dialog);
    dialog.addEventListener('close', () => { dialog.remove(); resolve(result); });
    dialog.addEventListener('click', event => { if (event.target === dialog) close(); });
    document.body.append(dialog);
    redraw();
    dialog.showModal();
    const first = dialog.querySelector('[autofocus], .dialog-body input, .dialog-body textarea, .dialog-body button');
    if (first instanceof HTMLElement) first.focus();
    else {
      // A text alone is scrolled by keys only if it can have the focus.
      body.tabIndex = 0;
      body.focus();
    }
  });
}

/** @param {{title: string, text: any, action: string, danger?: boolean}} question @returns {Promise<boolean>} */
export async function confirm({ title, text, action, danger = true }) {
  return Boolean(await openDialog(title, close => [
    h('div.dialog-text', null, text),
    h('footer.dialog-foot', null,
      h('button.secondary', { type: 'button', onclick: () => close(false) }, t('action.cancel')),
      h('button', { type: 'button', class: danger ? 'danger' : 'primary', 'data-testid': 'confirm', autofocus: true, onclick: () => close(true) }, action)),
  ]));
}

/**
 * A floating box beside `anchor`; on a narrow screen a sheet at the foot. Closes on Esc, on a click outside, on scroll.
 * @param {Element | {x: number, y: number}} anchor @param {any} content @param {{class?: string, label?: string, role?: string}} [options]
 */
export function openPopover(anchor, content, { class: kind = '', label = '', role = 'menu' } = {}) {
  const before = /** @type {any} */ (document.activeElement);
  const box = h('div.popover', { class: kind, role, 'aria-label': label, tabindex: '-1' }, content);
  const shade = h('div.popover-shade', null);
  const close = (restore = true) => {
    popovers.delete(close);
    document.removeEventListener('keydown', onKey, true);
    shade.remove();
    box.remove();
    if (restore && before?.isConnected) before.focus({ preventScroll: true });
  };
  /** In a box that is more than a menu the tab key goes round. */
  const goRound = event => {
    const stops = /** @type {HTMLElement[]} */ ([...box.querySelectorAll('a[href], button:not(:disabled), input:not(:disabled), [tabindex="0"]')]).filter(one => one.tabIndex >= 0 && one.checkVisibility());
    const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = event.shiftKey ? at <= 0 : at === stops.length - 1;
    if (!stops.length || !next) return;
    event.preventDefault();
    stops[event.shiftKey ? stops.length - 1 : 0].focus();
  };
  const onKey = event => {
    if (event.key === 'Tab' && role === 'dialog') return goRound(event);
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  document.addEventListener('keydown', onKey, true);
  popovers.add(close);
  shade.addEventListener('pointerdown', event => { event.preventDefault(); close(); });
  // Inside the landmark that it belongs to, so that nobody who goes by landmarks misses it.
  const landmark = anchor instanceof Element ? anchor.closest('main, aside') : document.querySelector('main');
  (document.querySelector('dialog[open]') ?? landmark ?? document.body).append(shade, box);
  const at = anchor instanceof Element ? anchor.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y, 0, 0);
  const size = box.getBoundingClientRect();
  // In line with the anchor's edge on the side where it stands.
  const edge = at.left + at.width / 2 < innerWidth / 2 ? at.left : at.right - size.width;
  const left = Math.max(8, Math.min(edge, innerWidth - size.width - 8));
  const below = at.bottom + 4 + size.height <= innerHeight - 8;
  box.style.setProperty('--left', `${anchor instanceof Element ? left : Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`);
  box.style.setProperty('--top', `${below ? at.bottom + 4 : Math.max(8, at.top - size.height - 4)}px`);
  return { box, close };
}

/** @param {Element | {x: number, y: number}} anchor @param {{icon?: any, mark?: any, checked?: boolean, label: string, danger?: boolean, testid?: string, key?: string, run: () => void}[]} items @param {any} [top] what stands above them */
export function openMenu(anchor, items, label = '', top = null) {
  const shown = openPopover(anchor, [top, items.map(item => h('button.menu-item', {
    type: 'button', role: item.checked === undefined ? 'menuitem' : 'menuitemradio', 'aria-checked': item.checked === undefined ? null : String(item.checked), tabindex: '-1', class: item.danger && 'danger', 'data-testid': item.testid,
    onclick: () => { shown.close(); item.run(); },
  }, item.icon && icon(item.icon), item.mark && h('span.menu-mark', null, item.mark), h('span.grow', null, item.label), item.checked && icon('check'), item.key && !isTouch() && h('kbd', { 'aria-hidden': 'true' }, item.key)))], { class: 'menu', label });
  const buttons = /** @type {HTMLElement[]} */ ([...shown.box.querySelectorAll('button')]);
  shown.box.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Tab') shown.close();
    if (!step) return;
    event.preventDefault();
    const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    buttons[(at + step + buttons.length) % buttons.length].focus();
  });
  buttons[0]?.focus();
  return shown;
}

/** @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    notify(t('notice.copied'), { ms: 2000 });
  } catch {
    notify(t('notice.notCopied'), { kind: 'failed' });
  }
}

/** Calls `run` once things are quiet for `ms`. */
export function debounce(run, ms) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), ms);
  };
}
