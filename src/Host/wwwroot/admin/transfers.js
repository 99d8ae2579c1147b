// What was sent to somebody by a link, and how long it can still be fetched.

import { del } from '../core/api.js';
import { number, t } from '../core/i18n.js';
import { act, asked, askedForMany } from './act.js';
import { mark, when, who } from './cells.js';
import { listView } from './list.js';
import { bytes } from './units.js';
import { shortDate } from '../core/time.js';

/** @param {any} one @param {() => void} done */
async function revoke(one, done) {
  if (!await asked({ title: t('admin.transfer.revokeTitle'), what: 'transfer', action: t('admin.transfer.revoke') })) return;
  if (await act(() => del(`/admin/transfers/${one.id}`), t('admin.transfer.revoked'))) done();
}

const standing = one => (one.state === 'open' ? mark('ok', t('admin.choice.state.open')) : mark('quiet', t(one.revokedAt ? 'admin.transfer.takenBack' : 'admin.choice.state.ended')));

/** @type {import('./list.js').List} */
const transfers = {
  name: 'transfers', path: '/admin/transfers', address: '/admin/transfers', sign: 'send', sorts: ['-createdAt'],
  filters: [{ name: 'senderId', kind: 'person' }, { name: 'state', options: ['open', 'ended'] }],
  label: one => shortDate(one.createdAt),
  columns: [
    { name: 'sender', main: true, cell: one => who(one.senderId) },
    { name: 'files', number: true, cell: one => number(one.files ?? 0) },
    { name: 'size', number: true, cell: one => bytes(one.size ?? 0) },
    { name: 'recipients', number: true, wide: true, cell: one => number(one.recipients ?? 0) },
    { name: 'downloads', number: true, cell: one => (one.maxDownloads ? t('admin.transfer.downloadsOf', { n: one.downloadCount ?? 0, most: number(one.maxDownloads) }) : number(one.downloadCount ?? 0)) },
    { name: 'standing', cell: standing },
    { name: 'protection', wide: true, cell: one => [one.encrypted && mark('quiet', t('admin.transfer.encrypted')), one.hasPassword && mark('quiet', t('admin.transfer.password')), !one.encrypted && !one.hasPassword && '–'] },
    { name: 'expires', cell: one => when(one.expiresAt) },
    { name: 'created', sort: 'createdAt', wide: true, cell: one => when(one.createdAt) },
  ],
  acts: (one, done) => (one.state === 'open' ? [{ icon: 'trash', label: t('admin.transfer.revoke'), danger: true, testid: 'transfer-revoke', run: () => revoke(one, done) }] : []),
  bulk: [{ action: 'transfers.revoke', danger: true, ask: askedForMany('transfers.revoke', 'transfer') }],
};

/** @param {HTMLElement} root */
export const page = root => listView(root, transfers);
