// The account itself: its address, a copy of what the server holds of it, and its end.

import '../core/security-texts.js';
import { ApiError, del, get, post } from '../core/api.js';
import { codeField } from '../core/code-field.js';
import { resending } from '../core/countdown.js';
import { dialogForm, field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { stepUp, wasDeclined, withStepUp } from '../core/step-up.js';
import { store } from '../core/store.js';
import { withUser } from '../core/sync.js';
import { shortDate } from '../core/time.js';
import { errorText, fieldError, notify, openDialog } from '../core/ui.js';

const LOOK_MS = 2000;
const CONTENT = '/api/v1/users/me/export/content';

/** @param {Element} root */
export function accountPage(root) {
  const state = {
    step: /** @type {'' | 'new' | 'code'} */ (''), address: '', busy: false, error: /** @type {any} */ (null),
    copy: /** @type {any} */ (null), copyError: /** @type {any} */ (null), stopped: false,
  };
  /** @type {ReturnType<typeof resending> | null} */ let again = null;
  let timer;

  /** @param {() => Promise<any>} run */
  async function busily(run) {
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      await run();
    } catch (error) {
      if (!wasDeclined(error)) state.error = error.code === 'invalid_credentials' ? new ApiError(401, 'wrong_code') : error;
    }
    state.busy = false;
    draw();
    if (state.error) /** @type {HTMLElement | null} */ (root.querySelector('[name=code], [name=newEmail]'))?.focus();
  }

  /** A code is on its way to `address`. */
  function awaitCode(address) {
    again?.stop();
    again = resending(() => { if (!state.stopped) draw(); });
    Object.assign(state, { step: 'code', address });
  }

  const ask = event => {
    event.preventDefault();
    const newEmail = String(new FormData(event.currentTarget).get('newEmail')).trim();
    return busily(async () => {
      await withStepUp(() => post('/auth/email/change', { newEmail }));
      awaitCode(newEmail);
    });
  };

  const send = () => busily(async () => {
    const { me } = store.get();
    const own = state.address === me?.email;
    await (own ? post('/auth/email/resend', { email: state.address }) : withStepUp(() => post('/auth/email/change', { newEmail: state.address })));
    again?.pause();
  });

  const verify = event => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code') ?? '');
    return busily(async () => {
      await post('/auth/email/verify', { email: state.address, code });
      const user = await get('/auth/me');
      store.set(now => withUser(now, user));
      again?.stop();
      Object.assign(state, { step: '', address: '' });
      notify(t('account.emailDone'));
    });
  };

  function cancel() {
    again?.stop();
    Object.assign(state, { step: '', error: null });
    draw();
  }

  function emailSection() {
    const { me, config } = store.get();
    const confirmed = Boolean(me?.emailVerified);
    const head = h('dl.facts', { key: 'facts' }, h('dt', null, t('auth.email')), h('dd', { 'data-testid': 'account-email' }, me?.email ?? t('account.noEmail'), ' ',
      me?.email && h('span.tag', { class: confirmed && 'accent', 'data-testid': confirmed ? 'email-confirmed' : 'email-unconfirmed' }, t(confirmed ? 'account.confirmed' : 'account.unconfirmed'))));
    const error = state.error && !fieldError(state.error, 'newEmail') && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(state.error));
    if (config?.mail === false) return [head, h('p.callout', { key: 'no-mail' }, icon('info'), h('span', null, t('account.noMail')))];
    if (state.step === 'code') {
      return [head, h('form.stack', { key: 'code', novalidate: true, onsubmit: verify },
        codeField(t('auth.verifyCode'), { name: 'code', autofocus: true, 'data-testid': 'account-code' }, { hint: t('account.codeTo', { email: state.address }), whole: form => form?.requestSubmit() }),
        error, h('p', null, t('security.nothingCame'), ' ', again?.button(send)),
        h('div.state-actions', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'account-verify' }, t('security.confirm')), h('button.secondary', { type: 'button', onclick: cancel }, t('action.cancel'))))];
    }
    if (state.step === 'new') {
      return [head, h('form.stack', { key: 'new', novalidate: true, onsubmit: ask },
        field(t('account.newEmail'), { name: 'newEmail', type: 'email', autocomplete: 'email', required: true, 'data-testid': 'account-new-email' }, { hint: t('account.newEmailHint'), error: fieldError(state.error, 'newEmail') && t('invalid.email') }),
        error, h('div.state-actions', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'account-send-code' }, t('account.sendCode')), h('button.secondary', { type: 'button', onclick: cancel }, t('action.cancel'))))];
    }
    return [head, error, h('div.state-actions', { key: 'do' },
      me?.email && !confirmed && h('button.primary', { type: 'button', 'data-testid': 'account-confirm', onclick: () => { state.address = me.email ?? ''; busily(async () => { await post('/auth/email/resend', { email: me.email }); awaitCode(me.email); }); } }, t('account.confirmNow')),
      h('button.secondary', { type: 'button', 'data-testid': 'account-change-email', onclick: () => { Object.assign(state, { step: 'new', error: null }); draw(); /** @type {HTMLElement | null} */ (root.querySelector('[name=newEmail]'))?.focus(); } }, t('account.changeEmail')))];
  }

  async function lookAtCopy() {
    clearTimeout(timer);
    try {
      state.copy = await get('/users/me/export');
      state.copyError = null;
    } catch (error) {
      state.copyError = error;
    }
    if (state.stopped) return;
    draw();
    if (state.copy?.state === 'asked') timer = setTimeout(lookAtCopy, LOOK_MS);
  }

  async function askForCopy() {
    try {
      await withStepUp(() => post('/users/me/export'));
      state.copyError = null;
    } catch (error) {
      if (!wasDeclined(error)) state.copyError = error;
    }
    // 202 comes without its body here.
    const error = state.copyError;
    await lookAtCopy();
    state.copyError ??= error;
    draw();
  }

  /** By the browser's own download, straight to the disk: a copy with files may be large. */
  async function fetchCopy() {
    try {
      if (!await stepUp()) return;
    } catch (error) {
      state.copyError = error;
      return draw();
    }
    const link = h('a', { href: CONTENT, download: 'my-data.zip' });
    document.body.append(link);
    link.click();
    link.remove();
    state.copy = { ...state.copy, state: 'fetched' };
    draw();
  }

  function copySection() {
    const now = state.copy?.state ?? 'none';
    return h('section.factor', { key: 'copy', 'data-testid': 'export', 'data-state': now }, h('h3', null, t('account.copy')), h('p.muted', null, t('account.copyText')),
      now === 'asked' && h('p.making', { role: 'status' }, h('span.spinner', { 'aria-hidden': 'true' }), t('account.copyMaking')),
      now === 'ready' && h('p.callout.ok', { role: 'status' }, t('account.copyReady', { date: shortDate(state.copy.readyAt) })),
      now === 'fetched' && h('p.muted', { role: 'status' }, t('account.copyFetched')),
      now === 'failed' && h('p.form-error', { role: 'alert' }, t('account.copyFailed')),
      state.copyError && h('p.form-error', { role: 'alert' }, state.copyError.code === 'rate_limited' ? t('account.copyOften', { n: Math.ceil((state.copyError.retryAfterMs ?? 60_000) / 60_000) }) : errorText(state.copyError)),
      h('div.state-actions', null, now === 'ready'
        ? h('button.primary', { type: 'button', 'data-testid': 'export-fetch', onclick: fetchCopy }, icon('download'), t('account.copyFetch'))
        : h('button.secondary', { type: 'button', disabled: now === 'asked', 'data-testid': 'export-ask', onclick: askForCopy }, t('account.copyAsk'))));
  }

  async function remove() {
    const { me } = store.get();
    await openDialog(t('account.deleteTitle'), (close, redraw) => dialogForm(close, redraw, {
      action: t('account.deleteDo'), testid: 'delete-account-do', danger: true,
      fields: error => [
        h('div.dialog-text', null, h('p', null, t('account.goes')), h('ul.what-goes', null, ['account.goesYou', 'account.goesAccess', 'account.goesFiles'].map(key => h('li', null, t(key)))),
          h('p', null, t('account.stays')), h('ul.what-goes', null, ['account.staysMessages', 'account.staysRooms'].map(key => h('li', null, t(key)))), h('p', null, t('account.deleteFinal'))),
        field(t('account.typeName', { name: me?.username }), { name: 'username', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', required: true, 'data-testid': 'delete-account-name' }, { error: error?.errors?.username?.[0] ?? '' }),
      ],
      async submit(data) {
        if (String(data.get('username')).trim().toLowerCase() !== me?.username) throw new ApiError(400, 'validation', { errors: { username: [t('account.otherName')] } });
        await withStepUp(() => del('/users/me'));

        // Not when the dialog is closed: the socket may have told of the session's end before, and that closes it without an answer.
        dispatchEvent(new CustomEvent('chat:gone'));
        return true;
      },
    }), { testid: 'delete-account-dialog' });
  }

  function draw() {
    patch(root, h('div.stack', null,
      h('h2', null, t('settings.account')),
      h('section.factor', { key: 'email' }, h('h3', null, t('auth.email')), emailSection()),
      copySection(),
      h('section.danger-zone', { key: 'end' }, h('h3', null, t('account.delete')), h('p.muted', null, t('account.deleteText')),
        h('button.danger-quiet', { type: 'button', 'data-testid': 'delete-account', onclick: remove }, icon('trash'), t('account.delete')))));
  }
  draw();
  lookAtCopy();
  return () => {
    state.stopped = true;
    clearTimeout(timer);
    again?.stop();
  };
}
