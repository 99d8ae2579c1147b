// What protects the account beside its password: an authenticator app, passkeys, recovery codes.

import '../core/security-texts.js';
import { call, del, get, post } from '../core/api.js';
import { dialogForm, field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { withStepUp } from '../core/step-up.js';
import { ago, shortDate } from '../core/time.js';
import { confirm, failure, iconButton, notify, openDialog, skeleton } from '../core/ui.js';
import { passkeysWork } from '../core/webauthn.js';
import { settingUp, tellUnlessDeclined } from './set-up.js';

const FEW = 3;

/** @param {Element} root */
export function securityPage(root) {
  const state = { factors: /** @type {any} */ (null), passkeys: /** @type {any[]} */ ([]), error: /** @type {any} */ (null) };
  const flow = settingUp({ changed: () => draw(), done: load });

  async function load() {
    state.error = null;
    draw();
    try {
      const [factors, passkeys] = await Promise.all([get('/auth/2fa'), get('/auth/passkeys')]);
      Object.assign(state, { factors, passkeys: passkeys.items });
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  async function removeTotp() {
    const removed = await openDialog(t('security.totpRemove'), (close, redraw) => dialogForm(close, redraw, {
      action: t('security.remove'), testid: 'totp-remove-do',
      fields: error => [h('p', null, t('security.totpRemoveText')),
        field(t('settings.currentPassword'), { name: 'password', type: 'password', autocomplete: 'current-password', required: true, 'data-testid': 'totp-remove-password' }),
        field(t('auth.code'), { name: 'code', autocomplete: 'one-time-code', spellcheck: 'false', required: true, 'data-testid': 'totp-remove-code' }, { hint: t('auth.codeHint'), error: error?.code === 'invalid_credentials' ? t('security.passwordOrCode') : '' })],
      submit: data => call('DELETE', '/auth/2fa/totp', { password: String(data.get('password')), code: String(data.get('code')).trim() }).then(() => true),
    }));
    if (removed) notify(t('security.totpRemoved'));
    await load();
  }

  async function removePasskey(one) {
    const last = state.passkeys.length === 1 && !state.factors.totp;
    if (!await confirm({ title: t('security.passkeyRemove', { name: one.name }), text: t(last ? 'security.passkeyRemoveLast' : 'security.passkeyRemoveText'), action: t('security.remove') })) return;
    try {
      await withStepUp(() => del(`/auth/passkeys/${one.id}`));
    } catch (error) {
      tellUnlessDeclined(error);
    }
    await load();
  }

  async function renew() {
    if (!await confirm({ title: t('security.renew'), text: t('security.renewText'), action: t('security.renew'), danger: false })) return;
    try {
      flow.show((await withStepUp(() => post('/auth/2fa/recovery-codes'))).recoveryCodes);
    } catch (error) {
      tellUnlessDeclined(error);
    }
  }

  function standing() {
    const { totp, passkeys, required } = state.factors;
    const safe = totp || passkeys > 0;
    return h('section.device-card', { key: 'standing', 'data-testid': 'security-state', 'data-state': safe ? 'two' : 'one' }, h('span.state-icon', null, icon(safe ? 'shield' : 'lock')),
      h('div.grow', null, h('strong', null, t(safe ? 'security.two' : 'security.one')), h('p.muted', null, t(safe ? 'security.twoText' : required ? 'security.oneRequired' : 'security.oneText'))));
  }

  function appSection() {
    return h('section.factor', { key: 'app' }, h('div.factor-head', null, h('h3', null, t('security.totp')), state.factors.totp && h('span.tag.accent', null, t('security.on'))),
      h('p.muted', null, t('security.totpText')),
      h('div', null, state.factors.totp
        ? h('button.danger-quiet', { type: 'button', 'data-testid': 'totp-remove', onclick: removeTotp }, t('security.remove'))
        : h('button.secondary', { type: 'button', disabled: flow.busy, 'data-testid': 'totp-begin', onclick: flow.beginTotp }, icon('clock'), t('security.totpSetUp'))));
  }

  function passkeySection() {
    return h('section.factor', { key: 'passkeys' }, h('h3', null, t('security.passkeys')), h('p.muted', null, t('security.passkeysText')),
      state.passkeys.length > 0 && h('ul.sessions', null, state.passkeys.map(one => h('li', { key: one.id, 'data-testid': 'passkey' },
        h('div.grow', null, h('strong', null, one.name), one.backedUp && h('span.tag', null, t('security.synced')),
          h('small', null, [t('security.since', { date: shortDate(one.createdAt) }), one.lastUsedAt ? t('sessions.used', { when: ago(one.lastUsedAt) }) : t('security.neverUsed')].join(' · '))),
        iconButton('trash', t('security.passkeyRemove', { name: one.name }), { 'data-testid': 'passkey-remove', onclick: () => removePasskey(one) })))),
      passkeysWork() ? h('div', null, h('button.secondary', { type: 'button', 'data-testid': 'passkey-add', onclick: flow.addPasskey }, icon('plus'), t('security.addPasskey')))
        : h('p.callout.warn', null, icon('warning'), h('span', null, t('security.passkeysNot'))));
  }

  function codesSection() {
    const { totp, passkeys, recoveryCodesLeft: left } = state.factors;
    if (!totp && !passkeys) return null;
    return h('section.factor', { key: 'codes' }, h('div.factor-head', null, h('h3', null, t('security.codes')), h('span.tag', { 'data-testid': 'codes-left' }, t('security.codesLeft', { n: left }))),
      h('p.muted', null, t('security.codesText')),
      left <= FEW && h('p.callout.warn', { role: 'status' }, icon('warning'), h('span', null, t('security.codesFew'))),
      h('div', null, h('button.secondary', { type: 'button', 'data-testid': 'codes-renew', onclick: renew }, icon('retry'), t('security.renew'))));
  }

  function content() {
    if (state.error) return failure(state.error, load);
    if (!state.factors) return skeleton(4, 'row');
    return flow.draw() ?? [standing(), passkeySection(), appSection(), codesSection()];
  }

  function draw() {
    const before = root.querySelector('[data-testid=totp-set-up], [data-testid=recovery-codes]');
    patch(root, h('div.stack', null, h('h2', null, t('settings.security')), h('p.muted', null, t('security.intro')), content()));
    const now = root.querySelector('[data-testid=totp-set-up] h3, [data-testid=recovery-codes] h3');
    if (now && !before) /** @type {HTMLElement} */ (now).focus();
  }
  draw();
  load();
}
