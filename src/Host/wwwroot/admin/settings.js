// What can be set while the server runs: one form for each group, saved as one.

import { get, put } from '../core/api.js';
import { focusWrong, formError } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { currentLanguage, hasText, number, t } from '../core/i18n.js';
import { withStepUp, wasDeclined } from '../core/step-up.js';
import { yesNo } from './cells.js';
import { empty, notify, skeleton } from '../core/ui.js';
import { refused } from './refused.js';

/** @typedef {{key: string, type: 'text' | 'number' | 'flag' | 'choice', value: any, configured: any, source: string, options: string[] | null, min: number | null, max: number | null, description: string}} Setting */

const groupOf = key => key.split(':')[0];
/** A key's last part as words: "MaxFileBytes" is "Max file bytes". @param {string} key */
const wordsOf = key => {
  const words = key.split(':').slice(1).join(' ').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
const titleOf = key => (hasText(`admin.setting.${key}`) ? t(`admin.setting.${key}`) : wordsOf(key));
/** @param {string} option as in configuration: "SelfOnly" is "Self only" */
const optionOf = option => (hasText(`admin.option.${option}`) ? t(`admin.option.${option}`) : wordsOf(`:${option}`));
/** @param {Setting} one @param {any} value */
const shown = (one, value) => (value == null || value === '' ? '–' : one.type === 'flag' ? yesNo(String(value) === 'true') : one.type === 'choice' ? optionOf(String(value)) : one.type === 'number' ? number(Number(value)) : String(value));

/** What the form says of a setting, as the server takes it. @param {Setting} one @param {FormData} data */
function valueOf(one, data) {
  if (one.type === 'flag') return data.get(one.key) === 'on';
  const given = String(data.get(one.key) ?? '').trim();
  return one.type === 'number' && given !== '' && Number.isFinite(Number(given)) ? Number(given) : given;
}

/** @param {Setting} one @param {string | undefined} text what the server says is wrong @param {() => void} back */
function control(one, text, back) {
  const id = `s-${one.key.replace(/\W/g, '-')}`;
  const shared = { id, name: one.key, 'aria-describedby': `${id}-hint`, 'aria-invalid': text ? 'true' : null, 'data-testid': `setting-${one.key}` };
  const bounds = one.type === 'number' && (one.min != null || one.max != null) ? t('admin.setting.bounds', { min: shown(one, one.min), max: shown(one, one.max) }) : '';
  const hint = h('div', { id: `${id}-hint` }, text && h('p.field-error', null, currentLanguage() === 'en' ? text : t('admin.setting.wrong')), h('p.hint', null, [hasText(`admin.settingText.${one.key}`) ? t(`admin.settingText.${one.key}`) : one.description, bounds].filter(Boolean).join(' ')),
    one.source === 'admin' && h('p.hint', null, t('admin.setting.configured', { value: shown(one, one.configured) }), ' ', h('button.link-button', { type: 'button', 'data-testid': `reset-${one.key}`, onclick: back }, t('admin.setting.reset'))));
  if (one.type === 'flag') return h('div.field', { key: one.key }, h('label.check', null, h('input', { ...shared, type: 'checkbox', checked: String(one.value) === 'true' }), h('span', null, titleOf(one.key))), hint);
  const input = one.type === 'choice'
    ? h('select', { ...shared, value: String(one.value ?? '') }, (one.options ?? []).map(option => h('option', { value: option }, optionOf(option))))
    : h('input', { ...shared, type: one.type === 'number' ? 'number' : 'text', value: one.value == null ? '' : String(one.value), min: one.type === 'number' ? one.min : null, max: one.type === 'number' ? one.max : null, maxlength: one.type === 'text' ? String(one.max ?? 2000) : null, autocomplete: 'off' });
  return h('div.field', { key: one.key }, h('label', { for: id }, titleOf(one.key)), input, hint);
}

/** @param {HTMLElement} root */
export function page(root) {
  const state = { items: /** @type {Setting[] | null} */ (null), error: /** @type {any} */ (null), busy: '', wrong: /** @type {Record<string, any>} */ ({}), stopped: false };
  async function load() {
    try {
      Object.assign(state, { items: (await get('/admin/settings')).items, error: null });
    } catch (error) {
      state.error = error;
    }
    if (!state.stopped) draw();
  }

  /** @param {string} group @param {Record<string, any>} values @param {Element | null} form */
  async function save(group, values, form) {
    if (!Object.keys(values).length) return notify(t('admin.nothingChanged'));
    Object.assign(state, { busy: group, wrong: { ...state.wrong, [group]: null } });
    draw();
    try {
      state.items = (await withStepUp(() => put('/admin/settings', { values }))).items;
      notify(t('admin.saved'));
    } catch (error) {
      if (!wasDeclined(error)) state.wrong[group] = error;
    }
    state.busy = '';
    draw();
    if (state.wrong[group] && form) focusWrong(form);
  }

  /** @param {string} group @param {Setting[]} items */
  function form(group, items) {
    const wrong = state.wrong[group];
    const fields = items.map(one => control(one, wrong?.errors?.[one.key]?.[0], () => save(group, { [one.key]: null }, null)));
    const onsubmit = event => {
      event.preventDefault();
      const data = new FormData(event.currentTarget);
      save(group, Object.fromEntries(items.map(one => /** @type {[string, any]} */ ([one.key, valueOf(one, data)])).filter(([key, value]) => String(value) !== String(items.find(one => one.key === key)?.value ?? ''))), event.currentTarget);
    };
    return h('form.stack.setting-group', { key: group, novalidate: true, onsubmit, 'aria-labelledby': `group-${group}`, 'data-testid': `group-${group}` }, h('h2', { id: `group-${group}` }, hasText(`admin.settings.${group}`) ? t(`admin.settings.${group}`) : group), fields, formError(wrong, fields),
      h('div.detail-acts', null, h('button.primary', { type: 'submit', disabled: state.busy === group, 'data-testid': `save-${group}` }, t('action.save'))));
  }

  function body() {
    const { items, error } = state;
    if (error) return refused(error, load);
    if (!items) return skeleton(8, 'row');
    if (!items.length) return empty('settings', t('admin.none.settings'), t('admin.noneText.settings'));
    return [...new Set(items.map(one => groupOf(one.key)))].map(group => form(group, items.filter(one => groupOf(one.key) === group)));
  }
  function draw() {
    patch(root, h('div.settings-forms', null, h('p.muted', { key: 'intro' }, t('admin.settingsText')), body()));
  }
  draw();
  load();
  return { stop() { state.stopped = true; } };
}
