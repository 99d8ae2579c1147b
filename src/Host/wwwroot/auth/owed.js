// This server asks for a second factor, and the account has none: it is set up here, and nothing else can be done before.

import '../core/security-texts.js';
import { get } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { failure } from '../core/ui.js';
import { passkeysWork } from '../core/webauthn.js';
import { settingUp } from '../settings/set-up.js';
import { authPage } from './page.js';

/** @param {Element} root @param {{done: () => void}} options */
export function owedView(root, { done }) {
  const state = { error: /** @type {any} */ (null) };
  const flow = settingUp({ changed: () => draw(), done: look });

  async function look() {
    state.error = null;
    try {
      if (!(await get('/auth/2fa')).owed) return done();
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  function draw() {
    const now = flow.draw();
    patch(root, authPage(t('security.owedTitle'), now ? null : t('security.owedIntro'),
      state.error && failure(state.error, look),
      now ?? h('div.stack', { key: 'choose' },
        h('button.primary.wide', { type: 'button', disabled: flow.busy, autofocus: true, 'data-testid': 'owed-totp', onclick: flow.beginTotp }, icon('clock'), t('security.totpSetUp')),
        passkeysWork() && h('button.secondary.wide', { type: 'button', disabled: flow.busy, 'data-testid': 'owed-passkey', onclick: flow.addPasskey }, icon('key'), t('security.addPasskey')),
        h('p.muted', null, t('security.owedWhich'))),
      h('p.auth-other', { key: 'out' }, h('button.link-button', { type: 'button', 'data-testid': 'owed-log-out', onclick: () => dispatchEvent(new CustomEvent('chat:logout')) }, t('auth.logOut')))));
    /** @type {HTMLElement | null} */ (root.querySelector('.stack h3[tabindex]'))?.focus({ preventScroll: true });
  }
  draw();
  return () => {};
}
