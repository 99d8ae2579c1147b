import { get, post } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { goBack } from '../core/router.js';
import { store } from '../core/store.js';
import { debounce, empty, failure, iconButton, notifyError, skeleton } from '../core/ui.js';
import { createRoom, enterRoom } from './create.js';
import { invitePerson, mayInvite } from '../people/invite.js';

/** Public rooms, to look for and to join. @param {Element} root */
export function directoryView(root) {
  const state = { text: '', items: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null), cursor: /** @type {string | null} */ (null) };

  async function load(more = false) {
    const text = state.text;
    try {
      const page = await get(`/rooms/directory?query=${encodeURIComponent(text)}${more && state.cursor ? `&cursor=${encodeURIComponent(state.cursor)}` : ''}`);
      if (text !== state.text) return;
      Object.assign(state, { items: more ? [...(state.items ?? []), ...page.items] : page.items, cursor: page.nextCursor ?? null, error: null });
    } catch (error) {
      state.error = error;
    }
    draw();
  }
  const later = debounce(() => load(), 200);

  async function join(room) {
    try {
      if (!store.get().rooms[room.id]) await post(`/rooms/${room.id}/join`);
      await enterRoom(room.id);
    } catch (error) {
      notifyError(error);
    }
  }

  function row(room) {
    const mine = Boolean(store.get().rooms[room.id]);
    return h('li.directory-row', { key: room.id, 'data-room-id': room.id, 'data-testid': 'directory-room' },
      h('span.room-sign', null, icon('hash')),
      h('div.grow', null, h('strong', null, room.name), h('p.muted', null, [t('room.members', { n: room.memberCount ?? 0 }), room.topic].filter(Boolean).join(' · '))),
      h('button', { class: mine ? 'secondary' : 'primary', type: 'button', 'data-testid': 'directory-join', onclick: () => join(room) }, mine ? t('directory.open') : t('directory.join')));
  }

  function draw() {
    let body;
    if (state.error) body = failure(state.error, () => load());
    else if (!state.items) body = skeleton(6);
    else if (state.items.length === 0) {
      body = empty('compass', state.text ? t('directory.noneFound') : t('directory.empty'), t(state.text ? 'directory.noneFoundHint' : 'directory.emptyHint'),
        h('button.primary', { type: 'button', onclick: () => createRoom() }, t('rooms.new')));
    } else body = [h('ul.directory', null, state.items.map(row)), state.cursor && h('button.secondary', { type: 'button', onclick: () => load(true) }, t('action.more'))];
    patch(root, h('div.page', null,
      h('header.page-head', null, iconButton('back', t('action.back'), { class: 'only-narrow', onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('directory.title')),
        mayInvite() && h('button.secondary', { type: 'button', title: t('person.invite'), 'data-testid': 'invite-person', onclick: () => invitePerson() }, icon('send'), h('span.label-wide', null, t('person.invite'))),
        h('button.secondary', { type: 'button', onclick: () => createRoom() }, icon('plus'), h('span.label-wide', null, t('rooms.new')))),
      h('div.page-body', null,
        h('input.search-input', { type: 'search', 'aria-label': t('directory.search'), placeholder: t('directory.search'), 'data-testid': 'directory-search', oninput: event => { state.text = event.currentTarget.value.trim(); later(); } }),
        body)));
  }
  draw();
  load();
  return store.subscribe((now, before) => { if (now.rooms !== before.rooms && state.items) draw(); });
}
