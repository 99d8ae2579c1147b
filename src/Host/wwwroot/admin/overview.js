// How the server is doing: what to look after first, then how it went over time.

import { get } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { currentRoute } from '../core/router.js';
import { fullDate, shortDate } from '../core/time.js';
import { skeleton } from '../core/ui.js';
import { adviceOf, findingOf } from './alert-words.js';
import { chartView } from './chart.js';
import { refused } from './refused.js';
import { RANGES } from './scale.js';
import { duration, measured } from './units.js';
import { warningsOf } from './warnings.js';
import { onAdmin } from './watching.js';
import { needStyle } from '../core/style.js';

needStyle('admin-charts.css');

/** @type {[string, 'count' | 'bytes' | 'ms' | 'perSecond' | 'perMinute', string[]][]} */
const CHARTS = [
  ['people', 'count', ['users', 'users.active']], ['messages', 'count', ['messages']], ['deliveries', 'perSecond', ['deliveries.rate', 'messages.rate']], ['connections', 'count', ['connections']],
  ['commits', 'ms', ['commit.p50', 'commit.p99']], ['requests', 'ms', ['requests.p50', 'requests.p99']], ['requestRate', 'perSecond', ['requests.rate']], ['errors', 'perMinute', ['errors.rate']],
  ['storage', 'bytes', ['files.bytes', 'disk.database']], ['free', 'bytes', ['disk.free']], ['queues', 'count', ['queue.mail', 'queue.push', 'queue.bytes', 'queue.audit']], ['memory', 'bytes', ['memory']],
];
/** The numbers at the top. @type {[string, 'count' | 'bytes' | 'perSecond'][]} */
const NUMBERS = [['users.active', 'count'], ['connections', 'count'], ['messages', 'count'], ['deliveries.rate', 'perSecond'], ['files.bytes', 'bytes'], ['disk.free', 'bytes']];
const POINTS = 240;
const AT_ONCE = 10;
const names = [...new Set(CHARTS.flatMap(([, , some]) => some))];

const rangeOf = query => (Object.keys(RANGES).includes(query.get('range') ?? '') ? String(query.get('range')) : 'day');

/** What could not be asked is not judged: one page that fails leaves the others. @param {string} path */
const ifThere = path => get(path).catch(error => { console.warn('not known', path, error.code); return null; });

