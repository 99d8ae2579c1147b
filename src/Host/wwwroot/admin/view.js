// The administration: a door that asks once more who is there, the pages beside their names, and each page an address.

import './texts.js';
import { h, keep, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { lazyView } from '../core/lazy.js';
import { currentRoute, goBack, navigate } from '../core/router.js';
import { titlePart } from '../core/status.js';
import { stepUp } from '../core/step-up.js';
import { needStyle } from '../core/style.js';
import { empty, failure, iconButton, skeleton } from '../core/ui.js';
import { GROUPS, isPage } from './pages.js';

needStyle('admin.css');
needStyle('admin-lists.css');

const LOAD = {
  overview: () => import('./overview.js'), users: () => import('./users.js'), tokens: () => import('./tokens.js'), invitations: () => import('./invitations.js'), rooms: () => import('./rooms.js'),
  messages: () => import('./messages.js'), files: () => import('./files.js'), transfers: () => import('./transfers.js'), invites: () => import('./invites.js'), mail: () => import('./mail.js'), hooks: () => import('./hooks.js'),
  jobs: () => import('./jobs.js'), backups: () => import('./backups.js'), audit: () => import('./audit.js'), settings: () => import('./settings.js'), alerts: () => import('./alerts.js'), nodes: () => import('./nodes.js'), announcements: () => import('./announcements.js'),
};

const hrefOf = name => (name === 'overview' ? '/admin' : `/admin/${name}`);

/** @param {HTMLElement} root */
export function adminView(root) {
  const state = { key: '', page: /** @type {any} */ (null), open: false, stopped: false };
  const place = h('div.admin-page', { own: true });
  const head = h('div.admin-head-acts', { own: true });

  function frame(name) {
    const links = GROUPS.map(([group, pages]) => h('section', { key: group }, h('h2', { id: `admin-${group}` }, t(`admin.group.${group}`)),
      h('ul', { 'aria-labelledby': `admin-${group}` }, pages.map(one => h('li', { key: one }, h('a', { href: hrefOf(one), 'aria-current': one === name ? 'page' : null, 'data-testid': `admin-${one}` }, t(`admin.page.${one}`)))))));
    const choice = h('select.admin-choice', { key: 'choice', 'aria-label': t('admin.pages'), value: name, 'data-testid': 'admin-choice', onchange: event => navigate(hrefOf(event.currentTarget.value)) },
      GROUPS.map(([group, pages]) => h('optgroup', { label: t(`admin.group.${group}`) }, pages.map(one => h('option', { value: one }, t(`admin.page.${one}`))))));
    patch(root, h('div.page.admin', null,
      h('header.page-head', null, iconButton('back', t('admin.leave'), { onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t(`admin.page.${name}`)), keep(head)),
      h('div.page-body.admin-body', null, h('nav.admin-nav', { 'aria-label': t('admin.title') }, h('div.admin-links', null, links), choice), keep(place))));
    titlePart(t(`admin.page.${name}`));
  }

  /** @param {boolean} focus */
  function show(focus) {
    const at = currentRoute();
    const name = at.params.page ?? 'overview';
    const known = isPage(name);
    const key = `${name}/${at.params.id ?? ''}`;
    if (key === state.key) return state.page?.view?.moved?.(at);
    state.page?.stop();
    state.key = key;
    head.replaceChildren();
    frame(known ? name : 'overview');
    place.replaceChildren();
    const inside = h('div.admin-inside', null);
    place.append(inside);
    if (!known) {
      patch(inside, empty('compass', t('home.unknown'), t('home.unknownText'), h('a.button.secondary', { href: '/admin' }, t('admin.page.overview'))));
      state.page = { stop() {} };
    } else state.page = lazyView(inside, LOAD[name], module => module.page(inside, { id: at.params.id, head }));
    const body = root.querySelector('.page-body');
    if (body) body.scrollTop = 0;
    if (focus) /** @type {HTMLElement | null} */ (root.querySelector('h1'))?.focus();
  }

  /** Nobody who only passes an open computer reads how the server is doing. */
  async function enter() {
    patch(root, h('div.page', null, h('header.page-head', null, iconButton('back', t('action.back'), { onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('admin.title'))), h('div.page-body', null, skeleton(5, 'row'))));
    const closed = content => { if (!state.stopped) patch(/** @type {Element} */ (root.querySelector('.page-body')), content); };
    try {
      if (!await stepUp()) return closed(empty('lock', t('admin.door'), t('admin.doorText'), h('button.primary', { type: 'button', 'data-testid': 'admin-door', onclick: enter }, icon('key'), t('admin.doorDo'))));
    } catch (error) {
      return closed(failure(error, enter));
    }
    if (state.stopped) return;
    state.open = true;
    show(true);
  }
  enter();
  return {
    stop() { state.stopped = true; state.page?.stop(); },
    moved() { if (state.open) show(true); },
  };
}
