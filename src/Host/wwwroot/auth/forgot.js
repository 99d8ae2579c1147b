// A forgotten password: a letter is asked for here, and its link leads to the page that takes a new one.

import '../core/security-texts.js';
import { ApiError, post } from '../core/api.js';
import { resending } from '../core/countdown.js';
import { field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { errorText, fieldError } from '../core/ui.js';
import { authPage, httpsHint } from './page.js';

const toLogin = () => h('p.auth-other', { key: 'back' }, h('a', { href: '/login' }, t('security.backToLogIn')));

/** Whether somebody has the address is not told, here neither. @param {Element} root */
export function forgotView(root) {
  const state = { busy: false, error: /** @type {any} */ (null), asked: '' };
  /** @type {ReturnType<typeof resending> | null} */ let again = null;

  async function ask(email) {
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      await post('/auth/password/forgot', { email });
      state.asked = email;
      if (again) again.pause();
      else again = resending(draw);
    } catch (error) {
      state.error = error;
    }
    state.busy = false;
    draw();
    /** @type {HTMLElement | null} */ (root.querySelector(state.error ? '[name=email]' : 'h1'))?.focus();
  }

  function draw() {
    const error = state.error && !fieldError(state.error, 'email') && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(state.error));
    if (store.get().config?.mail === false) return patch(root, authPage(t('security.forgotTitle'), t('security.forgotNoMail'), toLogin()));
    if (state.asked) {
      return patch(root, authPage(t('security.askedTitle'), t('security.askedText', { email: state.asked }), error,
        h('p.auth-other', { key: 'again', 'data-testid': 'forgot-asked' }, t('security.nothingCame'), ' ', again?.button(() => ask(state.asked))), toLogin()));
    }
    patch(root, authPage(t('security.forgotTitle'), t('security.forgotIntro'),
      h('form.stack', { key: 'form', novalidate: true, onsubmit: event => { event.preventDefault(); ask(String(new FormData(event.currentTarget).get('email')).trim()); } },
        field(t('auth.email'), { name: 'email', type: 'email', autocomplete: 'email', required: true, autofocus: true, 'data-testid': 'forgot-email' }, { error: fieldError(state.error, 'email') }),
        error, h('button.primary.wide', { type: 'submit', disabled: state.busy, 'data-testid': 'forgot-submit' }, t('security.sendLink'))),
      toLogin()));
  }
  draw();
  return () => again?.stop();
}

/** @param {Element} root @param {{token: string}} options what stands after # in the letter's link */
export function resetView(root, { token }) {
  const state = { busy: false, error: /** @type {any} */ (token ? null : new ApiError(401, 'invalid_credentials')) };

  async function submit(event) {
    event.preventDefault();
    const newPassword = String(new FormData(event.currentTarget).get('newPassword'));
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      await post('/auth/password/reset', { token, newPassword });
      // The link's secret leaves the address, and the history, with this page.
      history.replaceState({ depth: 0, reset: true }, '', '/login');
      return navigate('/login');
    } catch (error) {
      Object.assign(state, { busy: false, error });
      draw();
      /** @type {HTMLElement | null} */ (root.querySelector('[name=newPassword], h1'))?.focus();
    }
  }

  function draw() {
    if (['invalid_credentials', 'gone', 'not_found'].includes(state.error?.code)) {
      return patch(root, authPage(t('security.resetOver'), t('security.resetOverText'), h('a.button.primary.wide', { href: '/forgot', 'data-testid': 'reset-again' }, t('security.askAgain')), toLogin()));
    }
    patch(root, authPage(t('security.resetTitle'), t('security.resetIntro'), httpsHint(),
      h('form.stack', { key: 'form', novalidate: true, onsubmit: submit },
        field(t('settings.newPassword'), { name: 'newPassword', type: 'password', autocomplete: 'new-password', maxlength: '128', required: true, autofocus: true, 'data-testid': 'reset-password' }, { hint: t('auth.passwordHint'), error: fieldError(state.error, 'newPassword') }),
        state.error && !fieldError(state.error, 'newPassword') && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(state.error)),
        h('button.primary.wide', { type: 'submit', disabled: state.busy, 'data-testid': 'reset-submit' }, t('settings.changePassword')))));
  }
  draw();
  return () => {};
}
