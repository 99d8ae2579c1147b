// Who did what, on whom, from where, and whether this log is whole.

import { post } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { number, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { stepUp } from '../core/step-up.js';
import { fullDate } from '../core/time.js';
import { notifyError, openDialog } from '../core/ui.js';
import { act } from './act.js';
import { facts, mark, text, when, where, who } from './cells.js';
import { listView } from './list.js';

const RESULT = { ok: 'ok', refused: 'warn', failed: 'bad' };
const result = one => mark(RESULT[one.result] ?? 'quiet', t(`admin.choice.result.${one.result}`));
const actor = one => (one.actorId ? h('span', null, `@${one.actor}`) : h('span.muted', null, one.actor || t('admin.audit.server')));

/** @param {any} one */
function subject(one) {
  if (!one.subjectId) return text(null);
  if (one.subjectType === 'user') return who(one.subjectId);
  return one.subjectType === 'room' ? where(one.subjectId) : h('span', { title: one.subjectId }, one.subjectType ?? one.subjectId);
}

/** @param {any} one */
const show = one => openDialog(t('admin.audit.entry', { n: one.seq }), () => facts([
  [t('admin.col.at'), fullDate(one.at)], [t('admin.col.action'), h('code', null, one.action)], [t('admin.col.actor'), actor(one)], [t('admin.col.subject'), one.subjectId ? `${one.subjectType ?? ''} ${one.subjectId}` : text(null)],
  [t('admin.col.result'), result(one)], [t('admin.col.address'), text(one.address)], ...Object.entries(one.details ?? {}).map(([name, value]) => /** @type {[string, any]} */ ([name, h('span', null, String(value))])), [t('admin.audit.hash'), h('code.hash', null, one.hash)],
]), { testid: 'audit-entry' });

/** @type {import('./list.js').List} */
const audit = {
  name: 'audit', path: '/admin/audit', address: '/admin/audit', sign: 'history', sorts: ['-seq'], idOf: one => String(one.seq),
  filters: [{ name: 'action' }, { name: 'actorId', kind: 'person' }, { name: 'subjectId', kind: 'person' }, { name: 'result', options: ['ok', 'refused', 'failed'] }, { name: 'after', kind: 'date' }, { name: 'before', kind: 'date' }],
  label: one => t('admin.audit.entry', { n: one.seq }),
  columns: [
    { name: 'number', number: true, sort: 'seq', cell: one => number(one.seq) },
    { name: 'action', main: true, cell: one => h('code', null, one.action) },
    { name: 'actor', cell: actor },
    { name: 'subject', cell: subject },
    { name: 'result', cell: result },
    { name: 'address', wide: true, cell: one => text(one.address) },
    { name: 'at', cell: one => when(one.at) },
  ],
  acts: one => [{ icon: 'info', label: t('admin.audit.show'), testid: 'audit-show', run: () => show(one) }],
};

/** @param {HTMLElement} root @param {{head: HTMLElement}} at */
export function page(root, { head }) {
  const top = h('div', { own: true, role: 'status' });
  const below = h('div', { own: true });
  patch(root, h('div.stack', null, top, below));

  async function verify(event) {
    const button = event.currentTarget;
    button.disabled = true;
    const done = await act(() => post('/admin/audit/verify'));
    button.disabled = false;
    if (!done) return;
    const { isWhole, entries, brokenAt, problem, head: last } = done.answer;
    patch(top, h('p.callout', { class: isWhole ? 'ok' : 'warn', 'data-testid': 'audit-verified', 'data-whole': String(isWhole) }, icon(isWhole ? 'shield' : 'warning'),
      h('span', null, isWhole ? t('admin.audit.whole', { n: entries }) : t('admin.audit.broken', { n: brokenAt ?? 0, problem: problem ?? '' }), isWhole && last && [' ', h('code.hash', null, last)])));
  }

  /** Needs a fresh proof of oneself, for which a download cannot ask. */
  async function exportAll() {
    try {
      if (!await stepUp()) return;
      const link = h('a', { href: '/api/v1/admin/audit/export', download: 'audit.jsonl', hidden: true });
      document.body.append(link);
      link.click();
      link.remove();
    } catch (error) {
      notifyError(error);
    }
  }

  head.append(
    h('button.secondary', { type: 'button', 'data-testid': 'audit-export', onclick: exportAll }, icon('download'), t('admin.audit.export')),
    h('button.primary', { type: 'button', 'data-testid': 'audit-verify', onclick: verify }, icon('shield'), t('admin.audit.verify')));
  return listView(below, audit);
}
