import '../core/security-texts.js';
import { post } from '../core/api.js';
import { field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { copyText, errorText, fieldError } from '../core/ui.js';
import { logIn } from './login.js';
import { authPage, httpsHint } from './page.js';
import { verifyStep } from './verify.js';

const FIELD_OF = { username_taken: 'username', email_taken: 'email' };

/** @param {Element} root @param {{done: (user: any) => void, setupToken?: string, invitation?: string}} options `invitation`: what stands after # in a letter's link */
export function registerView(root, { done, setupToken = '', invitation = '' }) {
  const state = { busy: false, error: /** @type {any} */ (null), make: false, made: /** @type {any} */ (null), email: '' };
  const first = Boolean(setupToken) || store.get().config?.setupRequired === true;
  const emailRequired = store.get().config?.emailRequired !== false;
  const closed = !first && !invitation && ['invitation', 'closed'].includes(store.get().config?.registration ?? 'open');
  let stopVerify = () => {};

  async function submit(event) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const value = name => String(data.get(name) ?? '').trim();
    const password = String(data.get('password') ?? '');
    const body = {
      ...(value('email') ? { email: value('email') } : {}), ...(value('displayName') ? { displayName: value('displayName') } : {}),
      ...(!state.make && value('username') ? { username: value('username') } : {}), ...(!state.make && password ? { password } : {}), ...(setupToken ? { setupToken } : {}), ...(invitation ? { invitation } : {}),
    };
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      const answer = await post('/auth/register', body);
      const credentials = { login: answer.generated?.username ?? answer.user.username, password: answer.generated?.password ?? password };
      state.email = value('email');
      if (answer.generated) state.made = { username: answer.user.username, ...answer.generated, credentials };
      else return await enter(credentials);
    } catch (error) {
      state.error = error;
    }
    state.busy = false;
    draw();
    /** @type {HTMLElement | null} */ (root.querySelector('[aria-invalid], h1'))?.focus();
  }

  /** Where addresses are confirmed first, the code comes between. */
  async function enter(credentials) {
    try {
      done(await logIn(credentials));
    } catch (error) {
      if (error.code !== 'email_not_verified') throw error;
      stopVerify = verifyStep(root, { email: state.email, done: async () => done(await logIn(credentials)), back: () => navigate('/login') });
    }
  }

  const errorOf = name => (fieldError(state.error, name) || (FIELD_OF[state.error?.code] === name ? errorText(state.error) : ''));

  function form() {
    const known = state.error && ['email', 'username', 'password', 'displayName'].some(errorOf);
    const setup = state.error?.code === 'setup_required';
    const over = invitation && state.error?.code === 'gone';
    return authPage(first ? t('auth.firstTitle') : t('auth.register'), first ? t('auth.firstIntro') : invitation ? t('security.invitedIntro') : t('auth.registerIntro'),
      httpsHint(),
      h('form.stack', { onsubmit: submit, novalidate: true },
        !invitation && field(t('auth.email'), { name: 'email', type: 'email', autocomplete: 'email', required: emailRequired, autofocus: true, 'data-testid': 'register-email' },
          { error: errorOf('email'), hint: emailRequired ? null : t('auth.optional') }),
        field(t('auth.displayName'), { name: 'displayName', autocomplete: 'name', maxlength: '80', autofocus: Boolean(invitation), 'data-testid': 'register-display-name' }, { error: errorOf('displayName'), hint: t('auth.displayNameHint') }),
        h('label.check', null, h('input', { type: 'checkbox', name: 'make', checked: state.make, 'data-testid': 'register-make', onchange: event => { state.make = event.currentTarget.checked; draw(); } }),
          h('span', null, t('auth.makeForMe'), h('small', null, t('auth.makeForMeHint')))),
        !state.make && field(t('auth.username'), { name: 'username', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: '32', 'data-testid': 'register-username' },
          { error: errorOf('username'), hint: t('auth.usernameHint') }),
        !state.make && field(t('auth.password'), { name: 'password', type: 'password', autocomplete: 'new-password', maxlength: '128', required: true, 'data-testid': 'register-password' },
          { error: errorOf('password'), hint: t('auth.passwordHint') }),
        state.error && !known && h('div.form-error', { role: 'alert', 'data-testid': 'form-error' }, h('p', null, setup && setupToken ? t('auth.setupUsed') : over ? t('security.invitationOver') : errorText(state.error))),
        h('button.primary.wide', { type: 'submit', disabled: state.busy, 'data-testid': 'register-submit' }, first ? t('auth.createServer') : t('auth.createAccount'))),
      h('p.auth-other', null, t('auth.haveAccount'), ' ', h('a', { href: '/login' }, t('auth.logIn'))));
  }

  function shownOnce() {
    const { username, password, credentials } = state.made;
    const row = (label, text, testid) => h('div.secret-row', null, h('span', null, label), h('code', { 'data-testid': testid }, text),
      h('button.icon-button', { type: 'button', 'aria-label': t('action.copyOf', { what: label }), title: t('action.copy'), onclick: () => copyText(text) }, icon('copy')));
    return authPage(t('auth.madeTitle'), t('auth.madeIntro'),
      h('div.secret', null, row(t('auth.username'), username, 'generated-username'), row(t('auth.password'), password, 'generated-password')),
      state.error && h('p.form-error', { role: 'alert' }, errorText(state.error)),
      h('button.secondary.wide', { type: 'button', onclick: () => copyText(`${username}\n${password}`) }, icon('copy'), t('auth.copyBoth')),
      h('button.primary.wide', {
        type: 'button', 'data-testid': 'generated-continue',
        onclick: async () => {
          try {
            await enter(credentials);
          } catch (error) {
            state.error = error;
            draw();
          }
        },
      }, t('auth.keptContinue')));
  }

  const notHere = () => authPage(t('auth.register'), t(store.get().config?.registration === 'closed' ? 'security.closed' : 'security.byInvitationOnly'), h('a.button.primary.wide', { href: '/login' }, t('auth.logIn')));

  function draw() { patch(root, state.made ? shownOnce() : closed ? notHere() : form()); }
  draw();
  return () => stopVerify();
}
