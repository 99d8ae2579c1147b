// A word to everybody: written, looked at, sent after being asked.

import { post } from '../core/api.js';
import { focusWrong, formError } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { wasDeclined, withStepUp } from '../core/step-up.js';
import { confirm, fieldError, notify } from '../core/ui.js';

const MOST = 2000;

/** @param {HTMLElement} root */
export function page(root) {
  const state = { text: '', message: true, banner: true, level: 'info', busy: false, error: /** @type {any} */ (null), sent: false };

  async function send(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const words = state.text.trim();
    if (!words || !(state.message || state.banner)) {
      state.error = { code: 'validation', errors: words ? { how: [t('admin.announce.nowhere')] } : { text: [t('admin.announce.noText')] } };
      draw();
      return focusWrong(form);
    }
    const goes = [state.banner && t('admin.announce.goesBanner'), state.message && t('admin.announce.goesMessage'), t('admin.announce.goesFinal')].filter(Boolean);
    if (!await confirm({ title: t('admin.announce.ask'), action: t('admin.announce.send'), danger: false, text: h('div.stack', null, h('blockquote.preview', null, words), h('ul.what-goes', null, goes.map(one => h('li', null, one)))) })) return;
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      await withStepUp(() => post('/admin/announcements', { text: words, message: state.message, banner: state.banner, level: state.level }));
      Object.assign(state, { text: '', sent: true });
      notify(t('admin.announce.sent'));
    } catch (error) {
      if (!wasDeclined(error)) state.error = error;
    }
    state.busy = false;
    draw();
    if (state.error) focusWrong(form);
  }

  const check = (name, label, hint) => h('label.check', { key: name }, h('input', { type: 'checkbox', checked: state[name], 'data-testid': `announce-${name}`, onchange: event => { state[name] = event.currentTarget.checked; draw(); } }), h('span', null, label, h('small', null, hint)));

  function draw() {
    const { text, error, level } = state;
    const wrong = fieldError(error, 'text');
    const fields = h('div.field', { key: 'text' }, h('label', { for: 'announcement' }, t('admin.announce.text')),
      h('textarea', { id: 'announcement', rows: '5', maxlength: String(MOST), value: text, 'aria-invalid': wrong ? 'true' : null, 'aria-describedby': 'announcement-hint', 'data-testid': 'announce-text', oninput: event => { state.text = event.currentTarget.value; state.sent = false; draw(); } }),
      h('p', { id: 'announcement-hint', class: wrong ? 'field-error' : 'hint' }, wrong || t('admin.announce.left', { n: MOST - text.length })));
    patch(root, h('form.stack.announce', { novalidate: true, onsubmit: send },
      h('p.muted', { key: 'intro' }, t('admin.announce.intro')), fields,
      h('fieldset', { key: 'how' }, h('legend', null, t('admin.announce.how')), check('banner', t('admin.announce.banner'), t('admin.announce.bannerHint')), check('message', t('admin.announce.message'), t('admin.announce.messageHint'))),
      h('fieldset', { key: 'level' }, h('legend', null, t('admin.announce.level')), ['info', 'warning'].map(one => h('label.check', { key: one }, h('input', { type: 'radio', name: 'level', value: one, checked: level === one, 'data-testid': `announce-${one}`, onchange: () => { state.level = one; draw(); } }), h('span', null, t(`admin.announce.level.${one}`))))),
      text.trim() && h('section', { key: 'preview', 'aria-label': t('admin.announce.preview') }, h('h3', null, t('admin.announce.preview')), h('p.callout', { class: level === 'warning' && 'warn', 'data-testid': 'announce-preview' }, icon(level === 'warning' ? 'warning' : 'megaphone'), h('span.announce-words', null, text))),
      error?.errors?.how ? h('p.form-error', { key: 'error', role: 'alert' }, error.errors.how[0]) : formError(error, fields),
      h('div.detail-acts', { key: 'do' }, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'announce-send' }, icon('megaphone'), t('admin.announce.send')))));
  }
  draw();
}
