// What a room has pinned: the newest pin first, each with the way to it.

import { del, get } from '../core/api.js';
import { avatarOf } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { normalMessage } from '../core/normal.js';
import { nameOf } from '../core/people.js';
import { store } from '../core/store.js';
import { shortDate } from '../core/time.js';
import { debounce, empty, failure, iconButton, notifyError, skeleton } from '../core/ui.js';
import { addressOf } from './actions.js';
import { messageText } from './text.js';

/** @param {Element} root @param {string} roomId */
export function pinsPanel(root, roomId) {
  const state = { items: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null) };
  let cards = /** @type {any} */ (null);
  async function load() {
    try {
      cards ??= await import('../files/cards.js').catch(() => null);
      const page = await get(`/rooms/${roomId}/pins`);
      Object.assign(state, { items: page.items.map(one => normalMessage(one.message ?? one)), error: null });
    } catch (error) {
      state.error = error;
    }
    draw();
  }
  const again = debounce(load, 150);

  async function unpin(message) {
    const before = state.items;
    state.items = before?.filter(one => one !== message) ?? null;
    draw();
    try {
      await del(`/messages/${message.id}/pin`);
    } catch (error) {
      state.items = before;
      draw();
      notifyError(error);
    }
  }

  function draw() {
    const room = store.get().rooms[roomId];
    const may = room && (room.type === 'direct' || room.role !== 'member');
    let body;
    if (state.error) body = failure(state.error, load);
    else if (!state.items) body = skeleton(4, 'row');
    else if (!state.items.length) body = empty('pin', t('pins.empty'), t(may ? 'pins.emptyHint' : 'pins.emptyOthers'));
    else {
      body = h('ul.pins', null, state.items.map(one => h('li', { key: one.id, 'data-testid': 'pinned-message' },
        h('header.pin-head', null, avatarOf(one.senderId, 'small'), h('strong', null, nameOf(one.senderId)), h('small', null, shortDate(one.createdAt)),
          may && iconButton('close', t('action.unpin'), { 'data-testid': 'unpin', onclick: () => unpin(one) })),
        messageText(one), one.attachments.length > 0 && h('div.files', null, cards?.fileCards(one)),
        h('a.pin-link', { href: addressOf(one) }, t(one.threadId ? 'pins.toThread' : 'pins.toRoom')))));
    }
    patch(root, body);
  }
  draw();
  load();
  // Every pin and every loss of one is an entry of the room's log; the messages themselves may be out of memory.
  return store.subscribe((now, before) => {
    if (now.rooms[roomId]?.atSeq !== before.rooms[roomId]?.atSeq) again();
    else if (now.users !== before.users) draw();
  });
}
