import { post } from '../core/api.js';
import { field, formError } from '../core/forms.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { fieldError } from '../core/ui.js';
import { settingsForm } from './form.js';

export function passwordPage(root) {
  settingsForm(root, state => {
    const wrong = ['invalid_credentials', 'step_up_required'].includes(state.error?.code);
    const fields = [
      field(t('settings.currentPassword'), { name: 'currentPassword', type: 'password', autocomplete: 'current-password', 'data-testid': 'current-password' }, { error: wrong ? t('settings.wrongPassword') : fieldError(state.error, 'currentPassword') }),
      field(t('settings.newPassword'), { name: 'newPassword', type: 'password', autocomplete: 'new-password', maxlength: '128', 'data-testid': 'new-password' }, { hint: t('auth.passwordHint'), error: fieldError(state.error, 'newPassword') }),
    ];
    return [
      h('h2', null, t('settings.password')), h('p.muted', null, t('settings.passwordIntro')),
      h('input', { type: 'text', name: 'username', autocomplete: 'username', value: store.get().me?.username ?? '', hidden: true, readOnly: true }),
      fields,
      formError(state.error, fields),
      h('div', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'password-save' }, t('settings.changePassword'))),
    ];
  }, data => post('/auth/password/change', { currentPassword: String(data.get('currentPassword')), newPassword: String(data.get('newPassword')) }).then(() => root.querySelector('form').reset()), t('settings.passwordChanged'));
}
