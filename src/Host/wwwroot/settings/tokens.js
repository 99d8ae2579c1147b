// Personal access tokens: for scripts, as their owner, within the scopes that were chosen.

import '../core/security-texts.js';
import { ApiError, del, get, post } from '../core/api.js';
import { dialogForm, field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { withStepUp } from '../core/step-up.js';
import { store } from '../core/store.js';
import { ago, shortDate } from '../core/time.js';
import { confirm, copyText, empty, failure, fieldError, iconButton, notifyError, openDialog, skeleton } from '../core/ui.js';

const DAY = 86_400_000;
const DAYS = [30, 90, 365, 0];
const SCOPES = ['read', 'write', 'live', 'admin'];

/** A secret that is shown this once, with a way to take it along. @param {string} label @param {string} secret @param {string} testid */
export const shownOnce = (label, secret, testid) => h('div.secret', { key: 'secret', role: 'status' }, h('p', null, label),
  h('div.secret-row', null, h('code', { 'data-testid': testid }, secret), iconButton('copy', t('action.copy'), { onclick: () => copyText(secret) })));

/** @param {string[]} offered @param {any} error */
export const scopeFields = (offered, error) => h('fieldset', null, h('legend', null, t('tokens.scopes')), offered.map(one => h('label.check', null,
  h('input', { type: 'checkbox', name: 'scopes', value: one, 'data-testid': `scope-${one}` }), h('span', null, h('code', null, one), h('small', null, t(`tokens.scope.${one}`))))),
fieldError(error, 'scopes') && h('p.field-error', { role: 'alert' }, fieldError(error, 'scopes')));

/** @param {FormData} data */
export function chosenScopes(data) {
  const scopes = data.getAll('scopes').map(String);
  if (!scopes.length) throw new ApiError(400, 'validation', { errors: { scopes: [t('invalid.scopes')] } });
  return scopes;
}

/** @param {Element} root */
export function tokensPage(root) {
  const state = { items: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null), made: /** @type {any} */ (null) };

  async function load() {
    state.error = null;
    draw();
    try {
      state.items = (await get('/auth/tokens')).items;
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  async function make() {
    const made = await openDialog(t('tokens.make'), (close, redraw) => dialogForm(close, redraw, {
      action: t('tokens.make'), testid: 'token-make',
      fields: error => [
        field(t('security.name'), { name: 'name', maxlength: '80', autocomplete: 'off', required: true, autofocus: true, 'data-testid': 'token-name' }, { hint: t('tokens.nameHint'), error: fieldError(error, 'name') }),
        scopeFields(SCOPES.filter(one => one !== 'admin' || store.get().me?.isAdmin), error),
        h('div.field', null, h('label', { for: 'f-days' }, t('tokens.expires')), h('select', { id: 'f-days', name: 'days', 'data-testid': 'token-days' }, DAYS.map(n => h('option', { value: String(n) }, n ? t('tokens.days', { n }) : t('tokens.never'))))),
      ],
      async submit(data) {
        const days = Number(data.get('days'));
        const body = { name: String(data.get('name')).trim(), scopes: chosenScopes(data), ...(days ? { expiresAt: new Date(Date.now() + days * DAY).toISOString() } : {}) };
        return withStepUp(() => post('/auth/tokens', body));
      },
    }), { testid: 'token-dialog' });
    if (!made) return;
    state.made = made;
    await load();
  }

  async function end(one) {
    if (!await confirm({ title: t('tokens.end', { name: one.name }), text: t('tokens.endText'), action: t('security.remove') })) return;
    try {
      await del(`/auth/tokens/${one.id}`);
      if (state.made?.id === one.id) state.made = null;
    } catch (error) {
      notifyError(error);
    }
    await load();
  }

  const row = one => h('li', { key: one.id, 'data-testid': 'token' },
    h('div.grow', null, h('strong', null, one.name), ' ', one.scopes.map(scope => h('span.tag', { title: t(`tokens.scope.${scope}`) }, scope)),
      h('small', null, [one.lastUsedAt === one.createdAt ? t('security.neverUsed') : t('sessions.used', { when: ago(one.lastUsedAt) }), one.expiresAt ? t('tokens.until', { date: shortDate(one.expiresAt) }) : t('tokens.noEnd')].join(' · '))),
    iconButton('trash', t('tokens.end', { name: one.name }), { 'data-testid': 'token-end', onclick: () => end(one) }));

  function content() {
    if (state.error) return failure(state.error, load);
    if (!state.items) return skeleton(3, 'row');
    const button = h('button.primary', { type: 'button', 'data-testid': 'token-new', onclick: make }, icon('plus'), t('tokens.make'));
    if (!state.items.length) return empty('key', t('tokens.none'), t('tokens.noneText'), button);
    return [state.made && shownOnce(t('tokens.once', { name: state.made.name }), state.made.token, 'token-secret'), h('ul.sessions', { key: 'list' }, state.items.map(row)), h('div', { key: 'do' }, button)];
  }

  const draw = () => patch(root, h('div.stack', null, h('h2', null, t('settings.tokens')), h('p.muted', null, t('tokens.intro')), content()));
  draw();
  load();
}
