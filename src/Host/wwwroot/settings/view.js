import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { goBack } from '../core/router.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { iconButton } from '../core/ui.js';
import { accountPage } from './account.js';
import { appearancePage } from './appearance.js';
import { botsPage } from './bots.js';
import { keysPage } from './keys.js';
import { notificationsPage } from './notifications.js';
import { passwordPage } from './password.js';
import { profilePage } from './profile.js';
import { securityPage } from './security.js';
import { sessionsPage } from './sessions.js';
import { tokensPage } from './tokens.js';

needStyle('pages.css');

const PAGES = { profile: profilePage, appearance: appearancePage, notifications: notificationsPage, security: securityPage, password: passwordPage, sessions: sessionsPage, account: accountPage, keys: keysPage, tokens: tokensPage, bots: botsPage };
/** Which pages there are for this person. */
const offered = () => Object.keys(PAGES).filter(one => one !== 'bots' || store.get().me?.isAdmin);

/** @param {Element} root @param {string} name */
export function settingsView(root, name) {
  const page = offered().includes(name) ? name : 'profile';
  const body = h('div.settings-page', { own: true });
  patch(root, h('div.page', { key: `settings-${page}` },
    h('header.page-head', null, iconButton('back', t('action.back'), { onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('settings.title'))),
    h('div.page-body.settings', null,
      h('nav.settings-nav', { 'aria-label': t('settings.title') }, offered().map(one => h('a', { href: `/settings/${one}`, 'aria-current': one === page ? 'page' : null, 'data-testid': `settings-${one}` }, t(`settings.${one}`))),
        h('button.link-button', { type: 'button', 'data-testid': 'settings-log-out', onclick: () => dispatchEvent(new CustomEvent('chat:logout')) }, t('auth.logOut'))),
      body)));
  return PAGES[page](body) ?? (() => {});
}
