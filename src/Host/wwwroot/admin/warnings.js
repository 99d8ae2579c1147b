// What an admin should know before anything else, told from the newest numbers: cause, meaning, what to do.

import { placeOf } from './alert-words.js';
import { jobAddress } from './pages.js';

export const QUEUE = { 'queue.mail': 100, 'queue.push': 1000, 'queue.bytes': 1000, 'queue.audit': 1000 };
export const COMMIT_MS = 500;

/** What an open alert says already is not said twice. */
const TOLD_BY = { 'backups.make': ['backup-failed'], 'backups.drill': ['drill-failed'], 'admin.check-audit': ['audit'] };

/**
 * The server's alerts, which it judges itself and tells of by mail too, and beside them what is seen from the newest numbers and lists alone.
 * @param {{values?: Record<string, number>, at?: string, alerts?: any[], jobs?: any[], mail?: any, backups?: any, now?: number}} known what could be asked; what is missing is not judged
 * @returns {{level: 'danger' | 'warn', key: string, values: Record<string, any>, href: string, alert?: any}[]} the worst first
 */
export function warningsOf({ values = {}, at, alerts = [], jobs = [], mail = null, backups = null, now = Date.now() }) {
  const found = /** @type {{level: 'danger' | 'warn', key: string, values: Record<string, any>, href: string, alert?: any}[]} */ ([]);
  const add = (level, key, href, more = {}) => found.push({ level, key, href, values: more });
  const open = new Set(alerts.map(one => one.name));
  for (const one of alerts) found.push({ level: one.level === 'danger' ? 'danger' : 'warn', key: `alert.${one.name}`, href: placeOf(one.name), values: {}, alert: one });
  if (values['commit.p99'] > COMMIT_MS) add('warn', 'slow', '/admin', { ms: values['commit.p99'] });
  for (const [name, most] of Object.entries(QUEUE)) if (values[name] > most) add('warn', name, name === 'queue.mail' ? '/admin/mail' : '/admin/jobs', { n: values[name] });
  if (mail?.works && mail.trouble && !open.has('mail-stuck')) add('danger', 'mail', '/admin/mail', { problem: mail.trouble });
  else if (mail && !mail.works) add('warn', 'noMail', '/admin/mail');
  for (const job of jobs) {
    if (job.lastRun?.result === 'failed' && !TOLD_BY[job.name]?.some(name => open.has(name))) add('danger', 'job', jobAddress(job.name), { name: job.name, problem: job.lastRun.error ?? '' });
    else if (job.state === 'paused') add('warn', 'paused', jobAddress(job.name), { name: job.name });
  }
  if (backups && !backups.works) add('warn', 'noBackups', '/admin/backups');
  if (at && now - Date.parse(at) > 5 * 60_000) add('warn', 'stale', '/admin/jobs');
  return found.sort((a, b) => Number(b.level === 'danger') - Number(a.level === 'danger'));
}
