import en from './texts/en.js';
import { pref } from './prefs.js';

/** English stands in for what another language lacks; the others come when they are chosen. @type {Record<string, Record<string, any>>} */
const TABLES = { en };
const OTHERS = { de: () => import('./texts/de.js') };
export const LANGUAGES = { en: 'English', de: 'Deutsch' };

/** What a page brings that the start does not need. @type {Record<string, Record<string, any>>} */
const ADDED = { en: {}, de: {} };

/** @param {Record<string, Record<string, any>>} tables by language */
export function addTexts(tables) {
  for (const [one, table] of Object.entries(tables)) Object.assign(ADDED[one] ??= {}, table);
}

let language = 'en';
let plurals = new Intl.PluralRules('en');

/** The language that the person, or else the browser, wishes for. */
export async function chooseLanguage() {
  const wished = [pref('language'), ...(globalThis.navigator?.languages ?? [])].filter(Boolean).map(one => one.slice(0, 2));
  const found = wished.find(one => one in LANGUAGES) ?? 'en';
  try {
    TABLES[found] ??= (await OTHERS[found]()).default;
    language = found;
  } catch (error) {
    console.warn('a language did not come', found, error.message);
  }
  plurals = new Intl.PluralRules(language);
  document.documentElement.lang = language;
}

export const currentLanguage = () => language;

/** The language with the person's region, so that dates and clocks read as they are used to. */
export const locale = () => globalThis.navigator?.languages?.find(one => one.slice(0, 2) === language) ?? language;

/**
 * The text for `key` in the person's language. A plural entry is chosen by `n`; `{name}` is filled from `values`.
 * @param {string} key @param {Record<string, any>} [values] @returns {string}
 */
export function t(key, values = {}) {
  const entry = TABLES[language][key] ?? ADDED[language]?.[key] ?? en[key] ?? ADDED.en[key];
  if (entry === undefined) return key;
  const text = typeof entry === 'string' ? entry : entry[plurals.select(values.n)] ?? entry.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => (name === 'n' ? number(values.n) : String(values[name] ?? '')));
}

export const hasText = key => key in en || key in ADDED.en;
export const number = n => new Intl.NumberFormat(locale()).format(n);

/** @param {string[]} names */
export function list(names) {
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(names);
}
