// Where messages are written: in a room, or in a thread.

import { editMessage, outbox, tell } from '../core/app-state.js';
import { draftOf, editOf, keepDraft, keepEdit, restOf } from '../core/drafts.js';
import { h, keep, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { nameOf, roomName } from '../core/people.js';
import { beginningOf, plain } from '../core/plain.js';
import { enterSends, isTouch } from '../core/prefs.js';
import { store } from '../core/store.js';
import { debounce, iconButton, notifyError } from '../core/ui.js';
import { pickEmoji } from './actions.js';
import { slowUntil } from './slow.js';

const MOST = 8000;
const NEAR = 500;
const TYPING_MS = 3000;
/** A composer takes at most this part of the height. */
const TALLEST = 0.4;

/**
 * @param {Element} root @param {string} roomId
 * @param {{sent: () => void, editLast: () => void, leaveUp: () => void}} on
 * @param {{threadId?: string}} [where]
 */
export function composer(root, roomId, on, { threadId } = {}) {
  const state = { reply: /** @type {any} */ (null), edit: /** @type {any} */ (null), typingAt: 0, busy: false, stopped: false, selecting: false, answer: /** @type {any} */ (null) };
  const id = threadId ? 'completions-thread' : 'completions';
  const area = h('textarea.composer-text', {
    own: true, rows: '1', 'data-testid': threadId ? 'thread-composer' : 'composer', autocapitalize: 'sentences', 'aria-autocomplete': 'list', enterkeyhint: isTouch() ? 'enter' : 'send',
    oninput: () => changed(), onkeydown, onblur: () => { stopTyping(); setTimeout(() => { if (document.activeElement !== area) offers.close(); }, 150); }, onclick: () => offers.update(), onpaste,
  });
  const begun = editOf(roomId, threadId);
  if (begun) state.edit = { id: begun.id, text: begun.text, attachments: [] };
  area.value = begun ? begun.typed : draftOf(roomId, threadId);
  /** What completes comes when it is first needed: nobody types before the page is there. @type {any} */
  let offers = { open: false, active: null, update: () => draw(), close() {}, key: () => false, draw: () => null };
  /** What sets marks comes with it. @type {any} */
  let marks = null;
  Promise.all([import('./completer.js'), import('./format.js'), import('./format-bar.js')]).then(([module, ...others]) => {
    marks = Object.assign({}, ...others);
    offers = module.completer(area, roomId, { id, type, changed: () => changed(), drawn: () => draw(), inThread: Boolean(threadId) });
    if (!state.stopped && document.activeElement === area) offers.update();
  }, error => console.warn('nothing is completed', error.message));
  /** Files that go with it. @type {any} */
  let files = null;
  let offDrop = () => {};
  import('../files/attach.js').then(module => {
    if (state.stopped) return;
    files = Object.assign(module.attachments(roomId, threadId, () => draw()), { pasted: module.pastedFiles });
    offDrop = module.dropZone(/** @type {HTMLElement} */ (root.parentElement), () => t('files.dropOn', { name: threadId ? t('panel.thread') : roomName(store.get().rooms[roomId]) }), some => { if (!state.edit) { files.add(some); area.focus(); } });
    draw();
  }, error => console.warn('no files can be attached', error.message));
  const keepAll = () => {
    keepEdit(roomId, threadId, state.edit, area.value);
    if (!state.edit) keepDraft(roomId, threadId, area.value);
  };
  const laterKeep = debounce(() => { if (!state.stopped) keepAll(); }, 250);
  let slowTimer;

  function grow() {
    area.style.setProperty('height', 'auto');
    area.style.setProperty('height', `${Math.min(area.scrollHeight, Math.round(innerHeight * TALLEST))}px`);
  }

  function stopTyping() {
    if (state.typingAt) tell('typing', { roomId, on: false });
    state.typingAt = 0;
  }

  function changed() {
    grow();
    laterKeep();
    offers.update();
    if (state.stopped || state.edit || threadId) return;
    if (area.value === '') stopTyping();
    else if (Date.now() - state.typingAt > TYPING_MS) {
      state.typingAt = Date.now();
      tell('typing', { roomId, on: true });
    }
  }

  /** Through the browser's own editing, so that undo takes it back. */
  function type(text, from = area.selectionStart, to = area.selectionEnd) {
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand('insertText', false, text)) area.setRangeText(text, from, to, 'end');
  }

  function applyFormat(kind) {
    const next = marks.format(kind, area.value, area.selectionStart, area.selectionEnd);
    type(next.text, 0, area.value.length);
    area.setSelectionRange(next.start, next.end);
    changed();
  }

  function onpaste(event) {
    const pasted = state.edit ? [] : files?.pasted(event) ?? [];
    if (pasted.length) {
      event.preventDefault();
      return files.add(pasted.map(file => ({ file })));
    }
    const link = marks?.pastedLink(event.clipboardData?.getData('text/plain') ?? '', area.value.slice(area.selectionStart, area.selectionEnd));
    if (!link) return;
    event.preventDefault();
    type(link);
    changed();
  }

  function onkeydown(event) {
    if (event.isComposing || offers.key(event)) return;
    const kind = marks?.formatKey(event);
    if (kind) {
      event.preventDefault();
      return applyFormat(kind);
    }
    if (event.ctrlKey !== event.metaKey && !event.shiftKey && !event.altKey && event.key === 'u' && files && !state.edit) {
      event.preventDefault();
      return files.choose();
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
      keepEdit(roomId, threadId, null);
      area.value = draftOf(roomId, threadId);
    }
    state.reply = null;
    changed();
    area.focus();
  }

  /** Never longer than the room's whole wait, should this device's clock be wrong. */
  const slowFor = () => (state.edit ? 0 : Math.min((store.get().rooms[roomId]?.slowModeSeconds ?? 0) * 1000, slowUntil(store.get(), roomId) - Date.now()));

  async function send() {
    const text = area.value.trim();
    if ((!text && (state.edit || !files?.any)) || text.length > MOST || state.busy) return;
    if (state.edit) return saveEdit(text);
    if (text.startsWith('/') && !threadId) {
      const command = await import('./commands.js').then(module => module.commandIn(store.get().rooms[roomId], text), () => null);
      if (command) return run(command, text);
      if (area.value.trim() !== text) return;
      const asked = await import('./room-commands.js').then(module => module.roomCommandIn(roomId, text)).catch(() => null);
      if (asked) return run(async () => { state.answer = await asked(() => { state.answer = null; draw(); area.focus(); }); }, text);
      if (area.value.trim() !== text) return;
    }
    if (slowFor() > 0) return;
    const { reply } = state;
    area.value = '';
    state.reply = null;
    keepDraft(roomId, threadId, '');
    stopTyping();
    const replyTo = reply && { id: reply.id, seq: reply.seq, senderId: reply.senderId, excerpt: beginningOf(reply, 120) };
    if (files?.any) files.send(text, replyTo).then(on.sent);
    else outbox.add({ roomId, text, threadId, replyTo });
    changed();
    on.sent();
  }

  /** The text goes when it is done, and stays when it is refused; so does what was typed meanwhile. */
  async function run(command, text) {
    state.busy = true;
    draw();
    try {
      await command();
      const left = restOf(state.edit ? draftOf(roomId, threadId) : area.value, text);
      if (!state.edit) area.value = left;
      keepDraft(roomId, threadId, left);
    } catch (error) {
      notifyError(error);
    }
    state.busy = false;
    if (!state.stopped) changed();
  }

  async function saveEdit(text) {
    const { edit } = state;
    state.busy = true;
    draw();
    try {
      if (text !== edit.text) await editMessage(edit.id, text);
      state.busy = false;
      if (state.edit !== edit) return draw();
      if (area.value.trim() === text) return cancel();
      // Who went on typing meanwhile goes on with what is saved.
      state.edit = { ...edit, text };
      changed();
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
    return h('div.composer-banner', { key: 'banner', 'data-testid': `composer-${kind}` }, icon(kind), h('span.grow', null, h('strong', null, kind === 'edit' ? t('composer.editing') : t('composer.replying', { name: nameOf(message.senderId) })),
      h('span.excerpt', null, plain(beginningOf(message, 300)).slice(0, 140))), iconButton('close', t('action.cancel'), { onclick: cancel }));
  }

  function sendButton(left, slow) {
    const label = state.edit ? t('action.save') : t('composer.send');
    if (slow > 0) return h('span.slow', { key: 'slow', role: 'timer', title: t('composer.slow'), 'data-testid': 'slow-mode' }, icon('clock'), h('span', null, t('composer.slowFor', { n: Math.ceil(slow / 1000) })));
    return h('button.send', { key: 'send', type: 'submit', 'data-testid': threadId ? 'thread-send' : 'send', 'aria-label': label, title: label, disabled: state.busy || left < 0 || (area.value.trim() === '' && (state.edit || !files?.any)) }, icon(state.edit ? 'check' : 'send'));
  }

  function draw() {
    if (state.stopped) return;
    const left = MOST - area.value.length;
    const slow = slowFor();
    const label = threadId ? t('composer.thread') : t('composer.placeholder', { name: roomName(store.get().rooms[roomId]) });
    area.setAttribute('placeholder', label);
    area.setAttribute('aria-label', label);
    patch(root, [
      state.answer?.(),
      offers.draw(),
      h('form.composer', { key: 'form', class: state.edit && 'editing', onsubmit: event => { event.preventDefault(); send(); area.focus(); } },
        banner(),
        !state.edit && files?.draw(),
        state.selecting && !offers.open && marks?.formatBar(applyFormat),
        h('div.composer-row', { key: 'row' },
          !state.edit && iconButton('clip', t('composer.attach'), { key: 'attach', 'data-testid': threadId ? 'thread-attach' : 'attach', disabled: !files, onclick: () => files.choose() }), !state.edit && files?.lockButton(), keep(area),
          iconButton('smile', t('composer.emoji'), { key: 'emoji', 'aria-haspopup': 'dialog', onclick: event => pickEmoji(event.currentTarget, insert) }),
          sendButton(left, slow)),
        left < NEAR && h('p.counter', { key: 'counter', class: left < 0 && 'over', role: 'status', 'data-testid': 'counter' }, left < 0 ? t('composer.over', { n: -left }) : t('composer.left', { n: left }))),
    ]);
    for (const [name, value] of [['aria-controls', offers.open ? id : null], ['aria-activedescendant', offers.active]]) {
      if (value) area.setAttribute(/** @type {string} */ (name), value);
      else area.removeAttribute(name);
    }
    clearTimeout(slowTimer);
    if (slow > 0) slowTimer = setTimeout(draw, slow % 1000 + 20);
  }

  function insert(text) {
    type(text);
    changed();
  }

  function selected() {
    const inForm = root.contains(document.activeElement);
    const selecting = inForm && area.selectionEnd > area.selectionStart && area.value.slice(area.selectionStart, area.selectionEnd).trim() !== '';
    if (selecting === state.selecting) return;
    state.selecting = selecting;
    draw();
  }
  const later = () => queueMicrotask(selected);
  document.addEventListener('selectionchange', later);
  root.addEventListener('focusout', later);

  draw();
  queueMicrotask(grow);
  return {
    focus: () => area.focus({ preventScroll: true }),
    reply(message) { Object.assign(state, { reply: message, edit: null }); draw(); area.focus(); },
    edit(message) {
      if (!state.edit) keepDraft(roomId, threadId, area.value);
      Object.assign(state, { edit: message, reply: null });
      area.value = message.text;
      changed();
      area.focus();
      area.setSelectionRange(area.value.length, area.value.length);
    },
    insert, draw,
    stop() {
      state.stopped = true;
      files?.off();
      offDrop();
      keepAll();
      stopTyping();
      clearTimeout(slowTimer);
      document.removeEventListener('selectionchange', later);
      root.removeEventListener('focusout', later);
    },
  };
}
