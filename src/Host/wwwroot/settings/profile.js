import { patchJson } from '../core/api.js';
import { avatarField } from '../core/avatar-field.js';
import { avatar } from '../core/avatar.js';
import { field, formError } from '../core/forms.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { withUser } from '../core/sync.js';
import { fieldError } from '../core/ui.js';
import { settingsForm } from './form.js';

/** @param {Element} root */
export function profilePage(root) {
  const known = user => { if (user) store.set(now => withUser(now, user)); };
  let redraw = () => {};
  const picture = avatarField({
    path: '/users/me/avatar', done: known, redraw: () => redraw(),
    picture: () => avatar(store.get().me, 'large'), url: () => store.get().me?.avatarUrl,
  });
  redraw = settingsForm(root, state => {
    const me = store.get().me;
    const fields = [
      field(t('auth.displayName'), { name: 'displayName', value: me?.displayName ?? '', maxlength: '80', autocomplete: 'name', 'data-testid': 'profile-name' }, { error: fieldError(state.error, 'displayName') }),
      field(t('settings.bio'), { name: 'bio', rows: '3', value: me?.bio ?? '', maxlength: '500', 'data-testid': 'profile-bio' }, { hint: t('settings.bioHint'), error: fieldError(state.error, 'bio') }),
    ];
    return [
      h('h2', null, t('settings.profile')),
      h('p.muted', null, t('settings.profileIntro')),
      picture(), fields,
      h('dl.facts', null, h('dt', null, t('auth.username')), h('dd', null, `@${me?.username}`), me?.email && [h('dt', null, t('auth.email')), h('dd', null, me.email)]),
      formError(state.error, fields),
      h('div', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'profile-save' }, t('action.save'))),
    ];
  }, async data => known(await patchJson('/users/me', { displayName: String(data.get('displayName')).trim(), bio: String(data.get('bio')).trim() })), t('notice.saved'));
}
