// What an admin may do to an account, from the list and from its page.

import { del, patchJson, post } from '../core/api.js';
import { dialogForm, field } from '../core/forms.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { withStepUp } from '../core/step-up.js';
import { fieldError, notify, openDialog } from '../core/ui.js';
import { act, asked } from './act.js';

export const ROLES = ['member', 'guest', 'admin'];

/** @typedef {() => void} Done */

/** @param {any} user @param {Done} done */
export async function deactivate(user, done) {
  if (!await asked({ title: t('admin.user.deactivateTitle', { name: user.displayName }), what: 'deactivate', action: t('admin.user.deactivate') })) return;
  if (await act(() => patchJson(`/admin/users/${user.id}`, { isActive: false }), t('admin.user.deactivated', { name: user.displayName }))) done();
}

/** @param {any} user @param {Done} done */
export async function activate(user, done) {
  if (!await asked({ title: t('admin.user.activateTitle', { name: user.displayName }), what: 'activate', action: t('admin.user.activate'), danger: false })) return;
  if (await act(() => patchJson(`/admin/users/${user.id}`, { isActive: true }), t('admin.user.activated', { name: user.displayName }))) done();
}

/** @param {any} user @param {string} role @param {Done} done */
export async function giveRole(user, role, done) {
  if (!await asked({ title: t('admin.user.roleTitle', { name: user.displayName, role: t(`admin.choice.role.${role}`) }), what: `role.${role}`, action: t('admin.user.roleDo'), danger: role === 'admin' })) return false;
  if (!await act(() => patchJson(`/admin/users/${user.id}`, { role }), t('admin.user.roleDone'))) return false;
  done();
  return true;
}

/** Tokens only when that is wished too. @param {any} user @param {Done} done */
export async function endSessions(user, done) {
  const tokens = h('input', { type: 'checkbox', name: 'tokens', 'data-testid': 'end-tokens' });
  const go = await openDialog(t('admin.user.endSessionsTitle', { name: user.displayName }), close => [
    h('p', null, t('admin.user.endSessionsText')),
    h('label.check', null, tokens, h('span', null, t('admin.user.endTokens'))),
    h('footer.dialog-foot', null, h('button.secondary', { type: 'button', onclick: () => close(false) }, t('action.cancel')),
      h('button.danger', { type: 'button', 'data-testid': 'confirm', onclick: () => close(true) }, t('admin.user.endSessions'))),
  ]);
  if (!go) return;
  const ended = await act(() => post(`/admin/users/${user.id}/end-sessions`, { tokens: tokens.checked }));
  if (!ended) return;
  notify(t('admin.user.sessionsEnded', { n: ended.answer?.ended ?? 0 }));
  done();
}

/** @param {any} user */
export async function sendReset(user) {
  if (!await asked({ title: t('admin.user.resetTitle', { name: user.displayName }), what: 'reset', action: t('admin.user.reset'), danger: false })) return;
  await act(() => post(`/admin/users/${user.id}/reset-link`), t('admin.user.resetSent'));
}

/** @param {any} user @param {Done} done */
export async function remove(user, done) {
  if (!await asked({ title: t('admin.user.deleteTitle', { name: user.displayName }), what: 'user', action: t('action.delete') })) return;
  if (await act(() => del(`/admin/users/${user.id}`), t('admin.user.deleted', { name: user.displayName }))) done();
}

/** @param {Done} done */
export async function create(done) {
  const made = await openDialog(t('admin.user.new'), (close, redraw) => dialogForm(close, redraw, {
    action: t('admin.user.create'), testid: 'new-user-submit',
    fields: error => [
      h('p.muted', { key: 'intro' }, t('admin.user.newText')),
      field(t('auth.email'), { name: 'email', type: 'email', maxlength: '254', autocomplete: 'off', autofocus: true, 'data-testid': 'new-user-email' }, { error: fieldError(error, 'email') }),
      field(t('auth.displayName'), { name: 'displayName', maxlength: '80', autocomplete: 'off', 'data-testid': 'new-user-display-name' }, { hint: t('auth.optional'), error: fieldError(error, 'displayName') }),
      field(t('auth.username'), { name: 'username', maxlength: '32', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', 'data-testid': 'new-user-username' }, { hint: t('auth.usernameHint'), error: fieldError(error, 'username') }),
      h('div.field', { key: 'role' }, h('label', { for: 'new-user-role' }, t('admin.filter.role')),
        h('select', { id: 'new-user-role', name: 'role', 'data-testid': 'new-user-role' }, ROLES.map(one => h('option', { value: one }, t(`admin.choice.role.${one}`))))),
    ],
    submit: data => {
      const given = Object.fromEntries(['email', 'displayName', 'username', 'role'].map(name => [name, String(data.get(name) ?? '').trim()]).filter(([name, value]) => value || name === 'email'));
      return withStepUp(() => post('/admin/users', given));
    },
  }));
  if (!made) return;
  notify(t('admin.user.created', { email: made.email ?? '' }));
  done();
}

/** The menu of a row. @param {any} user @param {Done} done */
export const userActs = (user, done) => (user.deletedAt ? [] : [
  user.isActive
    ? { icon: 'lock', label: t('admin.user.deactivate'), testid: 'user-deactivate', danger: true, run: () => deactivate(user, done) }
    : { icon: 'check', label: t('admin.user.activate'), testid: 'user-activate', run: () => activate(user, done) },
  { icon: 'leave', label: t('admin.user.endSessions'), testid: 'user-end-sessions', run: () => endSessions(user, done) },
  ...(user.isBot ? [] : [{ icon: 'link', label: t('admin.user.reset'), testid: 'user-reset', run: () => sendReset(user) }]),
  { icon: 'trash', label: t('action.delete'), testid: 'user-delete', danger: true, run: () => remove(user, done) },
]);
