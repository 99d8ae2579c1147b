// A letter to somebody who has no account here yet.

import '../core/security-texts.js';
import { post } from '../core/api.js';
import { dialogForm, field } from '../core/forms.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { fieldError, notify, openDialog } from '../core/ui.js';

/** Where the server sends mail and lets people in, whoever is more than a guest. */
export const mayInvite = () => Boolean(store.get().config?.mail) && store.get().config?.registration !== 'closed' && store.get().me?.role !== 'guest';

export async function invitePerson() {
  const sent = await openDialog(t('person.invite'), (close, redraw) => dialogForm(close, redraw, {
    action: t('person.send'), testid: 'invite-person-send',
    fields: error => [
      h('p.muted', null, t('person.inviteText')),
      field(t('auth.email'), { name: 'email', type: 'email', autocomplete: 'off', required: true, autofocus: true, 'data-testid': 'invite-person-email' }, { error: fieldError(error, 'email') }),
      field(t('person.words'), { name: 'message', rows: '3', maxlength: '500', 'data-testid': 'invite-person-message' }, { hint: t('auth.optional'), error: fieldError(error, 'message') }),
      h('div.field', null, h('label', { for: 'f-invite-role' }, t('person.as')), h('select', { id: 'f-invite-role', name: 'role', 'data-testid': 'invite-person-role' },
        ['member', 'guest'].map(one => h('option', { value: one }, t(`person.as.${one}`))))),
    ],
    submit(data) {
      const message = String(data.get('message') ?? '').trim();
      return post('/invitations', { email: String(data.get('email')).trim(), role: String(data.get('role')), ...(message ? { message } : {}) });
    },
  }), { testid: 'invite-person-dialog' });
  if (sent) notify(t('person.sent', { email: sent.email }));
}
