// Some things ask once more that it is you: a passkey, or the password and the second factor; and then the call is repeated.

import './security-texts.js';
import { get, post } from './api.js';
import { dialogForm, field } from './forms.js';
import { h } from './html.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { store } from './store.js';
import { errorText, notify, openDialog } from './ui.js';
import { passkeysWork, provePasskey, wasDismissed } from './webauthn.js';

/** @template T @param {() => Promise<T>} run @returns {Promise<T>} */
export async function withStepUp(run) {
  try {
    return await run();
  } catch (error) {
    if (error.code !== 'step_up_required' || !await ask()) throw error;
    return run();
  }
}

/** Somebody closed the question: nothing happened, and nothing needs to be said. @param {any} error */
export const wasDeclined = error => error?.code === 'step_up_required';

/** Before something that is no call, such as a download. @returns {Promise<boolean>} whether it may go on */
export async function stepUp() {
  const { freshUntil } = await get('/auth/2fa');
  return (freshUntil && Date.parse(freshUntil) > Date.now() + 10_000) || ask();
}

async function ask() {
  const factors = await get('/auth/2fa').catch(() => ({ totp: false, passkeys: 0, email: false }));
  const state = { asksCode: factors.totp || factors.passkeys > 0, error: /** @type {any} */ (null) };

  /** @param {(done: boolean) => void} close @param {() => void} redraw */
  async function byPasskey(close, redraw) {
    state.error = null;
    try {
      await post('/auth/step-up', { credential: await provePasskey(await post('/auth/passkeys/login/options')) });
      close(true);
    } catch (error) {
      if (wasDismissed(error)) return;
      state.error = error;
      redraw();
    }
  }

  async function mailCode(event) {
    const password = new FormData(event.currentTarget.form).get('password');
    try {
      await post('/auth/code', { login: store.get().me?.username, password: String(password ?? '') });
      notify(t('security.codeSent'));
    } catch (error) {
      notify(error.code === 'invalid_credentials' || error.code === 'validation' ? t('settings.wrongPassword') : errorText(error), { kind: 'failed' });
    }
  }

  return openDialog(t('security.stepUp'), (close, redraw) => [
    factors.passkeys > 0 && passkeysWork() && [
      h('button.secondary.wide', { key: 'passkey', type: 'button', 'data-testid': 'step-up-passkey', onclick: () => byPasskey(close, redraw) }, icon('key'), t('security.byPasskey')),
      state.error && h('p.form-error', { key: 'passkey-error', role: 'alert' }, t('security.passkeyRefused')),
      h('p.or', { key: 'or', 'aria-hidden': 'true' }, t('security.or')),
    ],
    dialogForm(close, redraw, {
      action: t('security.stepUpDo'), testid: 'step-up',
      fields: error => {
        state.asksCode ||= error?.code === 'two_factor_required';
        return [
          field(t('settings.currentPassword'), { name: 'password', type: 'password', autocomplete: 'current-password', required: true, 'data-testid': 'step-up-password' },
            { error: error?.code === 'invalid_credentials' && !state.asksCode ? t('settings.wrongPassword') : '' }),
          state.asksCode && field(t('auth.code'), { name: 'code', autocomplete: 'one-time-code', spellcheck: 'false', 'data-testid': 'step-up-code' },
            { hint: t('auth.codeHint'), error: error?.code === 'invalid_credentials' ? t('security.passwordOrCode') : '' }),
          state.asksCode && factors.email && h('button.link-button', { key: 'mail', type: 'button', onclick: mailCode }, t('security.mailCode')),
        ];
      },
      submit: async data => {
        const code = String(data.get('code') ?? '').trim();
        await post('/auth/step-up', { password: String(data.get('password')), ...(code ? { code } : {}) });
        return true;
      },
    }),
  ], { testid: 'step-up-dialog' });
}
