// What the server does by itself: when it did it last and will do it next, how that went, and the way to do it now.

import { get, post } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { hasText, number, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { ago, fullDate } from '../core/time.js';
import { empty, skeleton } from '../core/ui.js';
import { act } from './act.js';
import { mark, text, when } from './cells.js';
import { chartView } from './chart.js';
import { listView } from './list.js';
import { jobAddress, jobOf } from './pages.js';
import { refused } from './refused.js';
import { duration, every } from './units.js';
import { onAdmin } from './watching.js';

needStyle('admin-charts.css');

const HOUR = 3_600_000;
const RESULT = { succeeded: 'ok', failed: 'bad', interrupted: 'warn', running: 'quiet' };
/** @param {string | undefined} result */
const resultMark = result => (result ? mark(RESULT[result] ?? 'quiet', t(`admin.choice.result.${result}`)) : h('span.muted', null, t('admin.job.never')));
const pathOf = name => `/admin/jobs/${encodeURIComponent(name)}`;
const titleOf = job => (hasText(`admin.jobName.${job.name}`) ? t(`admin.jobName.${job.name}`) : job.description || job.name);

/** @param {'run' | 'pause' | 'resume'} what @param {any} job */
const order = (what, job) => act(() => post(`${pathOf(job.name)}/${what}`), t(`admin.job.done.${what}`, { name: titleOf(job) }));

/** @param {any} job @param {() => void} done */
function buttons(job, done) {
  const go = what => async () => { if (await order(what, job)) done(); };
  return h('div.detail-acts', null,
    h('button.secondary', { type: 'button', disabled: job.state === 'running', 'data-testid': 'job-run', onclick: go('run') }, icon('retry'), t('admin.job.run')),
    job.state === 'paused'
      ? h('button.secondary', { key: 'resume', type: 'button', 'data-testid': 'job-resume', onclick: go('resume') }, t('admin.job.resume'))
      : h('button.secondary', { key: 'pause', type: 'button', 'data-testid': 'job-pause', onclick: go('pause') }, t('admin.job.pause')));
}

function standing(job) {
  if (job.state === 'running') return [h('span.spinner', { 'aria-hidden': 'true' }), mark('ok', t('admin.job.running')), job.runningSince && h('small', null, ago(job.runningSince))];
  return job.state === 'paused' ? mark('warn', t('admin.job.paused')) : job.nextRunAt ? h('span', { title: fullDate(job.nextRunAt) }, t('admin.job.next', { when: ago(job.nextRunAt) })) : mark('quiet', t('admin.job.waiting'));
}

/** @param {any} job @param {() => void} done */
function card(job, done) {
  const { lastRun } = job;
  return h('li.job', { key: job.name, 'data-testid': 'job', 'data-job': job.name, 'data-state': job.state, 'data-result': lastRun?.result ?? '' },
    h('div.job-what', null, h('a.job-name', { href: jobAddress(job.name) }, titleOf(job)), h('small', null, h('code', null, job.name), job.everySeconds ? [' · ', every(job.everySeconds)] : null)),
    h('div.job-now', null, standing(job)),
    h('div.job-last', null, resultMark(lastRun?.result), lastRun && h('small', { title: fullDate(lastRun.startedAt) }, ago(lastRun.startedAt), lastRun.durationMs != null && ` · ${duration(lastRun.durationMs)}`), lastRun?.error && h('small.job-error', null, lastRun.error)),
    buttons(job, done));
}

/** Jobs of the list, followed over the socket. @param {() => void} draw */
function following(draw) {
  const state = { items: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null), stopped: false };
  async function load() {
    try {
      Object.assign(state, { items: (await get('/admin/jobs')).items, error: null });
    } catch (error) {
      state.error = error;
    }
    if (!state.stopped) draw();
  }
  const off = onAdmin(event => {
    if (event.type !== 'admin.job') return;
    state.items = state.items?.map(one => (one.name === event.job.name ? { ...one, ...event.job } : one)) ?? null;
    draw();
  });
  // What was dropped or missed while there was no connection.
  const live = store.subscribe((now, before) => { if (now.conn.state === 'live' && before.conn.state !== 'live') load(); });
  return { state, load, stop() { state.stopped = true; off(); live(); } };
}

