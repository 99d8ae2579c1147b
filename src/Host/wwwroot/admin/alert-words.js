// What an alert says, from the facts that the server gives with it, and where it is mended.

import { hasText, t } from '../core/i18n.js';
import { shortDate } from '../core/time.js';
import { bytes } from './units.js';

const PLACE = {
  'disk-low': '/admin/files?sort=-size', errors: '/admin/audit?result=failed', 'mail-stuck': '/admin/mail', audit: '/admin/audit', certificate: '/admin/alerts',
  'backup-failed': '/admin/backups', 'backup-late': '/admin/backups', 'drill-failed': '/admin/backups', 'drill-late': '/admin/backups', 'verification-failed': '/admin/backups',
};
const TIMES = ['at', 'due', 'until'];

/** @param {string} name */
export const placeOf = name => PLACE[name] ?? '/admin/alerts';

/** @param {Record<string, string>} facts */
const words = facts => Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, name === 'bytes' ? bytes(Number(value)) : TIMES.includes(name) ? shortDate(value) : value]));

/** Of a newer server's alert its own English. @param {{name: string, title?: string, facts: Record<string, string>}} one */
export const findingOf = one => (hasText(`admin.alert.${one.name}`) ? t(`admin.alert.${one.name}`, words(one.facts)) : one.title ?? one.name);

/** @param {{name: string, facts: Record<string, string>}} one */
export const adviceOf = one => (hasText(`admin.alertDo.${one.name}`) ? t(`admin.alertDo.${one.name}`, words(one.facts)) : '');
