// Links into rooms.

import { del } from '../core/api.js';
import { number, t } from '../core/i18n.js';
import { act, asked } from './act.js';
import { mark, when, where, who } from './cells.js';
import { listView } from './list.js';
import { roomNamed } from './names.js';

/** @param {any} one @param {() => void} done */
async function end(one, done) {
  if (!await asked({ title: t('admin.invite.endTitle', { name: roomNamed(one.roomId) }), what: 'invite', action: t('admin.invite.end') })) return;
  if (await act(() => del(`/admin/invites/${one.id}`), t('admin.invite.ended'))) done();
}

/** @type {import('./list.js').List} */
const invites = {
  name: 'invites', path: '/admin/invites', address: '/admin/invites', sign: 'link', sorts: ['-createdAt'], filters: [{ name: 'roomId', kind: 'room' }],
  label: one => roomNamed(one.roomId),
  columns: [
    { name: 'room', main: true, cell: one => where(one.roomId) },
    { name: 'createdBy', cell: one => who(one.createdBy) },
    { name: 'uses', number: true, cell: one => (one.maxUses ? t('admin.transfer.downloadsOf', { n: one.uses ?? 0, most: number(one.maxUses) }) : number(one.uses ?? 0)) },
    { name: 'standing', cell: one => (one.hasEnded ? mark('quiet', t('admin.choice.state.ended')) : mark('ok', t('admin.choice.state.open'))) },
    { name: 'expires', cell: one => when(one.expiresAt) },
    { name: 'created', sort: 'createdAt', wide: true, cell: one => when(one.createdAt) },
  ],
  acts: (one, done) => (one.hasEnded ? [] : [{ icon: 'trash', label: t('admin.invite.end'), danger: true, testid: 'invite-end', run: () => end(one, done) }]),
};

/** @param {HTMLElement} root */
export const page = root => listView(root, invites);
