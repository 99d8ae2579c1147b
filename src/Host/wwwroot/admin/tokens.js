// Who is logged in where, and which scripts act for whom.

import { del } from '../core/api.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { deviceName } from '../settings/sessions.js';
import { act, asked, askedForMany } from './act.js';
import { mark, since, text, when, who } from './cells.js';
import { listView } from './list.js';

/** @param {any} one @param {() => void} done */
async function end(one, done) {
  if (!await asked({ title: t('admin.token.endTitle'), what: 'token', action: t('admin.token.end') })) return;
  if (await act(() => del(`/admin/tokens/${one.id}`), t('admin.token.ended'))) done();
}

const isOver = one => Boolean(one.endedAt) || (Boolean(one.expiresAt) && Date.parse(one.expiresAt) < Date.now());
const titleOf = one => one.name || (one.userAgent ? deviceName(one.userAgent) : t(`admin.choice.kind.${one.kind}`));

/** @type {import('./list.js').List} */
const tokens = {
  name: 'tokens', path: '/admin/tokens', address: '/admin/tokens', sign: 'key', sorts: ['-createdAt'],
  filters: [{ name: 'kind', options: ['session', 'token', 'reset'] }, { name: 'userId', kind: 'person' }],
  label: titleOf,
  columns: [
    { name: 'owner', main: true, cell: one => who(one.userId) },
    { name: 'kind', cell: one => t(`admin.choice.kind.${one.kind}`) },
    { name: 'device', cell: one => h('span.name-cell', { title: one.userAgent ?? null }, h('span', null, titleOf(one)), one.scopes?.length > 0 && h('small', null, [one.scopes].flat().join(', '))) },
    { name: 'address', wide: true, cell: one => text(one.ip) },
    { name: 'standing', cell: one => (isOver(one) ? mark('quiet', t('admin.token.over')) : mark('ok', t('admin.token.live'))) },
    { name: 'lastUsed', cell: one => since(one.lastUsedAt) },
    { name: 'created', sort: 'createdAt', wide: true, cell: one => when(one.createdAt) },
    { name: 'expires', wide: true, cell: one => when(one.expiresAt) },
  ],
  acts: (one, done) => (isOver(one) ? [] : [{ icon: 'leave', label: t('admin.token.end'), danger: true, testid: 'token-end', run: () => end(one, done) }]),
  bulk: [{ action: 'tokens.end', danger: true, ask: askedForMany('tokens.end', 'token') }],
};

/** @param {HTMLElement} root */
export const page = root => listView(root, tokens);
