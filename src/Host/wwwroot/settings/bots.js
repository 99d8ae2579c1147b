// Accounts for programs. An admin makes them; whoever has a room lets them in, as they do people.

import '../core/security-texts.js';
import { del, get, post } from '../core/api.js';
import { avatar } from '../core/avatar.js';
import { dialogForm, field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { normalUser } from '../core/normal.js';
import { withStepUp } from '../core/step-up.js';
import { confirm, empty, errorText, failure, fieldError, iconButton, openDialog, skeleton } from '../core/ui.js';
import { tellUnlessDeclined } from './set-up.js';
import { chosenScopes, scopeFields, shownOnce } from './tokens.js';

/** @param {Element} root */
export function botsPage(root) {
  const state = { items: /** @type {any[] | null} */ (null), cursor: /** @type {string | null} */ (null), error: /** @type {any} */ (null), made: /** @type {any} */ (null) };

  async function load(more = false) {
    state.error = null;
    draw();
    try {
      const page = await get(`/admin/bots${more && state.cursor ? `?cursor=${encodeURIComponent(state.cursor)}` : ''}`);
      const items = page.items.map(normalUser);
      Object.assign(state, { items: more ? [...(state.items ?? []), ...items] : items, cursor: page.nextCursor ?? null });
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  async function make() {
    const made = await openDialog(t('bots.make'), (close, redraw) => dialogForm(close, redraw, {
      action: t('bots.make'), testid: 'bot-make',
      fields: error => [
        field(t('auth.username'), { name: 'username', maxlength: '32', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', required: true, autofocus: true, 'data-testid': 'bot-username' },
          { error: fieldError(error, 'username') || (error?.code === 'username_taken' ? errorText(error) : '') }),
        field(t('auth.displayName'), { name: 'displayName', maxlength: '80', autocomplete: 'off', 'data-testid': 'bot-name' }, { hint: t('auth.optional'), error: fieldError(error, 'displayName') }),
        scopeFields(['read', 'write', 'live'], error),
      ],
      async submit(data) {
        const displayName = String(data.get('displayName')).trim();
        const body = { username: String(data.get('username')).trim(), scopes: chosenScopes(data), ...(displayName ? { displayName } : {}) };
        return withStepUp(() => post('/admin/bots', body));
      },
    }), { testid: 'bot-dialog' });
    if (!made) return;
    state.made = made;
    await load();
  }

  async function remove(bot) {
    if (!await confirm({ title: t('bots.remove', { name: bot.displayName }), text: t('bots.removeText'), action: t('security.remove') })) return;
    try {
      await withStepUp(() => del(`/admin/bots/${bot.id}`));
      if (state.made?.user.id === bot.id) state.made = null;
    } catch (error) {
      tellUnlessDeclined(error);
    }
    await load();
  }

  function content() {
    if (state.error && !state.items) return failure(state.error, load);
    if (!state.items) return skeleton(3, 'row');
    const button = h('button.primary', { type: 'button', 'data-testid': 'bot-new', onclick: make }, icon('plus'), t('bots.make'));
    if (!state.items.length) return empty('command', t('bots.none'), t('bots.noneText'), button);
    return [
      state.made && shownOnce(t('bots.once', { name: state.made.user.displayName || state.made.user.username }), state.made.token, 'bot-token'),
      h('ul.sessions', { key: 'list' }, state.items.map(bot => h('li', { key: bot.id, 'data-testid': 'bot' }, avatar(bot, 'small'), h('div.grow', null, h('strong', null, bot.displayName), h('small', null, `@${bot.username}`)),
        iconButton('trash', t('bots.remove', { name: bot.displayName }), { 'data-testid': 'bot-remove', onclick: () => remove(bot) })))),
      state.error && failure(state.error, () => load(true)),
      state.cursor && h('div', { key: 'more' }, h('button.secondary', { type: 'button', onclick: () => load(true) }, t('action.more'))),
      h('div', { key: 'do' }, button),
    ];
  }

  const draw = () => patch(root, h('div.stack', null, h('h2', null, t('settings.bots')), h('p.muted', null, t('bots.intro')), content()));
  draw();
  load();
}
