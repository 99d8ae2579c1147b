// What an admin should know before anything else, told from the newest numbers: cause, meaning, what to do.

import { jobAddress } from './pages.js';

const GIB = 2 ** 30;
const DAY = 86_400_000;

/** Below so much free space files are soon refused; a server stops writing when there is none. */
export const DISK = { danger: GIB, warn: 5 * GIB };
export const QUEUE = { 'queue.mail': 100, 'queue.push': 1000, 'queue.bytes': 1000, 'queue.audit': 1000 };
export const ERRORS_A_MINUTE = 1;
export const COMMIT_MS = 500;

/**
 * @param {{values?: Record<string, number>, at?: string, jobs?: any[], mail?: any, backups?: any, now?: number}} known what could be asked; what is missing is not judged
 * @returns {{level: 'danger' | 'warn', key: string, values: Record<string, any>, href: string}[]} the worst first
 */
export function warningsOf({ values = {}, at, jobs = [], mail = null, backups = null, now = Date.now() }) {
  const found = /** @type {{level: 'danger' | 'warn', key: string, values: Record<string, any>, href: string}[]} */ ([]);
  const add = (level, key, href, more = {}) => found.push({ level, key, href, values: more });
  const free = values['disk.free'];
  if (free !== undefined && free < DISK.warn) add(free < DISK.danger ? 'danger' : 'warn', 'disk', '/admin/files?sort=-size', { bytes: free });
  if (values['errors.rate'] >= ERRORS_A_MINUTE) add('danger', 'errors', '/admin/audit?result=failed', { n: Math.round(values['errors.rate']) });
  if (values['commit.p99'] > COMMIT_MS) add('warn', 'slow', '/admin', { ms: values['commit.p99'] });
  for (const [name, most] of Object.entries(QUEUE)) if (values[name] > most) add('warn', name, name === 'queue.mail' ? '/admin/mail' : '/admin/jobs', { n: values[name] });
  if (mail?.works && mail.trouble) add('danger', 'mail', '/admin/mail', { problem: mail.trouble });
  else if (mail && !mail.works) add('warn', 'noMail', '/admin/mail');
  for (const job of jobs) {
    if (job.lastRun?.result === 'failed') add('danger', 'job', jobAddress(job.name), { name: job.name, problem: job.lastRun.error ?? '' });
    else if (job.state === 'paused') add('warn', 'paused', jobAddress(job.name), { name: job.name });
  }
  if (backups) {
    const { works, last = {} } = backups;
    if (!works) add('warn', 'noBackups', '/admin/backups');
    else {
      for (const kind of ['backup', 'verification', 'drill']) if (last[kind] && !last[kind].ok) add('danger', `${kind}Failed`, '/admin/backups', { problem: last[kind].how ?? '' });
      if (!last.backup || now - Date.parse(last.backup.endedAt) > 2 * DAY) add('warn', 'oldBackup', '/admin/backups');
    }
  }
  if (at && now - Date.parse(at) > 5 * 60_000) add('warn', 'stale', '/admin/jobs');
  return found.sort((a, b) => Number(b.level === 'danger') - Number(a.level === 'danger'));
}
