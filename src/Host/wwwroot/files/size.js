// How much, and how long yet, in the words of the person's language.

import { locale } from '../core/i18n.js';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
const unit = (value, name, digits = 0) => new Intl.NumberFormat(locale(), { style: 'unit', unit: name, unitDisplay: name === 'byte' ? 'long' : 'short', maximumFractionDigits: digits }).format(value);

/** @param {number} bytes */
export function fileSize(bytes) {
  const at = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** at;
  return unit(value, UNITS[at], at > 0 && value < 100 ? 1 : 0);
}

/** @param {number} bytesPerSecond */
export const speedText = bytesPerSecond => `${fileSize(bytesPerSecond)}/s`;

/** @param {number} seconds */
export function durationText(seconds) {
  if (seconds < 60) return unit(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < 3600) return unit(Math.round(seconds / 60), 'minute');
  return `${unit(Math.floor(seconds / 3600), 'hour')} ${unit(Math.round(seconds % 3600 / 60), 'minute')}`;
}
