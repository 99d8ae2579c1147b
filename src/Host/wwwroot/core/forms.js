// Forms: fields that tell what is wrong with them. They come with the pages that have some.

import { h } from './html.js';
import { t } from './i18n.js';
import { errorText } from './ui.js';

/** What is wrong takes the place of the hint, which says the same more kindly. @param {string} label @param {Record<string, any>} props @param {{hint?: any, error?: string}} [more] */
export function field(label, props, { hint = null, error = '' } = {}) {
  const id = props.id ?? `f-${props.name}`;
  const described = error ? `${id}-error` : hint ? `${id}-hint` : null;
  const control = h(props.rows ? 'textarea' : 'input', { ...props, id, 'aria-describedby': described, 'aria-invalid': error ? 'true' : null });
  return h('div.field', { key: id },
    h('label', { for: id }, label), control,
    hint && !error && h('p.hint', { id: `${id}-hint` }, hint),
    error && h('p.field-error', { id: `${id}-error` }, error));
}

/** What no field of `content` tells already. @param {any} error @param {any} content */
export function formError(error, content) {
  const told = [content].flat(9).some(one => one instanceof Element && (one.matches('[aria-invalid]') || one.querySelector('[aria-invalid]')));
  return error && !told && h('p.form-error', { role: 'alert', 'data-testid': 'form-error' }, errorText(error));
}

/** Who is told of a mistake is led to it. @param {Element} root */
export const focusWrong = root => /** @type {HTMLElement | null} */ (root.querySelector('[aria-invalid]'))?.focus();

/**
 * A form in a dialog that tells its own errors.
 * @param {(result?: any) => void} close @param {() => void} redraw
 * @param {{fields: (error: any) => any, action: string, submit: (data: FormData) => Promise<any>, testid?: string, danger?: boolean}} form
 */
export function dialogForm(close, redraw, { fields, action, submit, testid, danger = false }) {
  const state = dialogForm.states.get(redraw) ?? { busy: false, error: null };
  dialogForm.states.set(redraw, state);
  const content = [fields(state.error)].flat(9);
  return h('form.stack', {
    novalidate: true,
    onsubmit: async event => {
      event.preventDefault();
      const form = event.currentTarget;
      const data = new FormData(form);
      Object.assign(state, { busy: true, error: null });
      redraw();
      try {
        close(await submit(data));
      } catch (error) {
        Object.assign(state, { busy: false, error });
        redraw();
        focusWrong(form);
      }
    },
  },
  content,
  formError(state.error, content),
  h('footer.dialog-foot', null,
    h('button.secondary', { type: 'button', onclick: () => close() }, t('action.cancel')),
    h('button', { type: 'submit', class: danger ? 'danger' : 'primary', disabled: state.busy, 'data-testid': testid }, action)));
}
/** @type {WeakMap<Function, {busy: boolean, error: any}>} */
dialogForm.states = new WeakMap();
