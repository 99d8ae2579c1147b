import { del, get, post } from '../core/api.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { shortDate } from '../core/time.js';
import { confirm, copyText, errorText, iconButton, openDialog } from '../core/ui.js';

const linkOf = code => `${location.origin}/join/#${code}`;

/** A link that lets people in: made here, copied, and taken back. @param {string} roomId */
export function inviteLink(roomId) {
  const state = { made: /** @type {any} */ (null), list: /** @type {any[]} */ ([]), error: /** @type {any} */ (null), hours: '168', uses: '' };
  return openDialog(t('invite.title'), (close, redraw) => {
    const load = async () => {
      try {
        state.list = (await get(`/rooms/${roomId}/invites`)).items;
      } catch (error) {
        state.error = error;
      }
      redraw();
    };
    const make = async () => {
      state.error = null;
      try {
        state.made = await post(`/rooms/${roomId}/invites`, { expiresInHours: Number(state.hours), ...(state.uses ? { maxUses: Number(state.uses) } : {}) });
        await load();
      } catch (error) {
        state.error = error;
        redraw();
      }
    };
    const end = async invite => {
      if (!await confirm({ title: t('invite.endTitle'), text: t('invite.endText'), action: t('invite.end') })) return;
      try {
        await del(`/rooms/${roomId}/invites/${invite.id}`);
        if (state.made?.id === invite.id) state.made = null;
        await load();
      } catch (error) {
        state.error = error;
        redraw();
      }
    };
    if (!inviteLink.loaded.has(redraw)) {
      inviteLink.loaded.add(redraw);
      load();
    }
    const choice = (name, label, options) => h('label.field', null, h('span', null, label),
      h('select', { name, onchange: event => { state[name] = event.currentTarget.value; } }, options.map(([value, text]) => h('option', { value, selected: state[name] === value }, text))));
    return [
      h('p.muted', null, t('invite.text')),
      state.made?.code && h('div.secret', null, h('div.secret-row', null,
        h('input', { readOnly: true, value: linkOf(state.made.code), 'aria-label': t('invite.link'), 'data-testid': 'invite-link', onfocus: event => event.currentTarget.select() }),
        iconButton('copy', t('action.copy'), { onclick: () => copyText(linkOf(state.made.code)) }))),
      !state.made && h('div.two', null,
        choice('hours', t('invite.expires'), [['24', t('invite.day')], ['168', t('invite.week')], ['720', t('invite.month')]]),
        choice('uses', t('invite.uses'), [['', t('invite.anyUses')], ['1', t('invite.times', { n: 1 })], ['10', t('invite.times', { n: 10 })]])),
      state.error && h('p.form-error', { role: 'alert' }, errorText(state.error)),
      h('div.dialog-foot', null, state.made
        ? h('button.primary', { type: 'button', onclick: () => copyText(linkOf(state.made.code)) }, icon('copy'), t('invite.copy'))
        : h('button.primary', { type: 'button', 'data-testid': 'create-invite', onclick: make }, icon('link'), t('invite.make'))),
      state.list.length > 0 && [h('h3', null, t('invite.open')), h('ul.invites', null, state.list.map(invite => h('li', { key: invite.id },
        h('div.grow', null, h('strong', null, invite.uses ? t('invite.used', { n: invite.uses }) : t('invite.unused'), invite.maxUses ? ` / ${invite.maxUses}` : ''),
          h('small', null, invite.expiresAt ? t('invite.until', { date: shortDate(invite.expiresAt) }) : t('invite.forever'))),
        invite.code && iconButton('copy', t('action.copy'), { onclick: () => copyText(linkOf(invite.code)) }),
        iconButton('trash', t('invite.end'), { onclick: () => end(invite) }))))],
    ];
  }, { testid: 'invite-dialog' });
}
/** @type {WeakSet<Function>} */
inviteLink.loaded = new WeakSet();
