// Backups: what there is, what is going on, how the last ones went, and how one comes back.

import { get, post } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { stepUp, withStepUp } from '../core/step-up.js';
import { ago, fullDate, shortDate } from '../core/time.js';
import { copyText, empty, failure, notifyError, skeleton } from '../core/ui.js';
import { act } from './act.js';
import { facts, mark, text } from './cells.js';
import { bytes, duration } from './units.js';

const POLL_MS = 1500;

/** @param {HTMLElement} root @param {{head: HTMLElement}} at */
export function page(root, { head }) {
  const state = { answer: /** @type {any} */ (null), items: /** @type {any[]} */ ([]), error: /** @type {any} */ (null), timer: /** @type {any} */ (0), stopped: false };
  const make = h('button.primary', { type: 'button', 'data-testid': 'backup-make', onclick: () => begin('/admin/backups', t('admin.backup.begun')) }, icon('plus'), t('admin.backup.make'));
  head.append(make);

  async function load(more = false) {
    clearTimeout(state.timer);
    try {
      const cursor = more ? `&cursor=${state.answer.nextCursor}` : '';
      const answer = await withStepUp(() => get(`/admin/backups?limit=50${cursor}`));
      Object.assign(state, { answer, items: more ? [...state.items, ...answer.items] : answer.items, error: null });
    } catch (error) {
      state.error = error;
    }
    if (state.stopped) return;
    draw();
    if (state.answer?.running && !state.error) state.timer = setTimeout(load, POLL_MS);
  }

  /** @param {string} path @param {string} said */
  async function begin(path, said) {
    if (await act(() => post(path), said)) await load();
  }

  async function cancel() {
    if (await act(() => post('/admin/backups/cancel'), t('admin.backup.cancelled'))) await load();
  }

  /** @param {any} one */
  async function download(one) {
    try {
      if (!await stepUp()) return;
      const link = h('a', { href: `/api/v1/admin/backups/${one.id}/content`, download: '', hidden: true });
      document.body.append(link);
      link.click();
      link.remove();
    } catch (error) {
      notifyError(error);
    }
  }

  /** @param {string} kind @param {any} one */
  const outcome = (kind, one) => h('section.outcome', { key: kind, 'data-testid': `last-${kind}`, 'data-ok': one ? String(one.ok) : '' }, h('h2', null, t(`admin.backup.last.${kind}`)),
    one ? [h('p', null, mark(one.ok ? 'ok' : 'bad', t(one.ok ? 'admin.backup.ok' : 'admin.backup.failed')), ' ', h('small', { title: fullDate(one.endedAt) }, `${ago(one.endedAt)} · ${duration(Date.parse(one.endedAt) - Date.parse(one.startedAt))}`)), h('p', null, one.how)]
      : h('p.muted', null, t('admin.backup.notYet')));

  /** @param {any} running */
  const progress = running => h('section.callout.backup-running', { key: 'running', 'data-testid': 'backup-running' }, h('span.spinner', { 'aria-hidden': 'true' }),
    h('div.grow', null, h('strong', { role: 'status' }, t(`admin.backup.work.${running.work}`)), ' ', running.step, h('progress.bulk-progress', { max: running.total || 1, value: running.total ? running.done : 0, 'aria-label': running.step })),
    h('button.secondary', { type: 'button', 'data-testid': 'backup-cancel', onclick: cancel }, t('admin.backup.stop')));

  /** @param {any} one */
  const row = one => h('li.job', { key: one.id, 'data-testid': 'backup', 'data-id': one.id },
    h('div.job-what', null, h('strong', { title: fullDate(one.createdAt) }, shortDate(one.createdAt)), h('small', null, one.reason ?? '', one.database && ` · ${one.database}`)),
    h('div.job-now', null, one.problem ? [mark('bad', t('admin.backup.doesNotCount')), h('small', null, one.problem)] : [mark('ok', t('admin.backup.counts')), h('small', null, one.keys?.join(', ') ?? '')]),
    h('div.job-last', null, one.bytes != null && h('span', null, bytes(one.bytes)), one.files != null && h('small', null, t('admin.backup.files', { n: one.files })), one.storedBytes != null && h('small', null, t('admin.backup.stored', { size: bytes(one.storedBytes) }))),
    h('div.detail-acts', null,
      h('button.secondary', { type: 'button', 'data-testid': 'backup-verify', disabled: Boolean(state.answer?.running), onclick: () => begin(`/admin/backups/${one.id}/verify`, t('admin.backup.verifyBegun')) }, icon('shield'), t('admin.backup.verify')),
      h('button.secondary', { type: 'button', 'data-testid': 'backup-download', onclick: () => download(one) }, icon('download'), t('admin.backup.download'))));

  const restoring = () => h('details.honest', { key: 'restore' }, h('summary', null, t('admin.backup.restore')), h('ol.restore-steps', null, ['1', '2', '3', '4'].map(n => h('li', null, t(`admin.backup.restore.${n}`)))),
    h('p.command-line', null, h('code', null, 'chatctl backup restore --help'), h('button.icon-button', { type: 'button', 'aria-label': t('action.copy'), onclick: () => copyText('chatctl backup restore --help') }, icon('copy'))));

  function body() {
    const { answer, error, items } = state;
    if (error && !answer) return error.status === 404 || error.code === 'forbidden' ? empty('lock', t('admin.noRights'), t('admin.noRightsText')) : failure(error, () => load());
    if (!answer) return skeleton(6, 'row');
    if (!answer.works) return [empty('download', t('admin.backup.notSet'), t('admin.backup.notSetText')), restoring()];
    return [
      error && failure(error, () => load()),
      answer.running && progress(answer.running),
      h('div.outcomes', { key: 'last' }, ['backup', 'verification', 'drill'].map(kind => outcome(kind, answer.last?.[kind]))),
      facts([[t('admin.backup.place'), text(answer.place)], [t('admin.backup.signer'), answer.signer ? h('code.hash', null, answer.signer.fingerprint) : text(null)]]),
      items.length ? h('ul.jobs', { key: 'items', 'aria-label': t('admin.page.backups') }, items.map(row)) : empty('download', t('admin.none.backups'), t('admin.noneText.backups')),
      answer.nextCursor && h('div.search-more', { key: 'more' }, h('button.secondary', { type: 'button', onclick: () => load(true) }, t('admin.list.more', { n: 50 }))),
      restoring(),
    ];
  }
  function draw() {
    make.disabled = !state.answer?.works || Boolean(state.answer?.running);
    patch(root, h('div.stack', null, body()));
  }
  draw();
  load();
  return { stop() { state.stopped = true; clearTimeout(state.timer); } };
}