/** @param {HTMLElement} root */
export function page(root) {
  const state = { range: rangeOf(currentRoute().query), stats: /** @type {any} */ (null), series: /** @type {Map<string, any> | null} */ (null), from: 0, to: 0, error: /** @type {any} */ (null), aside: /** @type {any} */ ({}), turn: 0 };
  const boxes = CHARTS.map(() => h('section.chart-card', { own: true }));
  const charts = boxes.map(box => chartView(box));
  const grid = h('div.chart-grid', { own: true, 'data-testid': 'charts' }, boxes);
  const above = h('div.stack', { own: true });
  const switcher = h('div', { own: true });
  const state0 = h('div', { own: true });
  patch(root, h('div.stack', null, above, switcher, state0, grid));

  async function load() {
    const turn = ++state.turn;
    const to = Date.now();
    const from = to - RANGES[state.range];
    try {
      const groups = Array.from({ length: Math.ceil(names.length / AT_ONCE) }, (_, i) => names.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
      const span = `from=${encodeURIComponent(new Date(from).toISOString())}&to=${encodeURIComponent(new Date(to).toISOString())}&points=${POINTS}`;
      const [stats, ...found] = await Promise.all([get('/admin/stats'), ...groups.map(some => get(`/admin/stats/series?name=${some.join(',')}&${span}`))]);
      if (turn !== state.turn) return;
      Object.assign(state, { stats, from, to, error: null, series: new Map(found.flatMap(one => one.items).map(one => [one.name, one])) });
    } catch (error) {
      if (turn !== state.turn) return;
      state.error = error;
    }
    draw();
  }

  async function loadAside() {
    const [alerts, jobs, mail, backups] = await Promise.all([ifThere('/admin/alerts?state=open'), ifThere('/admin/jobs'), ifThere('/admin/mail?limit=1'), ifThere('/admin/backups?limit=1')]);
    if (state.turn < 0) return;
    state.aside = { alerts: alerts?.items, jobs: jobs?.items, mail, backups };
    drawAbove();
  }

  function warning(one) {
    const words = Object.fromEntries(Object.entries(one.values).map(([name, value]) => [name, name === 'ms' ? duration(value) : value]));
    const said = one.alert
      ? [h('strong', null, findingOf(one.alert)), ' ', adviceOf(one.alert), ' ', h('small.since', { title: fullDate(one.alert.openedAt) }, t('admin.overview.since', { when: shortDate(one.alert.openedAt) }))]
      : [h('strong', null, t(`admin.warn.${one.key}`, words)), ' ', t(`admin.warnDo.${one.key}`, words)];
    return h('li', { key: `${one.key}${one.values.name ?? ''}` }, h('a.callout.warning', { href: one.href, class: one.level === 'danger' ? 'bad' : 'warn', 'data-testid': 'warning', 'data-warning': one.key }, icon('warning'), h('span', null, said)));
  }

  function drawAbove() {
    if (!state.stats) return;
    const { values, at, version } = state.stats;
    const found = warningsOf({ values, at, ...state.aside });
    patch(above, [
      found.length ? h('section', { key: 'warnings', 'aria-label': t('admin.overview.warnings') }, h('ul.warnings', { role: 'list' }, found.map(warning))) : h('p.callout.ok', { key: 'well', 'data-testid': 'all-well' }, icon('check'), t('admin.overview.well')),
      h('dl.numbers', { key: 'numbers' }, NUMBERS.map(([name, unit]) => h('div', { key: name }, h('dt', null, t(`admin.series.${name}`)), h('dd', { 'data-testid': `number-${name}` }, values[name] === undefined ? '–' : measured(unit, values[name]))))),
      h('p.muted.as-of', { key: 'at' }, at ? t('admin.overview.at', { when: shortDate(at) }) : '', ' ', h('span', { 'data-testid': 'version' }, version ? t('admin.overview.version', { version }) : '')),
    ]);
  }

  function draw() {
    drawAbove();
    patch(switcher, h('div.range', { role: 'group', 'aria-label': t('admin.overview.range') }, Object.keys(RANGES).map(one => h('button', { key: one, type: 'button', 'aria-pressed': String(one === state.range), 'data-testid': `range-${one}`, onclick: () => choose(one) }, t(`admin.range.${one}`)))));
    const { series, error } = state;
    grid.hidden = !series;
    switcher.hidden = !series;
    patch(state0, error ? refused(error, load) : series ? [] : skeleton(8, 'row'));
    if (!series) return;
    CHARTS.forEach(([name, unit, some], i) => charts[i].show({
      title: t(`admin.chartTitle.${name}`), unit, from: state.from, to: state.to, now: state.stats?.values,
      series: some.map(one => ({ name: one, label: t(`admin.series.${one}`), items: series.get(one)?.items ?? [], stepMs: (series.get(one)?.stepSeconds ?? 60) * 1000 })),
    }));
  }

  function choose(range) {
    state.range = range;
    history.replaceState(history.state, '', range === 'day' ? '/admin' : `/admin?range=${range}`);
    load();
  }

  let loadedAt = Date.now();
  const off = onAdmin(event => {
    if (event.type === 'admin.job') {
      const jobs = state.aside.jobs?.map(one => (one.name === event.job.name ? event.job : one));
      state.aside = { ...state.aside, jobs };
      drawAbove();
    } else if (event.type === 'admin.alerts') {
      state.aside = { ...state.aside, alerts: event.items };
      drawAbove();
    } else if (event.type === 'admin.stats') {
      state.stats = { ...state.stats, at: event.at, values: { ...state.stats?.values, ...event.values } };
      drawAbove();
      // A longer span does not look different after a minute.
      if (Date.now() - loadedAt > RANGES[state.range] / POINTS) {
        loadedAt = Date.now();
        load();
      }
    }
  });
  draw();
  load();
  loadAside();
  return {
    stop() {
      state.turn = -1;
      off();
      for (const one of charts) one.stop();
    },
    moved(route) { if (rangeOf(route.query) !== state.range) { state.range = rangeOf(route.query); load(); } },
  };
}
