// Messages without their texts: who wrote where and when, and the way to take one away.

import { del } from '../core/api.js';
import { number, t } from '../core/i18n.js';
import { act, asked, askedForMany } from './act.js';
import { mark, when, where, who } from './cells.js';
import { listView } from './list.js';
import { roomNamed } from './names.js';

/** @param {any} one @param {() => void} done */
async function remove(one, done) {
  if (!await asked({ title: t('admin.message.deleteTitle'), what: 'message', action: t('action.delete') })) return;
  if (await act(() => del(`/admin/messages/${one.id}`), t('admin.deleted'))) done();
}

function signs(one) {
  const all = [one.isDeleted && mark('quiet', t('admin.message.deleted')), one.isEdited && mark('quiet', t('admin.message.edited')), one.pinned && mark('quiet', t('admin.message.pinned')), one.threadId && mark('quiet', t('admin.message.reply'))].filter(Boolean);
  return all.length ? all : '–';
}

/** @type {import('./list.js').List} */
const messages = {
  name: 'messages', path: '/admin/messages', address: '/admin/messages', sign: 'thread', sorts: ['-createdAt'],
  filters: [{ name: 'roomId', kind: 'room' }, { name: 'senderId', kind: 'person' }, { name: 'type', options: ['text', 'file', 'system'] }, { name: 'deleted', options: ['true', 'false'] }, { name: 'after', kind: 'date' }, { name: 'before', kind: 'date' }],
  label: one => `${roomNamed(one.roomId)} #${one.seq}`,
  columns: [
    { name: 'room', main: true, cell: one => where(one.roomId) },
    { name: 'number', number: true, cell: one => number(one.seq ?? 0) },
    { name: 'sender', cell: one => who(one.senderId) },
    { name: 'kind', wide: true, cell: one => t(`admin.choice.type.${one.type}`) },
    { name: 'length', number: true, wide: true, cell: one => number(one.length ?? 0) },
    { name: 'signs', cell: signs },
    { name: 'created', sort: 'createdAt', cell: one => when(one.createdAt) },
  ],
  acts: (one, done) => (one.isDeleted ? [] : [{ icon: 'trash', label: t('action.delete'), danger: true, testid: 'message-delete', run: () => remove(one, done) }]),
  bulk: [{ action: 'messages.delete', danger: true, ask: askedForMany('messages.delete', 'message') }],
};

/** @param {HTMLElement} root */
export const page = root => listView(root, messages);
