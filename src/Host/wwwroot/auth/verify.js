// An address is confirmed with the six digits that were sent there.

import '../core/security-texts.js';
import { ApiError, post } from '../core/api.js';
import { codeField } from '../core/code-field.js';
import { resending } from '../core/countdown.js';
import { field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { errorText, fieldError } from '../core/ui.js';
import { authPage } from './page.js';

/**
 * @param {Element} root
 * @param {{email: string, done: () => Promise<any>, back: () => void}} options `email` is asked for where it is not known; `done`: what comes after
 * @returns {() => void} stops it
 */
export function verifyStep(root, { email, done, back }) {
  const state = { email, known: email !== '', busy: false, error: /** @type {any} */ (null) };
  const again = resending(() => draw(), { sent: state.known });

  async function submit(event) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    if (!state.known) state.email = String(data.get('email') ?? '').trim();
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      await post('/auth/email/verify', { email: state.email, code: String(data.get('code') ?? '') });
      await done();
    } catch (error) {
      Object.assign(state, { busy: false, error: error.code === 'invalid_credentials' ? new ApiError(401, 'wrong_code') : error });
      draw();
      const wrong = /** @type {HTMLInputElement | null} */ (root.querySelector(error.errors?.email ? '[name=email]' : '[name=code]'));
      wrong?.focus();
      wrong?.select();
    }
  }

  async function resend() {
    if (!state.known) state.email = /** @type {HTMLInputElement} */ (root.querySelector('[name=email]')).value.trim();
    state.error = null;
    try {
      await post('/auth/email/resend', { email: state.email });
      again.pause();
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  function draw() {
    const told = fieldError(state.error, 'email') || fieldError(state.error, 'code');
    patch(root, authPage(t('security.verifyTitle'), state.known ? t('security.verifyIntro', { email: state.email }) : t('security.verifyIntroUnknown'),
      h('form.stack', { key: 'verify', novalidate: true, onsubmit: submit },
        !state.known && field(t('auth.email'), { name: 'email', type: 'email', autocomplete: 'email', required: true, 'data-testid': 'verify-email' }, { error: fieldError(state.error, 'email') }),
        codeField(t('auth.verifyCode'), { name: 'code', autofocus: true, 'data-testid': 'verify-code' }, { hint: t('security.tenMinutes'), error: fieldError(state.error, 'code'), whole: form => form?.requestSubmit() }),
        state.error && !told && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(state.error)),
        h('button.primary.wide', { type: 'submit', disabled: state.busy, 'data-testid': 'verify-submit' }, t('security.confirm'))),
      h('p.auth-other', { key: 'again' }, t('security.nothingCame'), ' ', again.button(resend)),
      h('p.auth-other', { key: 'back' }, h('button.link-button', { type: 'button', onclick: () => { again.stop(); back(); } }, t('security.backToLogIn')))));
  }

  patch(root, []);
  draw();
  /** @type {HTMLElement | null} */ (root.querySelector(state.known ? '[name=code]' : '[name=email]'))?.focus();
  return again.stop;
}
