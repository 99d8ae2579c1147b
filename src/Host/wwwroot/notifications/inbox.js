// The inbox: what somebody wanted the person to see, newest first.

import { arrowsThrough } from '../core/arrows.js';
import { avatarOf } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { plain } from '../core/plain.js';
import { goBack, navigate } from '../core/router.js';
import { store, watch } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { ago, fullDate } from '../core/time.js';
import { empty, failure, iconButton, notifyError, skeleton } from '../core/ui.js';
import { loadInbox, readAll, readOne } from './inbox-state.js';
import { addressOf, isOwn, titleOf } from './naming.js';

needStyle('pages.css');

const SIGNS = { mention: 'at', reply: 'reply', added: 'people', transfer: 'file', system: 'megaphone' };

/** @param {Element} root */
export function inboxView(root) {
  const state = { error: /** @type {any} */ (null), busy: false, unreadOnly: false };

  async function load(more = false) {
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      await loadInbox(more);
    } catch (error) {
      state.error = error;
    }
    state.busy = false;
    draw();
  }

  async function all() {
    try {
      await readAll();
    } catch (error) {
      notifyError(error);
    }
  }

  function row(one) {
    const path = addressOf(one);
    const open = () => { if (!one.readAt) readOne(one.id); };
    return h('li', { key: one.id, class: !one.readAt && 'unread' }, h(path ? 'a.notice-row' : 'div.notice-row', {
      href: path, 'data-testid': 'notification', 'data-kind': one.kind, onclick: open,
    },
    h('span.notice-face', null, one.actorId ? avatarOf(one.actorId, 'medium') : h('span.system-sign', null, icon(isOwn(one) ? 'shield' : 'megaphone')), h('span.notice-kind', null, icon(/** @type {any} */ (SIGNS[one.kind] ?? 'bell')))),
    h('span.grow', null, h('span.notice-title', null, titleOf(one)), one.kind !== 'added' && one.text && h('span.notice-text', null, plain(one.text))),
    h('time', { datetime: one.createdAt, title: fullDate(one.createdAt) }, ago(one.createdAt)),
    h('span.unread-dot', { role: one.readAt ? null : 'img', 'aria-label': one.readAt ? null : t('inbox.isUnread') })));
  }

  function content() {
    const { inbox } = store.get();
    if (!inbox.loaded) return state.error ? failure(state.error, () => load()) : skeleton(6, 'message');
    const shown = state.unreadOnly ? inbox.items.filter(one => !one.readAt) : inbox.items;
    if (!shown.length && !(inbox.nextCursor && state.unreadOnly)) {
      return state.unreadOnly && inbox.items.length ? empty('check', t('inbox.allRead'), t('inbox.allReadText'), h('button.secondary', { type: 'button', onclick: () => { state.unreadOnly = false; draw(); } }, t('inbox.showAll')))
        : empty('bell', t('inbox.empty'), t('inbox.emptyText'), h('a.button.secondary', { href: '/settings/notifications' }, t('inbox.choose')));
    }
    return [
      h('ul.notices', null, shown.map(row)),
      state.error && failure(state.error, () => load(true)),
      inbox.nextCursor && !state.error && h('div.search-more', null, h('button.secondary', { type: 'button', disabled: state.busy, onclick: () => load(true) }, t('inbox.earlier'))),
    ];
  }

  const onkeydown = arrowsThrough(root, 'a.notice-row');

  function draw() {
    const { inbox } = store.get();
    patch(root, h('div.page', { onkeydown },
      h('header.page-head', null, iconButton('back', t('action.back'), { class: 'only-narrow', onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('inbox.title')),
        iconButton('settings', t('settings.notifications'), { onclick: () => navigate('/settings/notifications') })),
      h('div.page-body', null,
        h('div.inbox-bar', null,
          h('div.segments', { role: 'group', 'aria-label': t('inbox.show') },
            [[false, 'inbox.showAll'], [true, 'inbox.showUnread']].map(([only, key]) => h('button', { type: 'button', 'aria-pressed': String(state.unreadOnly === only), 'data-testid': only ? 'inbox-unread' : 'inbox-all', onclick: () => { state.unreadOnly = Boolean(only); draw(); } },
              t(/** @type {string} */ (key)), only && inbox.unreadCount > 0 && h('span.badge', null, inbox.unreadCount)))),
          h('button.link-button', { type: 'button', disabled: inbox.unreadCount === 0, 'data-testid': 'read-all', onclick: all }, t('inbox.readAll'))),
        content())));
  }

  load();
  return watch(now => [now.inbox, now.users, now.rooms], draw);
}
