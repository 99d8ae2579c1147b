// Who was asked by mail to come here.

import { del } from '../core/api.js';
import { t } from '../core/i18n.js';
import { act, asked } from './act.js';
import { mark, when, who } from './cells.js';
import { listView } from './list.js';

/** @param {any} one @param {() => void} done */
async function withdraw(one, done) {
  if (!await asked({ title: t('admin.invitation.withdrawTitle', { email: one.email }), what: 'invitation', action: t('admin.invitation.withdraw') })) return;
  if (await act(() => del(`/admin/invitations/${one.id}`), t('admin.invitation.withdrawn'))) done();
}

/** @type {import('./list.js').List} */
const invitations = {
  name: 'invitations', path: '/admin/invitations', address: '/admin/invitations', sign: 'at', searches: true, sorts: ['-createdAt'],
  filters: [{ name: 'state', options: ['open', 'accepted', 'expired'] }],
  label: one => one.email,
  columns: [
    { name: 'email', main: true, cell: one => one.email },
    { name: 'invitedBy', cell: one => who(one.invitedBy) },
    { name: 'role', wide: true, cell: one => (one.role ? t(`admin.choice.role.${one.role}`) : '–') },
    { name: 'standing', cell: one => mark(one.state === 'open' ? 'ok' : 'quiet', t(`admin.choice.state.${one.state}`)) },
    { name: 'expires', cell: one => when(one.expiresAt) },
    { name: 'created', sort: 'createdAt', wide: true, cell: one => when(one.createdAt) },
  ],
  acts: (one, done) => (one.state === 'open' ? [{ icon: 'trash', label: t('admin.invitation.withdraw'), danger: true, testid: 'invitation-withdraw', run: () => withdraw(one, done) }] : []),
};

/** @param {HTMLElement} root */
export const page = root => listView(root, invitations);
