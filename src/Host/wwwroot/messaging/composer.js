import { editMessage, outbox, tell } from '../core/app-state.js';
import { avatar } from '../core/avatar.js';
import { h, keep, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { nameOf, roomName } from '../core/people.js';
import { enterSends, isTouch, pref, setPref } from '../core/prefs.js';
import { store } from '../core/store.js';
import { debounce, iconButton, notifyError } from '../core/ui.js';
import { accept, offers, tokenAt } from './complete.js';
import { openEmojiPicker } from './emoji-picker.js';

const MOST = 8000;
const NEAR = 500;
const TYPING_MS = 3000;

/**
 * @param {Element} root @param {string} roomId
 * @param {{sent: () => void, editLast: () => void, leaveUp: () => void}} on
 */
export function composer(root, roomId, on) {
  const state = { reply: /** @type {any} */ (null), edit: /** @type {any} */ (null), offers: /** @type {any[]} */ ([]), token: /** @type {any} */ (null), at: 0, typingAt: 0, busy: false, stopped: false };
  const draftKey = `draft:${store.get().me?.id}:${roomId}`;

  const area = h('textarea.composer-text', {
    own: true, rows: '1', 'data-testid': 'composer', autocapitalize: 'sentences', 'aria-autocomplete': 'list', enterkeyhint: isTouch() ? 'enter' : 'send',
    oninput: () => { changed(); }, onkeydown, onblur: () => { stopTyping(); setTimeout(() => closeOffers(), 150); }, onclick: () => complete(),
  });
  area.value = pref(draftKey, '');
  const keepDraft = debounce(() => { if (!state.edit && !state.stopped) setPref(draftKey, area.value); }, 250);

  function grow() {
    area.style.setProperty('height', 'auto');
    area.style.setProperty('height', `${Math.min(area.scrollHeight, Math.round(innerHeight * 0.4))}px`);
  }

  function stopTyping() {
    if (state.typingAt) tell('typing', { roomId, on: false });
    state.typingAt = 0;
  }

  function changed() {
    grow();
    keepDraft();
    complete();
    draw();
    if (state.edit) return;
    if (area.value === '') stopTyping();
    else if (Date.now() - state.typingAt > TYPING_MS) {
      state.typingAt = Date.now();
      tell('typing', { roomId, on: true });
    }
  }

  function complete() {
    state.token = area.selectionStart === area.selectionEnd ? tokenAt(area.value, area.selectionStart) : null;
    const users = (store.get().members[roomId] ?? []).map(one => one.user).filter(one => one.username);
    state.offers = state.token ? offers(state.token, users) : [];
    state.at = 0;
    draw();
  }

  function closeOffers() {
    if (!state.offers.length) return;
    state.offers = [];
    draw();
  }

  function take(offer) {
    const next = accept(area.value, area.selectionStart, state.token, offer.insert);
    area.value = next.text;
    area.setSelectionRange(next.caret, next.caret);
    area.focus();
    changed();
    closeOffers();
  }

  function onkeydown(event) {
    if (event.isComposing) return;
    if (state.offers.length) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        state.at = (state.at + step + state.offers.length) % state.offers.length;
        return draw();
      }
      if (event.key === 'Enter' || event.key === 'Tab') {
        event.preventDefault();
        return take(state.offers[state.at]);
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        return closeOffers();
      }
    }
    if (event.key === 'Escape' && (state.edit || state.reply)) {
      event.preventDefault();
      event.stopPropagation();
      return cancel();
    }
    if (event.key === 'ArrowUp' && area.value === '' && !event.altKey && !state.edit) {
      event.preventDefault();
      return event.shiftKey ? on.leaveUp() : on.editLast();
    }
    if (event.key === 'Enter' && !isTouch() && (event.ctrlKey || event.metaKey || event.shiftKey !== enterSends())) {
      event.preventDefault();
      send();
    }
  }

  function cancel() {
    if (state.edit) {
      state.edit = null;
      area.value = pref(draftKey, '');
    }
    state.reply = null;
    changed();
    area.focus();
  }

  async function send() {
    const text = area.value.trim();
    if (!text || text.length > MOST || state.busy) return;
    if (state.edit) return saveEdit(text);
    const { reply } = state;
    area.value = '';
    state.reply = null;
    setPref(draftKey, null);
    stopTyping();
    outbox.add({ roomId, text, replyTo: reply && { id: reply.id, seq: reply.seq, senderId: reply.senderId, excerpt: reply.text.slice(0, 120) } });
    changed();
    on.sent();
  }

  async function saveEdit(text) {
    state.busy = true;
    draw();
    try {
      if (text !== state.edit.text) await editMessage(state.edit.id, text);
      state.busy = false;
      cancel();
    } catch (error) {
      state.busy = false;
      draw();
      notifyError(error);
    }
  }

  function banner() {
    const kind = state.edit ? 'edit' : state.reply ? 'reply' : null;
    if (!kind) return null;
    const message = state.edit ?? state.reply;
    return h('div.composer-banner', { 'data-testid': `composer-${kind}` }, icon(kind), h('span.grow', null, h('strong', null, kind === 'edit' ? t('composer.editing') : t('composer.replying', { name: nameOf(message.senderId) })),
      h('span.excerpt', null, message.text.slice(0, 140))), iconButton('close', t('action.cancel'), { onclick: cancel }));
  }

  function draw() {
    const left = MOST - area.value.length;
    const room = store.get().rooms[roomId];
    area.setAttribute('placeholder', t('composer.placeholder', { name: roomName(room) }));
    area.setAttribute('aria-label', t('composer.placeholder', { name: roomName(room) }));
    patch(root, [
      state.offers.length > 0 && h('ul.completions', { key: 'offers', id: 'completions', role: 'listbox', 'aria-label': t('composer.completions'), 'data-testid': 'completions' }, state.offers.map((offer, i) => h('li', {
        key: offer.key, id: `offer-${i}`, role: 'option', 'aria-selected': String(i === state.at), onpointerdown: event => { event.preventDefault(); take(offer); },
      }, offer.user ? avatar(offer.user, 'small') : h('span.emoji', null, offer.emoji), h('strong', null, offer.label), offer.note && h('small.muted', null, offer.note)))),
      h('form.composer', { key: 'form', class: state.edit && 'editing', onsubmit: event => { event.preventDefault(); send(); area.focus(); } },
        banner(),
        h('div.composer-row', { key: 'row' }, keep(area),
          iconButton('smile', t('composer.emoji'), { key: 'emoji', onclick: event => openEmojiPicker(event.currentTarget, insert) }),
          h('button.send', { key: 'send', type: 'submit', 'data-testid': 'send', 'aria-label': state.edit ? t('action.save') : t('composer.send'), title: state.edit ? t('action.save') : t('composer.send'), disabled: state.busy || left < 0 || area.value.trim() === '' }, icon(state.edit ? 'check' : 'send'))),
        left < NEAR && h('p.counter', { key: 'counter', class: left < 0 && 'over', role: 'status', 'data-testid': 'counter' }, left < 0 ? t('composer.over', { n: -left }) : t('composer.left', { n: left }))),
    ]);
    for (const [name, value] of [['aria-controls', 'completions'], ['aria-activedescendant', `offer-${state.at}`]]) {
      if (state.offers.length) area.setAttribute(name, value);
      else area.removeAttribute(name);
    }
  }

  function insert(text) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
    area.focus();
    changed();
  }

  draw();
  queueMicrotask(grow);
  return {
    focus: () => area.focus({ preventScroll: true }),
    reply(message) { Object.assign(state, { reply: message, edit: null }); draw(); area.focus(); },
    edit(message) {
      if (!state.edit) setPref(draftKey, area.value);
      Object.assign(state, { edit: message, reply: null });
      area.value = message.text;
      changed();
      area.focus();
      area.setSelectionRange(area.value.length, area.value.length);
    },
    insert, draw,
    stop() {
      state.stopped = true;
      if (!state.edit) setPref(draftKey, area.value);
      stopTyping();
    },
  };
}
