import { ApiError, get, post } from '../core/api.js';
import { field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { errorText } from '../core/ui.js';
import { authPage, httpsHint } from './page.js';

/**
 * Logs in with cookies. Used after registering too.
 * @param {{login: string, password: string, code?: string}} credentials
 */
export async function logIn(credentials) {
  const answer = await post('/auth/login', { ...credentials, cookie: true });
  if (!isSecureContext) await provesKept();
  return answer.user;
}

/** Session cookies are for HTTPS and localhost only; elsewhere the browser drops them without a word. */
async function provesKept() {
  try {
    await get('/auth/me', { quiet: true });
  } catch (error) {
    throw error.status === 401 ? new ApiError(401, 'insecure_origin') : error;
  }
}

/** @param {Element} root @param {{done: (user: any) => void, ended?: boolean}} options */
export function loginView(root, { done, ended = false }) {
  const open = ['open', undefined].includes(store.get().config?.registration) || store.get().config?.setupRequired;
  const state = { busy: false, error: /** @type {any} */ (null), code: false, verify: false };

  async function submit(event) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const login = String(data.get('login')).trim();
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      if (state.verify) await post('/auth/email/verify', { email: login, code: String(data.get('verify')).trim() });
      const code = String(data.get('code') ?? '').trim();
      done(await logIn({ login, password: String(data.get('password')), ...(code ? { code } : {}) }));
    } catch (error) {
      const second = error.code === 'two_factor_required' && !state.code;
      const unverified = error.code === 'email_not_verified' && !state.verify;
      Object.assign(state, { busy: false, error: second ? null : error, code: state.code || error.code === 'two_factor_required', verify: state.verify || unverified });
      draw();
      const next = state.code ? 'code' : state.verify ? 'verify' : 'password';
      /** @type {HTMLInputElement | null} */ (root.querySelector(`[name=${next}]`))?.focus();
    }
  }

  function draw() {
    patch(root, authPage(t('auth.logIn'), null,
      ended && !state.error && h('p.callout', null, t('auth.ended')), httpsHint(),
      h('form.stack', { onsubmit: submit, novalidate: true },
        field(t('auth.nameOrEmail'), { name: 'login', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, autofocus: true, 'data-testid': 'login-name' }),
        field(t('auth.password'), { name: 'password', type: 'password', autocomplete: 'current-password', required: true, 'data-testid': 'login-password' }),
        state.code && field(t('auth.code'), { name: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', 'data-testid': 'login-code' }, { hint: t('auth.codeHint') }),
        state.verify && field(t('auth.verifyCode'), { name: 'verify', inputmode: 'numeric', autocomplete: 'one-time-code' }, { hint: t('auth.verifyHint') }),
        state.error && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(state.error)),
        h('button.primary.wide', { type: 'submit', disabled: state.busy, 'data-testid': 'login-submit' }, t('auth.logIn'))),
      open && h('p.auth-other', null, t('auth.noAccount'), ' ', h('a', { href: '/register' }, t('auth.register')))));
  }
  draw();
  return () => {};
}
