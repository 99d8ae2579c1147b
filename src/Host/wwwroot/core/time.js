import { currentLanguage, locale, t } from './i18n.js';

const cache = new Map();
function format(options) {
  const key = locale() + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(locale(), options));
  return cache.get(key);
}

/** The local calendar day as "2026-03-01". @param {string | number | Date} at */
export function dayKey(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

export const clock = at => format({ timeStyle: 'short' }).format(new Date(at));
export const fullDate = at => format({ dateStyle: 'full', timeStyle: 'medium' }).format(new Date(at));
export const shortDate = at => format({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));

/** @param {string} at @param {Date} [now] */
export function dayName(at, now = new Date()) {
  const key = dayKey(at);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (key === dayKey(now)) return t('day.today');
  if (key === dayKey(yesterday)) return t('day.yesterday');
  const sameYear = new Date(at).getFullYear() === now.getFullYear();
  return format({ weekday: 'long', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(new Date(at));
}

/** "5 minutes ago", in the person's language. */
export function ago(at, now = Date.now()) {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const language = currentLanguage();
  if (!cache.has(language)) cache.set(language, new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
  for (const [unit, size] of /** @type {const} */ ([['day', 86400], ['hour', 3600], ['minute', 60]])) {
    if (Math.abs(seconds) >= size) return cache.get(language).format(Math.trunc(seconds / size), unit);
  }
  return t('time.justNow');
}

/** A local day, "2026-03-01", as people write it. @param {string} day */
export function dayLabel(day) {
  const [y, m, d] = day.split('-').map(Number);
  return format({ dateStyle: 'medium' }).format(new Date(y, m - 1, d));
}
