import { patchJson } from '../core/api.js';
import { avatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { withUser } from '../core/sync.js';
import { errorText, field } from '../core/ui.js';
import { settingsForm } from './form.js';

export function profilePage(root) {
  settingsForm(root, state => {
    const me = store.get().me;
    return [
      h('h2', null, t('settings.profile')),
      h('div.profile-line', null, avatar(me, 'large'), h('div', null, h('strong', null, me?.displayName), h('p.muted', null, `@${me?.username}${me?.email ? ` · ${me.email}` : ''}`))),
      field(t('auth.displayName'), { name: 'displayName', value: me?.displayName ?? '', maxlength: '80', autocomplete: 'name', 'data-testid': 'profile-name' }, { error: state.error?.errors?.displayName?.[0] }),
      field(t('settings.bio'), { name: 'bio', rows: '3', value: me?.bio ?? '', maxlength: '500', 'data-testid': 'profile-bio' }, { hint: t('settings.bioHint'), error: state.error?.errors?.bio?.[0] }),
      state.error && h('p.form-error', { role: 'alert' }, errorText(state.error)),
      h('div', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'profile-save' }, t('action.save'))),
    ];
  }, async data => {
    const user = await patchJson('/users/me', { displayName: String(data.get('displayName')).trim(), bio: String(data.get('bio')).trim() });
    if (user) store.set(now => withUser(now, user));
  }, t('notice.saved'));
}
