// Setting up a second factor: an authenticator app in two steps, or a passkey; the first one brings the recovery codes.

import '../core/security-texts.js';
import { ApiError, post } from '../core/api.js';
import { codeField } from '../core/code-field.js';
import { dialogForm, field } from '../core/forms.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { serverPicture } from '../core/server-picture.js';
import { wasDeclined, withStepUp } from '../core/step-up.js';
import { copyText, errorText, fieldError, notify, notifyError, openDialog } from '../core/ui.js';
import { createPasskey, isKnownPasskey, wasDismissed } from '../core/webauthn.js';
import { recoverySheet } from './recovery.js';
import { deviceName } from './sessions.js';

/** What went wrong, unless the person only thought better of it. @param {any} error */
export const tellUnlessDeclined = error => { if (!wasDeclined(error) && !wasDismissed(error)) notifyError(error); };

/** Asks how a passkey shall be called, then the device for it. @returns {Promise<any>} what was made; nothing when it was not */
async function makePasskey() {
  return openDialog(t('security.addPasskey'), (close, redraw) => dialogForm(close, redraw, {
    action: t('security.go'), testid: 'passkey-make',
    fields: error => [h('p', null, t('security.addPasskeyText')),
      field(t('security.name'), { name: 'name', value: deviceName(navigator.userAgent), maxlength: '80', autocomplete: 'off', required: true, autofocus: true, 'data-testid': 'passkey-name' }, { hint: t('security.passkeyNameHint'), error: fieldError(error, 'name') })],
    async submit(data) {
      const name = String(data.get('name')).trim();
      if (!name) throw new ApiError(400, 'validation', { errors: { name: [t('invalid.name')] } });
      try {
        const options = await withStepUp(() => post('/auth/passkeys/register/options'));
        return await post('/auth/passkeys/register', { name, credential: await createPasskey(options) });
      } catch (error) {
        if (isKnownPasskey(error)) throw new ApiError(409, 'passkey_known');
        if (wasDismissed(error) || wasDeclined(error)) throw new ApiError(0, 'passkey_dismissed');
        throw error.code === 'invalid_credentials' ? new ApiError(401, 'passkey_refused') : error;
      }
    },
  }));
}

/** @param {{changed: () => void, done: () => void}} on `changed`: to draw anew; `done`: something was set up, and what was shown once is kept */
export function settingUp({ changed, done }) {
  const state = { totp: /** @type {any} */ (null), codes: /** @type {string[] | null} */ (null), busy: false, error: /** @type {any} */ (null) };

  async function beginTotp() {
    Object.assign(state, { busy: true, error: null });
    changed();
    try {
      state.totp = await withStepUp(() => post('/auth/2fa/totp'));
    } catch (error) {
      tellUnlessDeclined(error);
    }
    state.busy = false;
    changed();
  }

  async function confirmTotp(event) {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code') ?? '');
    Object.assign(state, { busy: true, error: null });
    changed();
    try {
      Object.assign(state, { codes: (await withStepUp(() => post('/auth/2fa/totp/confirm', { code }))).recoveryCodes, totp: null });
    } catch (error) {
      state.error = wasDeclined(error) ? null : error.code === 'invalid_credentials' ? new ApiError(401, 'wrong_app_code') : error;
    }
    state.busy = false;
    changed();
  }

  async function addPasskey() {
    const made = await makePasskey();
    if (!made) return;
    notify(t('security.passkeyAdded', { name: made.passkey.name }));
    if (made.recoveryCodes) show(made.recoveryCodes);
    else done();
  }

  function show(codes) {
    state.codes = codes;
    changed();
  }

  function cancel() {
    Object.assign(state, { totp: null, error: null });
    changed();
  }

  function totpForm() {
    const { secret, qrSvg, otpauthUri } = state.totp;
    const groups = secret.match(/.{1,4}/g).join(' ');
    return h('form.stack', { key: 'totp', novalidate: true, onsubmit: confirmTotp, 'data-testid': 'totp-set-up' },
      h('h3', { tabindex: '-1' }, t('security.totpTitle')),
      h('ol.steps', null,
        h('li', null, h('p', null, t('security.totpScan')),
          h('div.qr', null, serverPicture(qrSvg, t('security.qr'))),
          h('details', null, h('summary', null, t('security.totpByHand')),
            h('div.secret-row', null, h('code', { 'data-testid': 'totp-secret', 'data-secret': secret }, groups), h('button.icon-button', { type: 'button', 'aria-label': t('action.copy'), title: t('action.copy'), onclick: () => copyText(secret) }, icon('copy'))),
            h('p', null, h('a', { href: otpauthUri }, t('security.totpOpen'))))),
        h('li', null, codeField(t('security.totpCode'), { name: 'code', 'data-testid': 'totp-code' }, { error: state.error ? errorText(state.error) : '', whole: form => form?.requestSubmit() }))),
      h('div.state-actions', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'totp-confirm' }, t('security.confirm')),
        h('button.secondary', { type: 'button', onclick: cancel }, t('action.cancel'))));
  }

  return {
    beginTotp, addPasskey, show,
    get busy() { return state.busy; },
    /** What is being done, or null. */
    draw: () => (state.codes ? recoverySheet(state.codes, () => { state.codes = null; done(); }) : state.totp ? totpForm() : null),
  };
}
