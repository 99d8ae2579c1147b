// What was wrong with the server, what is, and since when.

import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { adviceOf, findingOf, placeOf } from './alert-words.js';
import { mark, text, when } from './cells.js';
import { listView } from './list.js';
import { onAdmin } from './watching.js';

/** Whether the webhook hears of it. @param {any} state the list's answer */
function channel(state) {
  const one = state?.items.find(item => item.waiting && item.problem);
  return one ? h('p.callout.warn', { 'data-testid': 'webhook-trouble' }, icon('warning'), h('span', null, h('strong', null, t('admin.alerts.webhook')), ' ', one.problem)) : null;
}

/** @param {HTMLElement} root */
export function page(root) {
  const top = h('div', { own: true });
  const below = h('div', { own: true });
  patch(root, h('div.stack', null, top, below));
  const list = listView(below, {
    name: 'alerts', path: '/admin/alerts', address: '/admin/alerts', sign: 'check', sorts: ['-openedAt', 'openedAt'], filters: [{ name: 'state', options: ['open', 'ended'] }],
    label: findingOf, href: one => placeOf(one.name), follow: answer => patch(top, channel(answer)),
    columns: [
      { name: 'alert', main: true, cell: findingOf },
      { name: 'advice', cell: one => (one.state === 'open' ? adviceOf(one) : text(null)) },
      { name: 'standing', cell: one => (one.state === 'open' ? mark(one.level === 'danger' ? 'bad' : 'warn', t('admin.choice.state.open')) : mark('quiet', t('admin.choice.state.ended'))) },
      { name: 'openedAt', sort: 'openedAt', cell: one => when(one.openedAt) },
      { name: 'endedAt', cell: one => (one.endedAt ? when(one.endedAt) : text(null)) },
    ],
  });
  const off = onAdmin(event => { if (event.type === 'admin.alerts') list.reload(); });
  return { ...list, stop() { off(); list.stop(); } };
}
