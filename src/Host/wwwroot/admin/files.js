// All files: whose, where, how large. Their contents are for those who may read them.

import { del } from '../core/api.js';
import { h } from '../core/html.js';
import { number, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { act, asked, askedForMany } from './act.js';
import { facts, mark, text, when, where, who } from './cells.js';
import { detailView } from './detail.js';
import { listView } from './list.js';
import { bytes } from './units.js';

/** @param {any} one @param {() => void} done */
async function remove(one, done) {
  if (!await asked({ title: t('admin.file.deleteTitle', { name: one.name }), what: 'file', action: t('action.delete') })) return;
  if (await act(() => del(`/admin/files/${one.id}`), t('admin.deleted'))) done();
}

const named = one => [icon(one.encrypted ? 'lock' : 'file'), h('span.name-cell', null, h('strong', null, one.name), one.isMissing && h('small', null, mark('bad', t('admin.file.missing'))))];

/** @type {import('./list.js').List} */
const files = {
  name: 'files', path: '/admin/files', address: '/admin/files', sign: 'file', searches: true, sorts: ['-createdAt', '-size', 'name'],
  filters: [{ name: 'ownerId', kind: 'person' }, { name: 'roomId', kind: 'room' }, { name: 'encrypted', options: ['true', 'false'] }],
  label: one => one.name, href: one => `/admin/files/${one.id}`,
  columns: [
    { name: 'file', main: true, sort: 'name', cell: named },
    { name: 'size', sort: 'size', number: true, cell: one => bytes(one.size ?? 0) },
    { name: 'owner', cell: one => who(one.ownerId) },
    { name: 'place', wide: true, cell: one => (one.roomId ? where(one.roomId) : one.recipientId ? who(one.recipientId) : text(null)) },
    { name: 'created', sort: 'createdAt', cell: one => when(one.createdAt) },
  ],
  acts: (one, done) => [{ icon: 'trash', label: t('action.delete'), danger: true, testid: 'file-delete', run: () => remove(one, done) }],
  bulk: [{ action: 'files.delete', danger: true, ask: askedForMany('files.delete', 'file') }],
};

/** @param {HTMLElement} root @param {string} id */
const filePage = (root, id) => detailView(root, {
  path: `/admin/files/${id}`, back: '/admin/files', page: 'files', title: one => [icon(one.encrypted ? 'lock' : 'file'), h('span', null, one.name)],
  content: (one, { leave }) => [
    one.isMissing && h('p.callout.warn', { key: 'missing' }, icon('warning'), t('admin.file.missingText')),
    facts([
      [t('admin.col.size'), bytes(one.size ?? 0)], [t('admin.file.type'), text(one.contentType)], [t('admin.file.encrypted'), t(one.encrypted ? 'admin.yes' : 'admin.no')], [t('admin.col.owner'), who(one.ownerId)],
      [t('admin.col.room'), one.roomId ? where(one.roomId) : undefined], [t('admin.file.recipient'), one.recipientId ? who(one.recipientId) : undefined], [t('admin.file.version'), number(one.version ?? 1)],
      [t('admin.file.downloads'), number(one.downloadCount ?? 0)], [t('admin.col.created'), when(one.createdAt)], [t('admin.col.expires'), one.expiresAt ? when(one.expiresAt) : undefined],
    ]),
    h('div.detail-acts', { key: 'do' }, h('button.danger-quiet', { type: 'button', 'data-testid': 'file-delete', onclick: () => remove(one, leave) }, icon('trash'), t('action.delete'))),
  ],
});

/** @param {HTMLElement} root @param {{id?: string}} at */
export const page = (root, { id }) => (id ? filePage(root, id) : listView(root, files));
