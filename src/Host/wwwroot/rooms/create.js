import { post } from '../core/api.js';
import { applier } from '../core/app-state.js';
import { avatar } from '../core/avatar.js';
import { dialogForm, field } from '../core/forms.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { findPeople } from '../core/people.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { debounce, errorText, fieldError, notifyError, openDialog } from '../core/ui.js';

/** After making or joining: known at once, without waiting for the event. */
export async function enterRoom(roomId) {
  if (!store.get().rooms[roomId]) await applier.fetchRoom(roomId);
  navigate(`/rooms/${roomId}`);
}

export async function createRoom() {
  const room = await openDialog(t('rooms.new'), (close, redraw) => dialogForm(close, redraw, {
    testid: 'new-room-submit', action: t('rooms.create'),
    submit: data => post('/rooms', { type: data.get('private') ? 'private' : 'public', name: String(data.get('name')).trim(), ...(data.get('topic') ? { topic: String(data.get('topic')).trim() } : {}) }),
    fields: error => [
      field(t('room.name'), { name: 'name', id: 'new-name', maxlength: '80', required: true, autofocus: true, autocomplete: 'off', 'data-testid': 'new-room-name' }, { error: fieldError(error, 'name') }),
      field(t('room.topic'), { name: 'topic', id: 'new-topic', maxlength: '250', autocomplete: 'off', 'data-testid': 'new-room-topic' }, { hint: t('room.topicHint'), error: fieldError(error, 'topic') }),
      h('label.check', null, h('input', { type: 'checkbox', name: 'private', 'data-testid': 'new-room-private' }), h('span', null, t('room.private'), h('small', null, t('room.privateHint')))),
    ],
  }));
  if (room) await enterRoom(room.id);
}

/** @param {string} userId */
export async function openDirect(userId) {
  const known = Object.values(store.get().rooms).find(one => one.type === 'direct' && one.peer?.id === userId);
  if (known) return navigate(`/rooms/${known.id}`);
  try {
    const room = await post('/rooms', { type: 'direct', memberIds: [userId] });
    await enterRoom(room.id);
  } catch (error) {
    notifyError(error);
  }
}

/**
 * Search for people; `pick` gets the chosen one. The list works with the arrow keys.
 * @param {{pick: (user: any) => void, redraw: () => void, leaveOut?: (user: any) => boolean}} options
 */
export function peopleSearch({ pick, redraw, leaveOut = user => user.id === store.get().me?.id }) {
  const state = { text: '', found: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null), at: 0 };
  const search = debounce(async text => {
    if (text !== state.text) return;
    try {
      const found = await findPeople(text);
      if (text === state.text) Object.assign(state, { found: found.filter(user => !leaveOut(user)), error: null, at: 0 });
    } catch (error) {
      state.error = error;
    }
    redraw();
  }, 180);
  search('');
  const onkeydown = event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = state.found?.length ?? 0;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (state.found?.[state.at]) pick(state.found[state.at]);
    }
    if (!step || !count) return;
    event.preventDefault();
    state.at = (state.at + step + count) % count;
    redraw();
  };
  return () => h('div.people-search', null,
    h('input', {
      name: 'person', 'aria-label': t('people.search'), placeholder: t('people.search'), autocomplete: 'off', autofocus: true, 'data-testid': 'people-search', role: 'combobox',
      'aria-expanded': 'true', 'aria-controls': 'people-found', 'aria-activedescendant': state.found?.length ? `found-${state.at}` : null, onkeydown,
      oninput: event => { state.text = event.currentTarget.value.trim(); search(state.text); },
    }),
    state.error && h('p.form-error', { role: 'alert' }, errorText(state.error)),
    h('ul.people', { id: 'people-found', role: 'listbox', 'aria-label': t('people.found') }, state.found?.map((user, i) => h('li', { key: user.id, id: `found-${i}`, role: 'option', 'aria-selected': String(i === state.at) },
      h('button.person', { type: 'button', tabindex: '-1', 'data-testid': 'person', onclick: () => pick(user) }, avatar(user), h('span', null, h('strong', null, user.displayName), h('small', null, `@${user.username}`)))))),
    state.found?.length === 0 && h('p.muted.center', null, state.text ? t('people.noneFound', { text: state.text }) : t('people.none')));
}

export async function startDirect() {
  let view;
  const user = await openDialog(t('rooms.newDirect'), (close, redraw) => (view ??= peopleSearch({ pick: close, redraw }))(), { testid: 'direct-dialog' });
  if (user) await openDirect(user.id);
}
