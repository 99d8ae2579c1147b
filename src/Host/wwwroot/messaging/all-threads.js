// All threads in one place: those that the person takes part in, or those of all their rooms, the last answered first.

import { get } from '../core/api.js';
import { arrowsThrough } from '../core/arrows.js';
import { avatarOf, avatar, roomAvatar } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { addTexts, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { normalMessage } from '../core/normal.js';
import { nameOf, roomName } from '../core/people.js';
import { plain } from '../core/plain.js';
import { goBack } from '../core/router.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { ago, fullDate } from '../core/time.js';
import { debounce, empty, failure, iconButton, skeleton } from '../core/ui.js';
import { isUnreadThread } from '../core/inbox.js';
import en from '../core/texts/en-threads.js';
import de from '../core/texts/de-threads.js';

addTexts({ en, de });
needStyle('pages.css');

const PAGE = 30;
/** After so many pages without a thread the person says whether to go on. */
const EMPTY_PAGES = 3;

/** Who comes back from a thread finds the list as it was. @type {any} */
let kept = null;

/** @param {HTMLElement} root */
export function allThreadsView(root) {
  const fresh = () => ({ items: /** @type {any[] | null} */ (null), cursor: /** @type {string | null} */ (null), error: /** @type {any} */ (null), busy: false });
  const state = { mine: true, asked: 0, ...fresh() };

  async function load(more = false) {
    const asked = state.asked += 1;
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      let { cursor } = more ? state : fresh();
      let items = /** @type {any[]} */ (more ? state.items ?? [] : []);
      for (let i = 0; i < EMPTY_PAGES; i++) {
        const page = await get(`/threads?limit=${PAGE}${state.mine ? '&mine=true' : ''}${cursor ? `&cursor=${cursor}` : ''}`);
        if (asked !== state.asked) return;
        const known = new Set(items.map(one => one.id));
        items = [...items, ...page.items.map(normalMessage).filter(one => !known.has(one.id))];
        cursor = page.nextCursor ?? null;
        if (page.items.length || !cursor) break;
      }
      Object.assign(state, { items, cursor });
    } catch (error) {
      if (asked !== state.asked) return;
      state.error = error;
    }
    state.busy = false;
    draw();
  }
  const again = debounce(() => load(), 400);

  function show(mine) {
    if (state.mine === mine) return;
    Object.assign(state, fresh(), { mine });
    load();
  }

  const sign = room => (room.type === 'direct' ? avatar(room.peer, 'small') : room.avatarUrl ? roomAvatar(room) : icon(room.type === 'private' ? 'lock' : 'hash'));

  function row(message) {
    const now = store.get();
    const room = now.rooms[message.roomId];
    if (!room) return null;
    const unread = isUnreadThread(now, message.id);
    const text = message.isDeleted ? t('message.deleted') : plain(message.text) || message.attachments.map(file => file.name).join(', ');
    return h('li', { key: message.id, class: unread && 'unread' }, h('a.hit.thread-row', { href: `/rooms/${room.id}/thread/${message.id}`, 'data-testid': 'thread-row' },
      avatarOf(message.senderId, 'medium'),
      h('div.grow', null,
        h('header', null, h('strong', null, nameOf(message.senderId)), h('span.hit-room', null, sign(room), roomName(room)),
          message.lastReplyAt && h('time', { datetime: message.lastReplyAt, title: fullDate(message.lastReplyAt) }, ago(message.lastReplyAt))),
        h('p.hit-text', null, text),
        h('p.thread-row-foot', null, h('span.faces', { 'aria-hidden': 'true' }, message.replierIds.map(id => avatarOf(id, 'small'))), h('span', null, t('message.replies', { n: message.replyCount })),
          unread && h('span.unread-dot', { role: 'img', 'aria-label': t('inbox.isUnread') })))));
  }

  function content() {
    const { items, error, cursor, busy, mine } = state;
    if (!items) return error ? failure(error, () => load()) : skeleton(6, 'message');
    const rows = items.map(row).filter(Boolean);
    if (!rows.length && !cursor) {
      return mine ? empty('thread', t('threads.none'), t('threads.noneText'), h('button.secondary', { type: 'button', onclick: () => show(false) }, t('threads.showAll')))
        : empty('thread', t('threads.noneAtAll'), t('threads.noneText'));
    }
    return [
      h('ul.hits', { 'data-testid': 'threads' }, rows),
      error && failure(error, () => load(true)),
      cursor && !error && h('div.search-more', null, h('button.secondary', { type: 'button', disabled: busy, 'data-testid': 'threads-more', onclick: () => load(true) }, t('threads.earlier'))),
    ];
  }

  const onkeydown = arrowsThrough(root, '.thread-row');

  function draw() {
    patch(root, h('div.page', { onkeydown },
      h('header.page-head', null, iconButton('back', t('action.back'), { class: 'only-narrow', onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('threads.title'))),
      h('div.page-body', null,
        h('div.inbox-bar', null, h('div.segments', { role: 'group', 'aria-label': t('threads.show') },
          [[true, 'threads.mine'], [false, 'threads.all']].map(([mine, key]) => h('button', { type: 'button', 'aria-pressed': String(state.mine === mine), 'data-testid': mine ? 'threads-mine' : 'threads-all', onclick: () => show(Boolean(mine)) }, t(/** @type {string} */ (key)))))),
        h('div', { key: `threads-${state.mine}-${!state.items}` }, content()))));
  }

  const me = store.get().me?.id;
  if (kept?.me === me) {
    Object.assign(state, kept.state, { busy: false, asked: 0 });
    draw();
    const body = root.querySelector('.page-body');
    if (body) body.scrollTop = kept.top;
  }
  load();
  const counts = now => Object.values(now.rooms).reduce((sum, one) => sum + (one.atSeq ?? 0), 0);
  const off = store.subscribe((now, before) => {
    // A reply is an entry of its room's log.
    if (now.rooms !== before.rooms && counts(now) !== counts(before) && state.items && state.items.length <= PAGE) again();
    if (now.users !== before.users || now.rooms !== before.rooms || now.inbox !== before.inbox) draw();
  });
  return {
    stop() {
      state.asked += 1;
      kept = { me, state: { mine: state.mine, items: state.items, cursor: state.cursor, error: null }, top: root.querySelector('.page-body')?.scrollTop ?? 0 };
      off();
    },
  };
}
