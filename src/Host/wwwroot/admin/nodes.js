// The servers on one database: which live, what each carries, how far it is behind, and the way to empty one before it is stopped.

import { get, post } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { number, t } from '../core/i18n.js';
import { ago, fullDate } from '../core/time.js';
import { empty, failure, skeleton } from '../core/ui.js';
import { act, asked } from './act.js';
import { mark } from './cells.js';
import { refused } from './refused.js';
import { duration } from './units.js';

const POLL_MS = 2000;
const STATE = { alive: 'ok', draining: 'warn', dead: 'bad' };

/** @param {HTMLElement} root */
export function page(root) {
  const state = { items: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null), timer: /** @type {any} */ (0), stopped: false };

  async function load() {
    clearTimeout(state.timer);
    try {
      Object.assign(state, { items: (await get('/admin/nodes')).items, error: null });
    } catch (error) {
      state.error = error;
    }
    if (state.stopped) return;
    draw();
    // A server alone stays alone until it is started with other settings.
    if (state.items?.length) state.timer = setTimeout(load, POLL_MS);
  }

  /** @param {any} node */
  async function drain(node) {
    if (!await asked({ title: t('admin.node.drainAsk', { name: node.name }), what: 'drainNode', action: t('admin.node.drain'), danger: false })) return;
    if (await act(() => post(`/admin/nodes/${node.id}/drain`), t('admin.node.drained', { name: node.name }))) await load();
  }

  /** What a node carries, beside the one that carries most. @param {string} label @param {number} value @param {number} most */
  const share = (label, value, most) => h('div.node-share', null, h('span', null, label), h('meter', { min: 0, max: Math.max(most, 1), value, 'aria-label': label }), h('b', null, number(value)));

  /** @param {any} node @param {{sockets: number, topics: number}} most */
  const card = (node, most) => h('li.job', { key: node.id, 'data-testid': 'node', 'data-state': node.state, 'data-name': node.name },
    h('div.job-what', null, h('b.job-name', null, node.name), h('small', null, h('code', null, node.version.split('+')[0]), node.self && ` · ${t('admin.node.self')}`, node.leader && ` · ${t('admin.node.leader')}`),
      h('small', { title: fullDate(node.startedAt) }, t('admin.node.since', { when: ago(node.startedAt) }))),
    h('div.job-now', null, mark(STATE[node.state], t(`admin.node.state.${node.state}`)), node.state === 'dead' && h('small', { title: fullDate(node.leaseUntil) }, ago(node.leaseUntil))),
    h('div.job-last', null, node.state !== 'dead' && [
      share(t('admin.node.sockets'), node.sockets ?? 0, most.sockets), share(t('admin.node.topics'), node.topics ?? 0, most.topics),
      h('small', null, t('admin.node.lag', { time: duration(node.lagMs ?? 0) })),
    ], node.problem && h('small.job-error', null, node.problem)),
    h('div.detail-acts', null, node.state === 'alive' && h('button.secondary', { type: 'button', 'data-testid': 'node-drain', onclick: () => drain(node) }, t('admin.node.drain'))));

  function draw() {
    const { items, error } = state;
    if (error && !items) {
      patch(root, refused(error, load));
    } else if (!items) {
      patch(root, skeleton(3, 'row'));
    } else if (!items.length) {
      patch(root, empty('settings', t('admin.none.nodes'), t('admin.noneText.nodes')));
    } else {
      const most = { sockets: Math.max(...items.map(one => one.sockets ?? 0)), topics: Math.max(...items.map(one => one.topics ?? 0)) };
      patch(root, h('div.stack', null, error && failure(error, load), h('ul.jobs', { 'aria-label': t('admin.page.nodes') }, items.map(one => card(one, most)))));
    }
  }

  draw();
  load();
  return { stop() { state.stopped = true; clearTimeout(state.timer); } };
}
