import { del, get } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { ago, shortDate } from '../core/time.js';
import { confirm, failure, notifyError, skeleton } from '../core/ui.js';

/** "Firefox on Linux" from a user agent; the whole text is in the title. */
export function deviceName(agent = '') {
  const browser = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']].find(([mark]) => agent.includes(mark))?.[1];
  const system = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']].find(([mark]) => agent.includes(mark))?.[1];
  if (browser && system) return t('sessions.device', { browser, system });
  return browser ?? system ?? (agent.slice(0, 40) || t('sessions.unknown'));
}

export function sessionsPage(root) {
  const state = { items: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null) };
  async function load() {
    try {
      Object.assign(state, { items: (await get('/auth/sessions')).items, error: null });
    } catch (error) {
      state.error = error;
    }
    draw();
  }
  async function end(path) {
    try {
      await del(path);
    } catch (error) {
      notifyError(error);
    }
    await load();
  }
  async function endOne(one) {
    if (await confirm({ title: t('sessions.endTitle'), text: t('sessions.endText', { device: deviceName(one.userAgent) }), action: t('sessions.end') })) await end(`/auth/sessions/${one.id}`);
  }
  async function endOthers() {
    if (await confirm({ title: t('sessions.endOthers'), text: t('sessions.endOthersText'), action: t('sessions.endOthers') })) await end('/auth/sessions');
  }
  function draw() {
    let body;
    if (state.error) body = failure(state.error, load);
    else if (!state.items) body = skeleton(3, 'row');
    else {
      const sorted = [...state.items].sort((a, b) => Number(b.current ?? false) - Number(a.current ?? false) || String(b.lastUsedAt).localeCompare(String(a.lastUsedAt)));
      body = [
        h('ul.sessions', null, sorted.map(one => h('li', { key: one.id, 'data-testid': 'session' },
          h('div.grow', null, h('strong', { title: one.userAgent }, deviceName(one.userAgent)), one.current && h('span.tag.accent', null, t('sessions.current')),
            h('small', null, [one.ip, t('sessions.used', { when: ago(one.lastUsedAt) }), t('sessions.since', { date: shortDate(one.createdAt) })].filter(Boolean).join(' · '))),
          !one.current && h('button.secondary', { type: 'button', 'data-testid': 'end-session', onclick: () => endOne(one) }, t('sessions.end'))))),
        sorted.length > 1 ? h('div', null, h('button.danger-quiet', { type: 'button', 'data-testid': 'end-others', onclick: endOthers }, t('sessions.endOthers'))) : h('p.muted', null, t('sessions.only')),
      ];
    }
    patch(root, h('div.stack', null, h('h2', null, t('settings.sessions')), h('p.muted', null, t('sessions.intro')), body));
  }
  draw();
  load();
}
