// Whether mail leaves, what waits, and what was given up.

import { del } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { hasText, number, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { ago } from '../core/time.js';
import { act, asked } from './act.js';
import { mark, text, when } from './cells.js';
import { listView } from './list.js';

/** @param {any} one @param {() => void} done */
async function remove(one, done) {
  if (!await asked({ title: t('admin.mail.deleteTitle', { email: one.to }), what: 'mail', action: t('action.delete') })) return;
  if (await act(() => del(`/admin/mail/${one.id}`), t('admin.deleted'))) done();
}

const kindOf = one => (hasText(`admin.letter.${one.kind}`) ? t(`admin.letter.${one.kind}`) : one.kind);

/** @param {any} state the list's answer */
function health(state) {
  if (!state) return null;
  const [kind, sign, words] = !state.works ? ['warn', 'warning', [h('strong', null, t('admin.mail.notSet')), ' ', t('admin.mail.notSetText')]]
    : state.trouble ? ['warn', 'warning', [h('strong', null, t('admin.mail.stuck', { when: ago(state.troubleSince ?? Date.now()) })), ' ', state.trouble, ' ', t('admin.mail.stuckText')]]
      : ['ok', 'check', [t('admin.mail.works')]];
  return h('p.callout', { class: kind, 'data-testid': 'mail-health', 'data-works': String(Boolean(state.works && !state.trouble)) }, icon(/** @type {any} */ (sign)), h('span', null, words));
}

/** @param {HTMLElement} root */
export function page(root) {
  const top = h('div', { own: true });
  const below = h('div', { own: true });
  patch(root, h('div.stack', null, top, below));
  return listView(below, {
    name: 'mail', path: '/admin/mail', address: '/admin/mail', sign: 'send', searches: true, sorts: ['-createdAt'], filters: [{ name: 'state', options: ['waiting', 'dead'] }],
    label: one => one.to, follow: answer => patch(top, health(answer)),
    columns: [
      { name: 'to', main: true, cell: one => one.to },
      { name: 'letter', cell: kindOf },
      { name: 'standing', cell: one => [mark(one.state === 'dead' ? 'bad' : 'quiet', t(`admin.choice.state.${one.state}`)), one.problem && h('small', null, one.problem)] },
      { name: 'attempts', number: true, cell: one => number(one.attempts ?? 0) },
      { name: 'nextTry', cell: one => (one.nextAt ? when(one.nextAt) : text(null)) },
      { name: 'created', sort: 'createdAt', wide: true, cell: one => when(one.createdAt) },
    ],
    acts: (one, done) => [{ icon: 'trash', label: t('action.delete'), danger: true, testid: 'mail-delete', run: () => remove(one, done) }],
  });
}
