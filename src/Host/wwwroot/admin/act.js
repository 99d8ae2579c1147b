// What changes something: asked for first, proven to be you, and its outcome told.

import { del, get, post } from '../core/api.js';
import { h } from '../core/html.js';
import { hasText, t } from '../core/i18n.js';
import { wasDeclined, withStepUp } from '../core/step-up.js';
import { confirm, errorText, notify, notifyError, openDialog } from '../core/ui.js';

/** @param {() => Promise<any>} run @param {string} [done] @returns {Promise<{answer: any} | null>} null when it was not done */
export async function act(run, done) {
  try {
    const answer = await withStepUp(run);
    if (done) notify(done);
    return { answer };
  } catch (error) {
    if (!wasDeclined(error)) notifyError(error);
    return null;
  }
}

/** The lines that say what goes with an act. @param {string} what */
function whatGoes(what) {
  const lines = [];
  for (let i = 1; hasText(`admin.goes.${what}.${i}`); i++) lines.push(t(`admin.goes.${what}.${i}`));
  return h('ul.what-goes', null, lines.map(one => h('li', null, one)));
}

/**
 * Asks, and says what goes with it.
 * @param {{title: string, what: string, action: string, danger?: boolean}} question `what` names the lines
 */
export const asked = ({ title, what, action, danger = true }) => confirm({ title, action, danger, text: whatGoes(what) });

/** The same for many at once. @param {string} action @param {string} what */
export const askedForMany = (action, what) => n => asked({ title: t(`admin.many.${action}`, { n }), what, action: t(`admin.bulk.${action}`) });

const POLL_MS = 400;

/**
 * The same act on many: how far it is, and a button that stops it.
 * @param {string} action @param {string[]} ids @param {{title: string, nameOf: (id: string) => string}} words @returns {Promise<boolean>} whether anything may have changed
 */
export async function bulk(action, ids, { title, nameOf }) {
  const begun = await act(() => post('/admin/bulk', { action, ids }));
  if (!begun) return false;
  const state = { job: begun.answer, stopped: false, error: /** @type {any} */ (null), open: true };
  let redrawNow = () => {};

  async function follow() {
    while (state.open && !state.job.isOver) {
      await new Promise(go => { setTimeout(go, POLL_MS); });
      try {
        state.job = await get(`/admin/bulk/${state.job.id}`);
        state.error = null;
      } catch (error) {
        state.error = error;
        if (error.status === 404) break;
      }
      if (state.open) redrawNow();
    }
  }

  const stop = async () => {
    state.stopped = true;
    redrawNow();
    await act(() => del(`/admin/bulk/${state.job.id}`));
  };

  const shown = openDialog(title, (close, redraw) => {
    redrawNow = redraw;
    const { total, done, failed, isOver, failures = [] } = state.job;
    return [
      h('progress.bulk-progress', { key: 'bar', max: total, value: done + failed, 'aria-label': title, 'data-testid': 'bulk-progress' }),
      h('p', { key: 'count', role: 'status', 'data-testid': 'bulk-state', 'data-over': String(isOver) },
        isOver ? t(done + failed < total ? 'admin.bulk.stopped' : 'admin.bulk.over', { n: done, total }) : t(state.stopped ? 'admin.bulk.stopping' : 'admin.bulk.running', { n: done, total })),
      state.error && h('p.form-error', { key: 'error', role: 'alert' }, errorText(state.error)),
      failed > 0 && h('div', { key: 'failed' }, h('h3', null, t('admin.bulk.failed', { n: failed })), h('ul.what-goes', null, failures.map(one => h('li', { key: one.id }, `${nameOf(one.id)}: ${one.detail || errorText({ code: one.code })}`)))),
      h('footer.dialog-foot', { key: 'foot' }, isOver
        ? h('button.primary', { key: 'close', type: 'button', 'data-testid': 'bulk-close', onclick: () => close() }, t('action.close'))
        : h('button.secondary', { key: 'stop', type: 'button', disabled: state.stopped, 'data-testid': 'bulk-stop', onclick: stop }, t('admin.bulk.stop'))),
    ];
  }, { testid: 'bulk' });
  follow();
  await shown;
  state.open = false;
  return true;
}
