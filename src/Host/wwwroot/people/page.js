// A person's page, for a link to somebody.

import { get } from '../core/api.js';
import { lookAt } from '../core/app-state.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { goBack } from '../core/router.js';
import { store } from '../core/store.js';
import { withUser } from '../core/sync.js';
import { empty, failure, iconButton, skeleton } from '../core/ui.js';
import { cardContent } from './card.js';

/** @param {Element} root @param {string} userId */
export function personView(root, userId) {
  const state = { error: /** @type {any} */ (null) };
  async function load() {
    state.error = null;
    draw();
    try {
      const user = await get(`/users/${encodeURIComponent(userId)}`);
      store.set(now => withUser(now, user));
    } catch (error) {
      state.error = error;
    }
    draw();
  }
  function draw() {
    const now = store.get();
    const user = now.me?.id === userId ? now.me : now.users[userId];
    const body = state.error?.status === 404 ? empty('person', t('people.gone'), t('people.goneText'))
      : state.error && !user ? failure(state.error, load) : user ? cardContent(user, () => {}, draw) : skeleton(4);
    patch(root, h('div.page', null,
      h('header.page-head', null, iconButton('back', t('action.back'), { onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, user?.displayName ?? t('people.card'))),
      h('div.page-body.narrow', null, body)));
  }
  load();
  const away = lookAt(userId);
  const off = store.subscribe((now, before) => { if (now.users !== before.users || now.presence !== before.presence || now.me !== before.me) draw(); });
  return () => { off(); away(); };
}