/** @param {any} state @param {() => void} load @param {(items: any[]) => any} filled */
function five({ items, error }, load, filled) {
  if (error && !items) return refused(error, load);
  if (!items) return skeleton(6, 'row');
  return items.length ? filled(items) : empty('clock', t('admin.none.jobs'), t('admin.noneText.jobs'));
}

/** @param {HTMLElement} root */
function allJobs(root) {
  const box = h('section.chart-card', { own: true, hidden: true });
  const list = h('div', { own: true });
  patch(root, h('div.stack', null, box, list));
  const chart = chartView(box);
  const draw = () => patch(list, five(jobs.state, jobs.load, items => h('ul.jobs', { 'aria-label': t('admin.page.jobs') }, items.map(one => card(one, again)))));
  const jobs = following(draw);
  async function graph() {
    try {
      const { items } = await get('/admin/jobs/graph?hours=24');
      if (!items.length || jobs.state.stopped) return;
      box.hidden = false;
      const from = Date.parse(items[0].at);
      const of = name => ({ name, label: t(`admin.choice.result.${name}`), stepMs: HOUR, items: items.map(one => ({ at: one.at, value: one[name] ?? 0 })) });
      const sum = name => items.reduce((n, one) => n + (one[name] ?? 0), 0);
      chart.show({ title: t('admin.job.graph'), unit: 'count', bars: true, from, to: Date.parse(items[items.length - 1].at) + HOUR, series: [of('succeeded'), of('failed')], now: { succeeded: sum('succeeded'), failed: sum('failed') } });
    } catch (error) {
      console.warn('no graph', error.code);
    }
  }
  const again = () => { jobs.load(); graph(); };
  draw();
  again();
  return { stop() { jobs.stop(); chart.stop(); } };
}

/** @param {HTMLElement} root @param {string} name */
function oneJob(root, name) {
  const top = h('div.stack', { own: true });
  const below = h('div', { own: true });
  patch(root, h('div.stack', null, h('a.back-link', { href: '/admin/jobs' }, icon('back'), t('admin.toList', { what: t('admin.page.jobs') })), top, h('h3', null, t('admin.job.history')), below));
  let seen = '';
  const draw = () => {
    patch(top, five(jobs.state, jobs.load, items => {
      const job = items.find(one => one.name === name);
      if (!job) return empty('search', t('admin.notThere'), t('admin.notThereText'));
      return [h('h2.detail-title', { key: 'title' }, titleOf(job)), job.description && job.description !== titleOf(job) && h('p.muted', { key: 'what' }, job.description), h('ul.jobs', { key: 'card' }, card(job, jobs.load))];
    }));
    const run = jobs.state.items?.find(one => one.name === name)?.lastRun;
    const now = `${run?.id}/${run?.result}`;
    if (seen && now !== seen) history.reload();
    seen = now;
  };
  const jobs = following(draw);
  const history = listView(below, {
    name: 'history', path: `${pathOf(name)}/history`, address: jobAddress(name), sign: 'history', sorts: ['-startedAt'], filters: [{ name: 'result', options: ['succeeded', 'failed', 'interrupted', 'running'] }],
    label: one => fullDate(one.startedAt),
    columns: [
      { name: 'started', main: true, sort: 'startedAt', cell: one => when(one.startedAt) },
      { name: 'result', cell: one => [resultMark(one.result), one.error && h('small', null, one.error)] },
      { name: 'duration', number: true, cell: one => (one.durationMs == null ? text(null) : duration(one.durationMs)) },
      { name: 'trigger', cell: one => t(`admin.trigger.${one.trigger}`) },
      { name: 'attempt', number: true, wide: true, cell: one => number(one.attempt ?? 1) },
      { name: 'node', wide: true, cell: one => text(one.node) },
    ],
  });
  draw();
  jobs.load();
  return { stop() { jobs.stop(); history.stop(); }, moved: route => history.moved(route) };
}

/** @param {HTMLElement} root @param {{id?: string}} at */
export const page = (root, { id }) => (id ? oneJob(root, jobOf(id)) : allJobs(root));
