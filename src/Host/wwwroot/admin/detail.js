// One thing of a list, on a page of its own: loaded, shown with what may be done, or said why not.

import { get } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { empty, failure, skeleton } from '../core/ui.js';
import { onNames } from './names.js';

/**
 * @param {HTMLElement} root
 * @param {{path: string, back: string, page: string, title: (one: any) => any, content: (one: any, tools: {reload: () => Promise<void>, leave: () => void, draw: () => void}) => any, loaded?: (one: any) => void}} what
 *   `back`: the address of its list
 */
export function detailView(root, { path, back, page, title, content, loaded = () => {} }) {
  const state = { one: /** @type {any} */ (null), error: /** @type {any} */ (null), stopped: false };
  const leave = () => navigate(back);
  async function reload() {
    try {
      const one = await get(path);
      loaded(one);
      Object.assign(state, { one, error: null });
    } catch (error) {
      state.error = error;
    }
    if (!state.stopped) draw();
  }
  function body() {
    if (state.error && (!state.one || state.error.status === 404)) {
      return state.error.status === 404 ? empty('search', t('admin.notThere'), t('admin.notThereText'), h('a.button.secondary', { href: back }, t('admin.toList', { what: t(`admin.page.${page}`) }))) : failure(state.error, reload);
    }
    if (!state.one) return skeleton(6, 'row');
    return [h('h2.detail-title', null, title(state.one)), content(state.one, { reload, leave, draw })];
  }
  function draw() {
    patch(root, h('div.admin-detail.stack', null, h('a.back-link', { key: 'back', href: back }, icon('back'), t('admin.toList', { what: t(`admin.page.${page}`) })), h('div.stack', { key: `body-${!state.one}` }, body())));
  }
  draw();
  reload();
  const offs = [onNames(draw), store.subscribe((now, before) => { if (now.users !== before.users) draw(); })];
  return { stop() { state.stopped = true; for (const off of offs) off(); } };
}
