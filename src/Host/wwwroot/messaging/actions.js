// What can be done to a message: one list for the bar, the menu and the keys.

import { del, put } from '../core/api.js';
import { outbox } from '../core/app-state.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { isTouch } from '../core/prefs.js';
import { store } from '../core/store.js';
import { react, tombstone } from './log.js';
import { changeEverywhere, findMessage } from './threads.js';
import { closePopovers, confirm, copyText, iconButton, notify, notifyError, openMenu } from '../core/ui.js';
import { recentEmoji, rememberEmoji } from './emoji-recent.js';

/** The picker comes when it is first wanted. @param {Element} anchor @param {(emoji: string) => void} pick */
export async function pickEmoji(anchor, pick) {
  try {
    const { openEmojiPicker } = await import('./emoji-picker.js');
    openEmojiPicker(anchor, pick);
  } catch {
    notifyError({ code: 'network' });
  }
}

/** Shown at once; the event that follows brings the truth, and a refusal takes it back. */
function change(message, how) {
  store.set(state => changeEverywhere(state, message.roomId, message.id, known => ({ ...how(known), asOf: known.asOf })));
}

async function toggleReaction(message, emoji) {
  const me = store.get().me?.id ?? '';
  const known = findMessage(store.get(), message.roomId, message.id) ?? message;
  const on = !known.reactions.find(one => one.emoji === emoji)?.userIds.includes(me);
  change(message, one => react(one, emoji, me, on, one.asOf, me));
  try {
    const path = `/messages/${message.id}/reactions/${encodeURIComponent(emoji)}`;
    await (on ? put(path) : del(path));
  } catch (error) {
    change(message, one => react(one, emoji, me, !on, one.asOf, me));
    notifyError(error);
  }
}

async function setPin(message, on) {
  try {
    await (on ? put(`/messages/${message.id}/pin`) : del(`/messages/${message.id}/pin`));
    change(message, one => ({ ...one, pinned: on }));
  } catch (error) {
    notifyError(error);
  }
}

async function remove(message) {
  const sure = await confirm({ title: t('message.deleteTitle'), text: h('div', null, h('p', null, t('message.deleteText')), h('blockquote.preview', null, message.text.slice(0, 200))), action: t('action.delete') });
  if (!sure) return;
  try {
    await del(`/messages/${message.id}`);
    change(message, one => tombstone(one, one.asOf));
  } catch (error) {
    notifyError(error);
  }
}

/** Like the picker, it comes when it is first wanted. */
const history = message => import('./revisions.js').then(module => module.openRevisions(message), () => notifyError({ code: 'network' }));

/** Where a message is found: in its room, or in its thread. */
export const addressOf = message => (message.threadId ? `/rooms/${message.roomId}/thread/${message.threadId}/${message.seq}` : `/rooms/${message.roomId}/m/${message.seq}`);

/**
 * @param {{reply: (message: any) => void, edit: (message: any) => void, jump: (to: {id: string, seq: number}) => void, thread?: (message: any) => void}} room
 *   what only the open view can do; a thread has no threads
 */
export function messageActions(room) {
  const pickReaction = (message, anchor) => pickEmoji(anchor, emoji => toggleReaction(message, emoji));

  /** @param {any} message */
  function listOf(message) {
    const state = store.get();
    const mine = message.senderId === state.me?.id;
    const place = state.rooms[message.roomId];
    const moderates = ['owner', 'moderator'].includes(place?.role);
    if (message.local || message.isDeleted) return [];
    const inThread = !room.thread;
    const link = { id: 'link', icon: 'link', key: 'l', label: t('action.copyLink'), run: () => copyText(location.origin + addressOf(message)) };
    return [
      { id: 'react', icon: 'smile', key: '+', label: t('action.react'), run: (_, anchor) => pickReaction(message, anchor) },
      { id: 'reply', icon: 'reply', key: 'r', label: t('action.reply'), run: () => room.reply(message) },
      ...(inThread ? [] : [{ id: 'thread', icon: 'thread', key: 't', label: t('action.thread'), run: () => room.thread?.(message) }]),
      { id: 'copy', icon: 'copy', key: 'c', label: t('action.copyText'), run: () => copyText(message.text) },
      ...(inThread ? [link] : []),
      ...(mine && message.type !== 'system' ? [{ id: 'edit', icon: 'edit', key: 'e', label: t('action.edit'), run: () => room.edit(message) }] : []),
      ...(moderates || place?.type === 'direct' ? [{ id: 'pin', icon: 'pin', key: 'p', label: message.pinned ? t('action.unpin') : t('action.pin'), run: () => setPin(message, !message.pinned) }] : []),
      ...(inThread ? [] : [link]),
      ...(message.isEdited ? [{ id: 'history', icon: 'history', label: t('message.history'), run: () => history(message) }] : []),
      ...(mine || moderates ? [{ id: 'delete', icon: 'trash', key: 'Delete', danger: true, label: t('action.delete'), run: () => remove(message) }] : []),
    ];
  }

  /** Under a thumb the usual reactions are one touch away. */
  const quickRow = (message, anchor) => h('div.quick-row', null,
    recentEmoji(6).map(emoji => h('button', { type: 'button', role: 'menuitem', tabindex: '-1', 'aria-label': `${t('action.react')} ${emoji}`, 'data-testid': 'quick-reaction', onclick: () => { closePopovers(); rememberEmoji(emoji); toggleReaction(message, emoji); } }, emoji)),
    h('button', { type: 'button', role: 'menuitem', tabindex: '-1', 'aria-label': t('action.react'), onclick: () => { closePopovers(); pickReaction(message, anchor); } }, icon('plus')));

  const menu = (message, anchor) => {
    const items = listOf(message);
    if (items.length) openMenu(anchor, items.map(one => ({ ...one, key: one.key?.replace('Delete', 'Del').toUpperCase(), testid: `action-${one.id}`, run: () => one.run(message, anchor) })), t('action.more'), isTouch() && quickRow(message, anchor));
  };

  return {
    pickReaction, toggleReaction, history, listOf, menu, jump: room.jump, thread: room.thread,
    retry: clientId => outbox.retry(clientId),
    discard: async clientId => {
      const gone = await outbox.discard(clientId);
      if (gone) notify(t('message.discarded'), { undo: () => outbox.restore(gone) });
    },
    /** The bar on a message: always the same four first. */
    bar: message => {
      const items = listOf(message);
      if (!items.length) return null;
      return h('div.action-bar', { role: 'toolbar', 'aria-label': t('action.more'), own: true, 'data-testid': 'action-bar' },
        items.slice(0, 4).map(one => iconButton(one.icon, one.label, { tabindex: '-1', 'data-testid': `bar-${one.id}`, onclick: event => one.run(message, event.currentTarget) })),
        iconButton('more', t('action.more'), { tabindex: '-1', 'aria-haspopup': 'menu', 'data-testid': 'bar-more', onclick: event => menu(message, event.currentTarget) }));
    },
    /** A single key on the focused message. */
    key: (message, key, anchor) => {
      const found = listOf(message).find(one => /** @type {any} */ (one).key === key || (key === 'Backspace' && one.id === 'delete'));
      found?.run(message, anchor);
      return Boolean(found);
    },
  };
}
