// After the right password: the second factor, in whichever of its ways the person has at hand.

import { ApiError, post } from '../core/api.js';
import { codeField } from '../core/code-field.js';
import { resending } from '../core/countdown.js';
import { field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { errorText } from '../core/ui.js';
import { passkeysWork, provePasskey, wasDismissed } from '../core/webauthn.js';
import { logIn, logInByPasskey } from './login.js';
import { authPage } from './page.js';

const SIGNS = { totp: 'clock', passkey: 'key', email: 'send', recovery: 'list' };

/**
 * @param {Element} root
 * @param {{credentials: {login: string, password: string}, methods: string[], done: (user: any) => void, verify: () => void, back: () => void}} options
 * @returns {() => void} stops it
 */
export function secondStep(root, { credentials, methods, done, verify, back }) {
  const offered = ['totp', 'passkey', 'email', 'recovery'].filter(one => methods.includes(one) && (one !== 'passkey' || passkeysWork()));
  const state = { way: offered[0] ?? 'recovery', busy: false, error: /** @type {any} */ (null) };
  /** @type {ReturnType<typeof resending> | null} */ let again = null;

  /** @param {() => Promise<any>} run */
  async function attempt(run) {
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      const user = await run();
      again?.stop();
      return done(user);
    } catch (error) {
      if (error.code === 'email_not_verified') return verify();
      state.busy = false;
      state.error = wasDismissed(error) ? null : error.code === 'invalid_credentials' ? new ApiError(401, state.way === 'passkey' ? 'passkey_refused' : 'wrong_code') : error;
      draw();
      const wrong = /** @type {HTMLInputElement | null} */ (root.querySelector('[name=code]'));
      wrong?.focus();
      wrong?.select();
    }
  }

  const submit = event => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code') ?? '').trim();
    return attempt(() => logIn({ ...credentials, code }));
  };
  const byPasskey = () => attempt(async () => logInByPasskey(await provePasskey(await post('/auth/passkeys/login/options')), credentials.password));

  async function mail() {
    state.error = null;
    try {
      await post('/auth/code', credentials);
      if (again) again.pause();
      else again = resending(draw);
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  function choose(way) {
    Object.assign(state, { way, error: null });
    draw();
    if (way === 'email' && !again) mail();
    if (way === 'passkey') byPasskey();
    /** @type {HTMLElement | null} */ (root.querySelector('[name=code]'))?.focus();
  }

  function ways() {
    const others = offered.filter(one => one !== state.way);
    return others.length > 0 && h('div.other-ways', { key: 'ways' }, h('h2', null, t('security.otherWays')), others.map(one => h('button.secondary.wide', { key: one, type: 'button', disabled: state.busy, 'data-testid': `way-${one}`, onclick: () => choose(one) },
      icon(/** @type {any} */ (SIGNS[one])), t(`security.way.${one}`))));
  }

  function draw() {
    const { way } = state;
    const error = state.error && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(state.error));
    const submitButton = h('button.primary.wide', { type: 'submit', disabled: state.busy, 'data-testid': 'second-submit' }, t('auth.logIn'));
    patch(root, authPage(t('security.secondTitle'), t(`security.ask.${way}`),
      way === 'passkey' ? h('div.stack', { key: way }, error, h('button.primary.wide', { type: 'button', disabled: state.busy, 'data-testid': 'second-passkey', autofocus: true, onclick: byPasskey }, icon('key'), t('security.byPasskey')))
        : h('form.stack', { key: way, novalidate: true, onsubmit: submit },
          way === 'recovery'
            ? field(t('security.recoveryCode'), { name: 'code', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', class: 'code-input long', required: true, autofocus: true, maxlength: '32', 'data-testid': 'login-recovery' }, { hint: t('security.recoveryHint') })
            : codeField(t('auth.code'), { name: 'code', autofocus: true, 'data-testid': 'login-code' }, { whole: form => form?.requestSubmit() }),
          error, submitButton,
          way === 'email' && again && h('p.auth-other', null, again.button(mail))),
      ways(),
      h('p.auth-other', { key: 'back' }, h('button.link-button', { type: 'button', 'data-testid': 'second-back', onclick: () => { again?.stop(); back(); } }, t('security.anotherAccount')))));
  }

  patch(root, []);
  draw();
  /** @type {HTMLElement | null} */ (root.querySelector('[autofocus]'))?.focus();
  return () => again?.stop();
}
