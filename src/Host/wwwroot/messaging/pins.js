import { get } from '../core/api.js';
import { avatarOf } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { normalMessage } from '../core/normal.js';
import { nameOf } from '../core/people.js';
import { store } from '../core/store.js';
import { shortDate } from '../core/time.js';
import { empty, failure, skeleton } from '../core/ui.js';
import { messageText } from './text.js';

/** @param {Element} root @param {string} roomId */
export function pinsPanel(root, roomId) {
  const state = { items: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null) };
  async function load() {
    try {
      const page = await get(`/rooms/${roomId}/pins`);
      Object.assign(state, { items: page.items.map(one => normalMessage(one.message ?? one)), error: null });
    } catch (error) {
      state.error = error;
    }
    draw();
  }
  function draw() {
    let body;
    if (state.error) body = failure(state.error, load);
    else if (!state.items) body = skeleton(4, 'row');
    else if (!state.items.length) body = empty('pin', t('pins.empty'), t('pins.emptyHint'));
    else {
      body = h('ul.pins', null, state.items.map(one => h('li', { key: one.id, 'data-testid': 'pinned-message' },
        h('a.pin-card', { href: `/rooms/${roomId}/m/${one.seq}` },
          h('header', null, avatarOf(one.senderId, 'small'), h('strong', null, nameOf(one.senderId)), h('small', null, shortDate(one.createdAt)))),
        messageText(one))));
    }
    patch(root, body);
  }
  const pinsOf = now => now.logs[roomId]?.items.filter(one => one.pinned).map(one => one.id).join();
  draw();
  load();
  return store.subscribe((now, before) => {
    if (now.logs[roomId] !== before.logs[roomId] && pinsOf(now) !== pinsOf(before)) load();
    else if (now.users !== before.users) draw();
  });
}
