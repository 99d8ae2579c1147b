import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { store } from '../core/store.js';

export const serverName = () => store.get().config?.name || 'ChatMonolith';

/** The frame around everything that is shown to somebody who is not logged in. */
export function authPage(title, intro, ...content) {
  return h('main.auth', { id: 'main', tabindex: '-1' },
    h('div.auth-card', null,
      h('div.auth-brand', null, h('img', { src: '/favicon.svg', alt: '', width: '32', height: '32' }), h('span', null, serverName())),
      h('h1', { tabindex: '-1' }, title), intro && h('p.auth-intro', null, intro), content));
}

/** Passwords and messages would cross the network in the clear. */
export function httpsHint() {
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
  if (location.protocol === 'https:' || local) return null;
  return h('p.callout.warn', { 'data-testid': 'https-hint' }, icon('warning'), h('span', null, t('auth.httpsHint')));
}
