// A room's settings, for those who moderate it; what only owners may do is shown to owners.

import { del, patchJson } from '../core/api.js';
import { avatarField } from '../core/avatar-field.js';
import { roomAvatar } from '../core/avatar.js';
import { field, focusWrong, formError } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { roomName } from '../core/people.js';
import { store, watch } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { withRoom } from '../core/sync.js';
import { confirm, empty, fieldError, notify, notifyError } from '../core/ui.js';
import { roomGone } from './leave.js';

needStyle('pages.css');

const SLOW = [0, 5, 10, 30, 60, 300, 900, 3600];
const KEEP = [0, 7, 30, 90, 365, 1095];

/** A stored number that is none of the usual ones is offered too. */
const options = (usual, now) => [...new Set([...usual, now])].sort((a, b) => a - b);

function slowText(seconds) {
  if (!seconds) return t('room.slowOff');
  if (seconds % 3600 === 0) return t('room.slowHours', { n: seconds / 3600 });
  return seconds % 60 === 0 ? t('room.slowMinutes', { n: seconds / 60 }) : t('room.slowSeconds', { n: seconds });
}

function keepText(days) {
  const usual = store.get().config?.defaultRetentionDays ?? 0;
  if (days) return t('room.keepDays', { n: days });
  return usual ? t('room.keepUsual', { n: usual }) : t('room.keepForEver');
}

async function remove(room) {
  const text = h('div', null, h('p', null, t('room.deleteText', { n: room.memberCount })), h('ul.what-goes', null, ['room.deleteMessages', 'room.deleteFiles', 'room.deleteInvites'].map(key => h('li', null, t(key)))), h('p', null, t('room.deleteFinal')));
  if (!await confirm({ title: t('room.deleteTitle', { name: roomName(room) }), text, action: t('room.delete') })) return;
  try {
    await del(`/rooms/${room.id}`);
    roomGone(room.id);
  } catch (error) {
    notifyError(error);
  }
}

/** @param {Element} root @param {string} roomId */
export function roomSettings(root, roomId) {
  const state = { busy: false, error: /** @type {any} */ (null) };
  const known = room => { if (room) store.set(now => withRoom(now, roomId, one => ({ ...one, name: room.name ?? one.name, topic: room.topic ?? '', avatarUrl: room.avatarUrl ?? null, slowModeSeconds: room.slowModeSeconds ?? 0, retentionDays: room.retentionDays ?? 0 }))); };
  const picture = avatarField({
    path: `/rooms/${roomId}/avatar`, done: known, redraw: () => draw(),
    picture: () => roomAvatar(store.get().rooms[roomId], 'large'), url: () => store.get().rooms[roomId]?.avatarUrl,
  });

  /** Only what was changed is sent: what one may not change stays out of it. */
  async function save(event) {
    event.preventDefault();
    const room = store.get().rooms[roomId];
    const data = new FormData(event.currentTarget);
    const change = {};
    for (const name of ['name', 'topic']) {
      // One line, however many rows it is written in.
      const text = String(data.get(name) ?? room[name] ?? '').replace(/\s*\n\s*/g, ' ').trim();
      if (text !== (room[name] ?? '')) change[name] = text;
    }
    for (const name of ['slowModeSeconds', 'retentionDays']) if (data.has(name) && Number(data.get(name)) !== room[name]) change[name] = Number(data.get(name));
    if (!Object.keys(change).length) return notify(t('notice.saved'), { ms: 2500 });
    const shorter = change.retentionDays && (!room.retentionDays || change.retentionDays < room.retentionDays);
    if (shorter && !await confirm({ title: t('room.keepTitle'), text: t('room.keepText', { n: change.retentionDays }), action: t('room.keepDo') })) return;
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      known(await patchJson(`/rooms/${roomId}`, change));
      notify(t('notice.saved'), { ms: 2500 });
    } catch (error) {
      state.error = error;
    }
    state.busy = false;
    draw();
    if (state.error) focusWrong(root);
  }

  function draw() {
    const room = store.get().rooms[roomId];
    if (!room) return;
    if (room.type === 'direct' || room.role === 'member') return patch(root, empty('lock', t('room.settingsNot'), t('room.settingsNotText')));
    const error = name => fieldError(state.error, name);
    const choice = (name, label, hint, list, text) => h('div.field', { key: name }, h('label', { for: `f-${name}` }, label),
      h('select', { id: `f-${name}`, name, 'aria-describedby': `f-${name}-hint`, 'data-testid': `room-${name}` }, list.map(value => h('option', { value: String(value), selected: value === room[name] }, text(value)))),
      h('p.hint', { id: `f-${name}-hint` }, hint));
    const fields = [
      field(t('room.name'), { name: 'name', value: room.name ?? '', maxlength: '80', autocomplete: 'off', 'data-testid': 'room-name' }, { error: error('name') }),
      field(t('room.topic'), { name: 'topic', rows: '3', value: room.topic, maxlength: '250', 'data-testid': 'room-topic' }, { hint: t('room.topicHint'), error: error('topic') }),
    ];
    patch(root, h('div.stack', { 'data-testid': 'room-settings' },
      picture(),
      h('form.stack', { novalidate: true, onsubmit: save },
        fields,
        choice('slowModeSeconds', t('room.slow'), t('room.slowHint'), options(SLOW, room.slowModeSeconds), slowText),
        room.role === 'owner' && choice('retentionDays', t('room.keep'), t('room.keepHint'), options(KEEP, room.retentionDays), keepText),
        formError(state.error, fields),
        h('div', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'edit-room-submit' }, t('action.save')))),
      room.role === 'owner' && h('a.button.secondary.wide', { href: `/rooms/${roomId}/hooks`, 'data-testid': 'open-hooks' }, icon('link'), t('panel.hooks')),
      room.role === 'owner' && h('section.danger-zone', null, h('h3', null, t('room.deleteHead')), h('p.muted', null, t('room.deleteHint')),
        h('button.danger-quiet', { type: 'button', 'data-testid': 'delete-room', onclick: () => remove(room) }, icon('trash'), t('room.delete')))));
  }
  return watch(now => [now.rooms[roomId]?.role, now.rooms[roomId]?.name, now.rooms[roomId]?.topic, now.rooms[roomId]?.avatarUrl, now.rooms[roomId]?.slowModeSeconds, now.rooms[roomId]?.retentionDays], draw);
}
