// A person's card: who they are, whether they are there, and the way to talk to them.

import { lookAt } from '../core/app-state.js';
import { avatar, presenceDot } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { person, presenceText } from '../core/people.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { openPopover, skeleton } from '../core/ui.js';
import { openDirect } from '../rooms/create.js';
import { keyLine } from './fingerprint.js';

/** @param {any} user @param {() => void} leave called before something else is shown @param {() => void} changed draws it anew */
export function cardContent(user, leave, changed) {
  const me = store.get().me?.id === user.id;
  return h('div.person-card', null,
    avatar(user, 'large'),
    h('div', null, h('h2', null, user.displayName, user.isBot && h('span.tag', null, t('person.bot'))), h('p.muted', null, `@${user.username}`)),
    user.isActive === false ? h('p.muted', null, t('people.inactive')) : h('p.person-status', null, presenceDot(user.id), ' ', presenceText(user.id)),
    user.bio && h('p.person-bio', null, user.bio),
    !me && keyLine(user, changed),
    h('div.person-actions', null,
      me ? h('button.secondary.wide', { type: 'button', 'data-testid': 'edit-profile', onclick: () => { leave(); navigate('/settings/profile'); } }, icon('edit'), t('people.edit'))
        : user.isActive !== false && h('button.primary.wide', { type: 'button', 'data-testid': 'message-person', onclick: () => { leave(); openDirect(user.id); } }, icon('compose'), t('members.message'))));
}

/** @param {HTMLElement} anchor @param {string} userId */
export function openCard(anchor, userId) {
  const shown = openPopover(anchor, h('div', null, skeleton(3)), { class: 'card', role: 'dialog', label: t('people.card') });
  const draw = () => {
    const user = person(userId);
    if (!shown.box.isConnected) return stop();
    patch(shown.box, user ? cardContent(user, () => shown.close(false), draw) : skeleton(3));
  };
  const away = lookAt(userId);
  const off = store.subscribe((now, before) => { if (!shown.box.isConnected) stop(); else if (now.users !== before.users || now.presence !== before.presence) draw(); });
  const stop = () => { off(); away(); };
  draw();
  /** @type {HTMLElement | null} */ (shown.box.querySelector('button'))?.focus();
}
