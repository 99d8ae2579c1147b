// A picture of a person or a room: shown, changed, taken away.

import { call } from './api.js';
import { cropSquare } from './crop.js';
import { h } from './html.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { needStyle } from './style.js';
import { errorText, notify } from './ui.js';

needStyle('pages.css');

/**
 * @param {{path: string, picture: () => any, url: () => string | null | undefined, done: (answer: any) => void, redraw: () => void}} options
 * @returns {() => any} its content
 */
export function avatarField({ path, picture, url, done, redraw }) {
  const state = { busy: false, error: /** @type {any} */ (null) };

  /** Kept for a moment, so that it can be put back. @returns {Promise<Blob | null>} */
  const asItIs = async () => {
    const answer = await fetch(/** @type {string} */ (url()), { credentials: 'same-origin' }).catch(() => null);
    return answer?.ok ? answer.blob() : null;
  };

  async function remove() {
    state.busy = true;
    redraw();
    const before = await asItIs();
    await send('DELETE', undefined, before ? () => send('PUT', before) : undefined);
  }

  /** @param {string} method @param {Blob} [body] @param {() => void} [undo] */
  async function send(method, body, undo) {
    Object.assign(state, { busy: true, error: null });
    redraw();
    try {
      done(await call(method, path, body));
      notify(t(method === 'PUT' ? 'crop.saved' : 'crop.removed'), undo ? { undo } : { ms: 2500 });
    } catch (error) {
      state.error = error;
    }
    state.busy = false;
    redraw();
  }

  async function chosen(event) {
    const input = event.currentTarget;
    const file = input.files?.[0];
    input.value = '';
    const square = file && await cropSquare(file);
    if (square) await send('PUT', square);
  }

  return () => h('div.avatar-field', null,
    h('label.avatar-pick', { title: t('crop.choose') }, picture(), h('span.avatar-shade', { 'aria-hidden': 'true' }, icon('camera')),
      h('input', { type: 'file', accept: 'image/png,image/jpeg,image/webp,image/gif', 'aria-label': t('crop.choose'), disabled: state.busy, 'data-testid': 'avatar-file', onchange: chosen })),
    h('div', null,
      h('div.avatar-buttons', null,
        h('button.secondary', { type: 'button', disabled: state.busy, 'data-testid': 'avatar-choose', onclick: event => event.currentTarget.closest('.avatar-field')?.querySelector('input')?.click() }, icon('camera'), t('crop.choose')),
        url() && h('button.danger-quiet', { type: 'button', disabled: state.busy, 'data-testid': 'avatar-remove', onclick: remove }, t('crop.remove'))),
      h('p.hint', null, t('crop.hint')),
      state.error && h('p.field-error', { role: 'alert' }, errorText(state.error))));
}
