// All rooms, also those that the admin is not in. What is said in them is not shown here.

import { del, patchJson } from '../core/api.js';
import { field, focusWrong, formError } from '../core/forms.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { number } from '../core/i18n.js';
import { fieldError } from '../core/ui.js';
import { act, asked, askedForMany } from './act.js';
import { facts, mark, text, when, who } from './cells.js';
import { detailView } from './detail.js';
import { listView } from './list.js';
import { knowRoom, roomTitle } from './names.js';
import { withStepUp } from '../core/step-up.js';
import { notify } from '../core/ui.js';

const sign = room => icon(room.type === 'private' ? 'lock' : room.type === 'direct' ? 'people' : 'hash');

/** @param {any} room @param {() => void} done */
async function remove(room, done) {
  if (!await asked({ title: t('admin.room.deleteTitle', { name: roomTitle(room) }), what: 'room', action: t('action.delete') })) return;
  if (await act(() => del(`/admin/rooms/${room.id}`), t('admin.deleted'))) done();
}

/** @type {import('./list.js').List} */
const rooms = {
  name: 'rooms', path: '/admin/rooms', address: '/admin/rooms', sign: 'hash', searches: true, sorts: ['-createdAt', 'name', '-memberCount'],
  filters: [{ name: 'type', options: ['public', 'private', 'direct'] }, { name: 'userId', kind: 'person' }],
  label: roomTitle, href: one => `/admin/rooms/${one.id}`,
  columns: [
    { name: 'room', main: true, sort: 'name', cell: one => [sign(one), h('span.name-cell', null, h('strong', null, roomTitle(one)), one.topic && h('small', null, one.topic))] },
    { name: 'type', cell: one => t(`admin.choice.type.${one.type}`) },
    { name: 'members', sort: 'memberCount', number: true, cell: one => number(one.memberCount ?? 0) },
    { name: 'entries', number: true, wide: true, cell: one => number(one.lastSeq ?? 0) },
    { name: 'created', sort: 'createdAt', wide: true, cell: one => when(one.createdAt) },
  ],
  acts: (one, done) => (one.isGeneral ? [] : [{ icon: 'trash', label: t('action.delete'), danger: true, testid: 'room-delete', run: () => remove(one, done) }]),
  bulk: [{ action: 'rooms.delete', danger: true, ask: askedForMany('rooms.delete', 'room') }],
};

const NUMBERS = { slowModeSeconds: 3600, retentionDays: 3650 };

/** @param {HTMLElement} root @param {string} id */
function roomPage(root, id) {
  const state = { busy: false, error: /** @type {any} */ (null) };
  /** Only what was changed is sent. */
  const save = (room, { reload, draw }) => async event => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const change = {};
    for (const name of ['name', 'topic']) if (data.has(name) && String(data.get(name)).trim() !== (room[name] ?? '')) change[name] = String(data.get(name)).trim();
    for (const name of Object.keys(NUMBERS)) if (data.has(name) && Number(data.get(name)) !== (room[name] ?? 0)) change[name] = Number(data.get(name));
    if (!Object.keys(change).length) return notify(t('admin.nothingChanged'));
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      await withStepUp(() => patchJson(`/admin/rooms/${id}`, change));
      notify(t('admin.saved'));
    } catch (error) {
      state.error = error;
    }
    state.busy = false;
    if (state.error) {
      draw();
      focusWrong(form);
    } else await reload();
  };
  return detailView(root, {
    path: `/admin/rooms/${id}`, back: '/admin/rooms', page: 'rooms', loaded: knowRoom,
    title: room => [sign(room), h('span', null, roomTitle(room)), room.isGeneral && mark('quiet', t('admin.room.general'))],
    content: (room, tools) => {
      const fields = [
        room.type !== 'direct' && field(t('admin.col.name'), { name: 'name', value: room.name ?? '', maxlength: '80', 'data-testid': 'room-name' }, { error: fieldError(state.error, 'name') }),
        room.type !== 'direct' && field(t('admin.room.topic'), { name: 'topic', value: room.topic ?? '', maxlength: '250', 'data-testid': 'room-topic' }, { error: fieldError(state.error, 'topic') }),
        room.type !== 'direct' && field(t('admin.room.slowMode'), { name: 'slowModeSeconds', type: 'number', min: '0', max: String(NUMBERS.slowModeSeconds), value: String(room.slowModeSeconds ?? 0) }, { hint: t('admin.room.slowModeHint'), error: fieldError(state.error, 'slowModeSeconds') }),
        field(t('admin.room.retention'), { name: 'retentionDays', type: 'number', min: '0', max: String(NUMBERS.retentionDays), value: String(room.retentionDays ?? 0) }, { hint: t('admin.room.retentionHint'), error: fieldError(state.error, 'retentionDays') }),
      ];
      return [
        facts([
          [t('admin.col.type'), t(`admin.choice.type.${room.type}`)], [t('admin.col.members'), number(room.memberCount ?? 0)], [t('admin.room.owners'), (room.owners ?? []).length ? h('span.people-line', null, room.owners.map(who)) : text(null)],
          [t('admin.col.createdBy'), who(room.createdBy)], [t('admin.col.created'), when(room.createdAt)], [t('admin.col.entries'), number(room.lastSeq ?? 0)],
        ]),
        h('form.stack.detail-form', { key: 'form', novalidate: true, onsubmit: save(room, tools) }, h('h3', null, t('admin.room.change')), fields, formError(state.error, fields),
          h('div.detail-acts', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'room-save' }, t('action.save')))),
        h('nav.detail-links', { key: 'links', 'aria-label': t('admin.user.elsewhere') }, h('h3', null, t('admin.user.elsewhere')), h('ul', null, ['messages', 'files', 'invites', 'hooks'].map(one => h('li', { key: one }, h('a', { href: `/admin/${one}?roomId=${id}` }, t(`admin.page.${one}`)))))),
        !room.isGeneral && h('div.detail-acts', { key: 'delete' }, h('button.danger-quiet', { type: 'button', 'data-testid': 'room-delete', onclick: () => remove(room, tools.leave) }, icon('trash'), t('admin.room.delete'))),
      ];
    },
  });
}

/** @param {HTMLElement} root @param {{id?: string}} at */
export const page = (root, { id }) => (id ? roomPage(root, id) : listView(root, rooms));
