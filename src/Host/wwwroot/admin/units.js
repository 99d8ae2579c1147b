// Numbers as people read them.

import { locale, number, t } from '../core/i18n.js';

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'];

/** @param {number} n */
export function bytes(n) {
  let [value, unit] = [n, 0];
  while (Math.abs(value) >= 1024 && unit < BYTES.length - 1) [value, unit] = [value / 1024, unit + 1];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: BYTES[unit], unitDisplay: unit ? 'short' : 'long', maximumFractionDigits: value >= 100 || unit === 0 ? 0 : 1 }).format(value);
}

const decimal = (n, digits) => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(n);
const digits = n => (n >= 100 ? 0 : n >= 10 ? 1 : 2);

/** @param {number} n of milliseconds */
export function duration(n) {
  if (n < 1000) return t('admin.unit.ms', { value: decimal(n, n < 10 ? 1 : 0) });
  if (n < 60_000) return t('admin.unit.s', { value: decimal(n / 1000, 1) });
  if (n < 3_600_000) return t('admin.unit.min', { value: decimal(n / 60_000, 1) });
  return t('admin.unit.h', { value: decimal(n / 3_600_000, 1) });
}

/** How often something recurs. @param {number} seconds */
export function every(seconds) {
  if (seconds % 86_400 === 0) return t('admin.every.days', { n: seconds / 86_400 });
  if (seconds % 3600 === 0) return t('admin.every.hours', { n: seconds / 3600 });
  return seconds % 60 === 0 ? t('admin.every.minutes', { n: seconds / 60 }) : t('admin.every.seconds', { n: seconds });
}

/** @param {'count' | 'bytes' | 'ms' | 'perSecond' | 'perMinute'} unit @param {number} n */
export function measured(unit, n) {
  if (unit === 'bytes') return bytes(n);
  if (unit === 'ms') return duration(n);
  if (unit === 'count') return number(Math.round(n));
  return t(unit === 'perSecond' ? 'admin.unit.perSecond' : 'admin.unit.perMinute', { value: decimal(n, digits(n)) });
}

/** The same without its unit's words, for an axis. @param {string} unit @param {number} n */
export const onAxis = (unit, n) => (unit === 'bytes' ? bytes(n) : unit === 'ms' ? duration(n) : new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 2 }).format(n));
