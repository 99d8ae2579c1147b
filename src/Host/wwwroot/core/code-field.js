// Six digits from a letter or an app: typed, pasted whole, or filled in by the device.

import { field } from './forms.js';

const DIGITS = 6;

/** Whatever was pasted around them ("123 456", "code: 123456"), the digits stay. @param {string} text */
export const digitsOf = text => text.replace(/\D/g, '').slice(0, DIGITS);

/**
 * @param {string} label @param {Record<string, any>} props with `name`
 * @param {{hint?: any, error?: string, whole?: (form: HTMLFormElement | null) => void}} [more] `whole`: called once all six are there
 */
export function codeField(label, props, { hint, error, whole } = {}) {
  return field(label, {
    inputmode: 'numeric', autocomplete: 'one-time-code', autocapitalize: 'none', spellcheck: 'false', class: 'code-input', required: true, ...props,
    oninput: event => {
      const area = event.currentTarget;
      const digits = digitsOf(area.value);
      if (area.value !== digits) area.value = digits;
      if (digits.length === DIGITS && area.dataset.told !== digits) {
        area.dataset.told = digits;
        whole?.(area.form);
      } else if (digits.length < DIGITS) delete area.dataset.told;
    },
  }, { hint, error });
}
