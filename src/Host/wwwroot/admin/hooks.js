// What leaves rooms for other programs, what comes in from them, and the commands that they answer.

import { del } from '../core/api.js';
import { h } from '../core/html.js';
import { number, t } from '../core/i18n.js';
import { act, asked } from './act.js';
import { mark, text, when, where, who } from './cells.js';
import { listView } from './list.js';

/** @param {any} one @param {() => void} done */
async function remove(one, done) {
  if (!await asked({ title: t('admin.hook.deleteTitle', { name: one.name }), what: 'hook', action: t('action.delete') })) return;
  if (await act(() => del(`/admin/hooks/${one.id}`), t('admin.deleted'))) done();
}

function standing(one) {
  if (one.disabledAt) return mark('bad', t('admin.hook.off'));
  return one.failures ? mark('warn', t('admin.hook.failures', { n: one.failures })) : mark('ok', t('admin.hook.on'));
}

/** @type {import('./list.js').List} */
const hooks = {
  name: 'hooks', path: '/admin/hooks', address: '/admin/hooks', sign: 'command', searches: true, sorts: ['-createdAt'],
  filters: [{ name: 'kind', options: ['outgoing', 'incoming', 'command'] }, { name: 'roomId', kind: 'room' }],
  label: one => one.name,
  columns: [
    { name: 'name', main: true, cell: one => h('span.name-cell', null, h('strong', null, one.name), one.host && h('small', null, one.host)) },
    { name: 'kind', cell: one => t(`admin.choice.kind.${one.kind}`) },
    { name: 'room', cell: one => where(one.roomId) },
    { name: 'createdBy', wide: true, cell: one => who(one.createdBy) },
    { name: 'standing', cell: one => (one.kind !== 'outgoing' ? text(null) : [standing(one), one.problem && h('small', null, one.problem)]) },
    { name: 'sentUpTo', number: true, wide: true, cell: one => (one.lastSeq ? number(one.lastSeq) : text(null)) },
    { name: 'created', sort: 'createdAt', wide: true, cell: one => when(one.createdAt) },
  ],
  acts: (one, done) => [{ icon: 'trash', label: t('action.delete'), danger: true, testid: 'hook-delete', run: () => remove(one, done) }],
};

/** @param {HTMLElement} root */
export const page = root => listView(root, hooks);
