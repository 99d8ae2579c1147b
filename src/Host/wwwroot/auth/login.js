import '../core/security-texts.js';
import { ApiError, get, post } from '../core/api.js';
import { field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { store } from '../core/store.js';
import { errorText } from '../core/ui.js';
import { passkeysAreOffered, passkeysWork, provePasskey, wasDismissed } from '../core/webauthn.js';
import { authPage, httpsHint } from './page.js';
import { secondStep } from './second-step.js';
import { verifyStep } from './verify.js';

/** The server forgets its question after five minutes; it is asked anew before. */
const ASK_AGAIN_MS = 240_000;

/**
 * Logs in with cookies. Used after registering too.
 * @param {{login: string, password: string, code?: string}} credentials
 */
export async function logIn(credentials) {
  const answer = await post('/auth/login', { ...credentials, cookie: true });
  if (!isSecureContext) await provesKept();
  return answer.user;
}

/** @param {any} credential @param {string} [password] for a passkey that did not ask who holds it */
export const logInByPasskey = async (credential, password) => (await post('/auth/passkeys/login', { credential, cookie: true, ...(password ? { password } : {}) })).user;

/** Session cookies are for HTTPS and localhost only; elsewhere the browser drops them without a word. */
async function provesKept() {
  try {
    await get('/auth/me', { quiet: true });
  } catch (error) {
    throw error.status === 401 ? new ApiError(401, 'insecure_origin') : error;
  }
}

/** @param {Element} root @param {{done: (user: any) => void, ended?: boolean, reset?: boolean}} options */
export function loginView(root, { done, ended = false, reset = false }) {
  const config = store.get().config;
  const open = ['open', undefined].includes(config?.registration) || config?.setupRequired;
  const state = { busy: false, error: /** @type {any} */ (null), hint: '', stopped: false };
  let stopStep = () => {};
  /** @type {AbortController | null} */ let offering = null;
  let timer;

  async function submit(event) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const credentials = { login: String(data.get('login')).trim(), password: String(data.get('password')) };
    Object.assign(state, { busy: true, error: null, hint: '' });
    draw();
    try {
      finish(await logIn(credentials));
    } catch (error) {
      state.busy = false;
      if (error.code === 'two_factor_required') return second(credentials, error.methods ?? ['totp', 'recovery']);
      if (error.code === 'email_not_verified') return verify(credentials);
      state.error = error;
      draw();
      /** @type {HTMLInputElement | null} */ (root.querySelector(`[name=${error.errors?.login ? 'login' : 'password'}]`))?.focus();
    }
  }

  function finish(user) {
    stop();
    done(user);
  }

  function second(credentials, methods) {
    stopOffer();
    stopStep = secondStep(root, { credentials, methods, done: finish, verify: () => verify(credentials), back: again });
  }

  function verify(credentials) {
    stopOffer();
    stopStep();
    stopStep = verifyStep(root, { email: credentials.login.includes('@') ? credentials.login : '', back: again, done: () => logIn(credentials).then(finish, error => {
      if (error.code === 'two_factor_required') return second(credentials, error.methods ?? []);
      throw error;
    }) });
  }

  function again() {
    stopStep();
    stopStep = () => {};
    patch(root, []);
    draw();
    offer();
  }

  /** A passkey that the browser fills in where the name is typed. */
  async function offer() {
    if (!await passkeysAreOffered() || state.stopped) return;
    stopOffer();
    const mine = offering = new AbortController();
    timer = setTimeout(offer, ASK_AGAIN_MS);
    try {
      await take(provePasskey(await post('/auth/passkeys/login/options'), { signal: mine.signal, offered: true }));
    } catch (error) {
      if (!wasDismissed(error)) console.warn('no passkey is offered', error.code ?? error.message);
    }
  }

  function stopOffer() {
    clearTimeout(timer);
    offering?.abort();
    offering = null;
  }

  async function byPasskey() {
    stopOffer();
    Object.assign(state, { error: null, hint: '' });
    try {
      await take(provePasskey(await post('/auth/passkeys/login/options')));
    } catch (error) {
      if (!wasDismissed(error)) state.error = error;
      draw();
      offer();
    }
  }

  /** @param {Promise<any>} proof */
  async function take(proof) {
    const credential = await proof;
    state.busy = true;
    draw();
    try {
      finish(await logInByPasskey(credential));
    } catch (error) {
      state.busy = false;
      // A key that did not ask who holds it proves possession alone: it comes after the password.
      if (error.code === 'two_factor_required') state.hint = t('security.passkeyAfterPassword');
      else state.error = error.code === 'invalid_credentials' ? new ApiError(401, 'passkey_refused') : error;
      draw();
    }
  }

  function draw() {
    patch(root, authPage(t('auth.logIn'), null,
      ended && !state.error && h('p.callout', { key: 'ended' }, t('auth.ended')), reset && !state.error && h('p.callout.ok', { key: 'reset', role: 'status' }, t('security.resetDone')), httpsHint(),
      h('form.stack', { key: 'form', onsubmit: submit, novalidate: true },
        field(t('auth.nameOrEmail'), { name: 'login', autocomplete: 'username webauthn', autocapitalize: 'none', spellcheck: 'false', required: true, autofocus: true, 'data-testid': 'login-name' }),
        field(t('auth.password'), { name: 'password', type: 'password', autocomplete: 'current-password', required: true, 'data-testid': 'login-password' }),
        state.hint && h('p.callout', { role: 'status' }, state.hint),
        state.error && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(state.error)),
        h('button.primary.wide', { type: 'submit', disabled: state.busy, 'data-testid': 'login-submit' }, t('auth.logIn')),
        passkeysWork() && h('button.secondary.wide', { type: 'button', disabled: state.busy, 'data-testid': 'login-passkey', onclick: byPasskey }, icon('key'), t('security.logInByPasskey'))),
      config?.mail && h('p.auth-other', { key: 'forgot' }, h('a', { href: '/forgot', 'data-testid': 'forgot' }, t('security.forgot'))),
      open && h('p.auth-other', { key: 'register' }, t('auth.noAccount'), ' ', h('a', { href: '/register' }, t('auth.register'))),
      !open && config?.registration === 'invitation' && h('p.auth-other', { key: 'invited' }, t('security.byInvitationOnly'))));
  }

  function stop() {
    state.stopped = true;
    stopOffer();
    stopStep();
  }
  draw();
  offer();
  return stop;
}
