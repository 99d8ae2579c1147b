// What stands in the cells of lists and in the facts of details.

import { avatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { nameOf, person } from '../core/people.js';
import { ago, fullDate, shortDate } from '../core/time.js';
import { roomNamed } from './names.js';

const none = () => h('span.muted', { 'aria-label': t('admin.none') }, '–');

/** @param {string | null | undefined} at */
export const when = at => (at ? h('time', { datetime: at, title: fullDate(at) }, shortDate(at)) : none());

/** @param {string | null | undefined} at */
export const since = at => (at ? h('time', { datetime: at, title: fullDate(at) }, ago(at)) : none());

/** @param {string | null | undefined} value */
export const text = value => (value === null || value === undefined || value === '' ? none() : String(value));

/** @param {string | null | undefined} id */
export function who(id) {
  if (!id) return none();
  const user = person(id);
  return h('a.cell-link', { href: `/admin/users/${id}` }, avatar(user ?? { id, displayName: '?' }, 'tiny'), h('span', null, user ? nameOf(id) : '…'));
}

/** @param {string | null | undefined} id */
export const where = id => (id ? h('a.cell-link', { href: `/admin/rooms/${id}` }, roomNamed(id)) : none());

/** A word with a colour that is never alone. @param {'ok' | 'warn' | 'bad' | 'quiet'} kind @param {string} label */
export const mark = (kind, label) => h('span.mark', { class: kind }, label);

/** @param {boolean} value */
export const yesNo = value => t(value ? 'admin.yes' : 'admin.no');

/** @param {[string, any][]} rows labels and what stands beside them */
export const facts = rows => h('dl.facts.admin-facts', null, rows.filter(([, value]) => value !== undefined).map(([label, value]) => [h('dt', null, label), h('dd', null, value)]));
