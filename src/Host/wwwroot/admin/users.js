// Everybody who has an account here.

import { avatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { normalUser } from '../core/normal.js';
import { store } from '../core/store.js';
import { askedForMany } from './act.js';
import { facts, mark, since, text, when, yesNo } from './cells.js';
import { detailView } from './detail.js';
import { listView } from './list.js';
import { create, giveRole, ROLES, userActs } from './user-acts.js';

/** @param {any} user */
function standing(user) {
  if (user.deletedAt) return mark('quiet', t('admin.user.isDeleted'));
  return user.isActive ? mark('ok', t('admin.choice.active.true')) : mark('warn', t('admin.choice.active.false'));
}

const named = user => [avatar(normalUser(user), 'small'), h('span.name-cell', null, h('strong', null, user.displayName), h('small', null, `@${user.username}`, user.isBot && ` · ${t('admin.choice.bot.true')}`))];

/** @type {import('./list.js').List} */
const users = {
  name: 'users', path: '/admin/users', address: '/admin/users', sign: 'people', searches: true, sorts: ['-createdAt', 'username', 'displayName'],
  filters: [{ name: 'role', options: ['admin', 'member', 'guest'] }, { name: 'active', options: ['true', 'false'] }, { name: 'bot', options: ['true', 'false'] }],
  label: one => one.displayName, href: one => `/admin/users/${one.id}`,
  columns: [
    { name: 'person', main: true, sort: 'displayName', cell: named },
    { name: 'email', wide: true, long: true, cell: one => text(one.email) },
    { name: 'role', cell: one => t(`admin.choice.role.${one.role}`) },
    { name: 'standing', cell: standing },
    { name: 'lastLogin', cell: one => since(one.lastLoginAt) },
    { name: 'created', sort: 'createdAt', wide: true, cell: one => when(one.createdAt) },
  ],
  acts: userActs,
  bulk: [
    { action: 'users.deactivate', ask: askedForMany('users.deactivate', 'deactivate') }, { action: 'users.activate', ask: askedForMany('users.activate', 'activate') },
    { action: 'users.end-sessions', ask: askedForMany('users.end-sessions', 'sessions') }, { action: 'users.delete', danger: true, ask: askedForMany('users.delete', 'user') },
  ],
};

/** @param {any} user @param {() => Promise<void>} reload */
function roleChoice(user, reload) {
  return h('label.role-choice', null, h('span', null, t('admin.filter.role')), h('select', {
    value: user.role, 'data-testid': 'user-role',
    onchange: async event => { const select = event.currentTarget; if (!await giveRole(user, select.value, reload)) select.value = user.role; },
  }, ROLES.map(one => h('option', { value: one }, t(`admin.choice.role.${one}`)))));
}

/** @param {HTMLElement} root @param {string} id */
function userPage(root, id) {
  return detailView(root, {
    path: `/admin/users/${id}`, back: '/admin/users', page: 'users',
    title: user => [avatar(normalUser(user), 'medium'), h('span', null, user.displayName), standing(user)],
    loaded: raw => store.set(now => ({ ...now, users: { ...now.users, [raw.id]: normalUser(raw) } })),
    content: (user, { reload, leave }) => [
      facts([
        [t('admin.col.username'), `@${user.username}`], [t('admin.col.email'), user.email ? [user.email, ' ', mark(user.emailVerified ? 'ok' : 'warn', t(user.emailVerified ? 'admin.user.verified' : 'admin.user.unverified'))] : text(null)],
        [t('admin.col.created'), when(user.createdAt)], [t('admin.col.lastLogin'), when(user.lastLoginAt)], [t('admin.user.secondFactor'), yesNo(user.secondFactor)], [t('admin.user.sessions'), String(user.sessions ?? 0)],
        [t('admin.user.deletedAt'), user.deletedAt ? when(user.deletedAt) : undefined],
      ]),
      !user.deletedAt && h('section.stack', { key: 'do', 'aria-label': t('admin.list.acts') },
        !user.isBot && roleChoice(user, reload),
        h('div.detail-acts', null, userActs(user, reload).map(one => h('button', {
          key: one.testid, type: 'button', class: one.danger ? 'danger-quiet' : 'secondary', 'data-testid': one.testid, onclick: one.testid === 'user-delete' ? () => userActs(user, leave).at(-1)?.run() : one.run,
        }, icon(/** @type {any} */ (one.icon)), one.label)))),
      h('nav.detail-links', { key: 'links', 'aria-label': t('admin.user.elsewhere') }, h('h3', null, t('admin.user.elsewhere')), h('ul', null, [
        ['tokens', `/admin/tokens?userId=${id}`], ['rooms', `/admin/rooms?userId=${id}`], ['messages', `/admin/messages?senderId=${id}`], ['files', `/admin/files?ownerId=${id}`],
        ['transfers', `/admin/transfers?senderId=${id}`], ['audit', `/admin/audit?subjectId=${id}`],
      ].map(([page, href]) => h('li', { key: page }, h('a', { href }, t(`admin.page.${page}`)))), !user.deletedAt && h('li', { key: 'card' }, h('a', { href: `/people/${id}` }, t('admin.user.card'))))),
    ],
  });
}

/** @param {HTMLElement} root @param {{id?: string, head: HTMLElement}} at */
export function page(root, { id, head }) {
  if (id) return userPage(root, id);
  const view = listView(root, users);
  head.append(h('button.primary', { type: 'button', 'data-testid': 'new-user', 'aria-haspopup': 'dialog', onclick: () => create(view.reload) }, icon('plus'), t('admin.user.new')));
  return view;
}
