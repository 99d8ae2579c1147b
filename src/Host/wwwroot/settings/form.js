import { focusWrong } from '../core/forms.js';
import { h, patch } from '../core/html.js';

/**
 * A form on a settings page that tells what became of it.
 * @returns {() => void} draws it anew
 * @param {Element} root @param {(state: {busy: boolean, error: any, done: boolean}) => any} content @param {(data: FormData) => Promise<any>} save @param {string} doneText
 */
export function settingsForm(root, content, save, doneText) {
  const state = { busy: false, error: /** @type {any} */ (null), done: false };
  const draw = () => patch(root, h('form.stack', {
    novalidate: true,
    onsubmit: async event => {
      event.preventDefault();
      const form = event.currentTarget;
      const data = new FormData(form);
      Object.assign(state, { busy: true, error: null, done: false });
      draw();
      try {
        await save(data);
        state.done = true;
      } catch (error) {
        state.error = error;
      }
      state.busy = false;
      draw();
      if (state.error) focusWrong(root);
    },
  }, content(state), state.done && h('p.callout.ok', { role: 'status' }, doneText)));
  draw();
  return draw;
}
