import { field } from '../core/forms.js';
import { t } from '../core/i18n.js';
import { h, patch } from '../core/html.js';
import { errorText } from '../core/ui.js';
import { openBytes } from '../crypto/format.js';
import { describe, headerLength, parseHeader } from '../crypto/header.js';
import { importPkcs8, readRecoveryCode } from '../crypto/keys.js';
import { damaged, fromBase64Url, HEADER_MAX } from '../crypto/layout.js';
import { fileBox, tasksOf, taskList, work } from './parts.js';

const EXTENSION = /\.cmfile$/i;
const KEY_FILE_MAX = 16_384;

/** @param {File} file what anybody can see of it */
async function look(file) {
  const bytes = new Uint8Array(await file.slice(0, HEADER_MAX).arrayBuffer());
  return describe(parseHeader(bytes.slice(0, headerLength(bytes.subarray(0, 16)))));
}

/** @param {File} file a private key as keygen and the settings write it @param {string} secret its passphrase or recovery code */
async function pairOf(file, secret) {
  if (!file || file.size === 0 || file.size > KEY_FILE_MAX) throw damaged();
  const wrapped = new Uint8Array(await file.arrayBuffer());
  const code = readRecoveryCode(secret);
  const pkcs8 = (code && await openBytes(wrapped, { passphrase: code }).catch(() => null)) || await openBytes(wrapped, { passphrase: secret });
  const pair = await importPkcs8(pkcs8);
  pkcs8.fill(0);
  return pair;
}

/** A whole link, or what stands behind its #. @param {string} text */
function secretOf(text) {
  const secret = fromBase64Url(text.trim().split('#').at(-1) ?? '');
  if (secret.length !== 32) throw damaged();
  return secret;
}

/** @param {Element} root @returns {() => void} draws it anew */
export function decryptPart(root) {
  const state = {
    tasks: /** @type {import('./parts.js').Task[]} */ ([]), ways: /** @type {string[]} */ ([]), way: '', linkHasPassword: false,
    busy: false, error: '',
  };

  /** @param {File[]} files */
  async function take(files) {
    Object.assign(state, { error: '', tasks: tasksOf(files, name => (EXTENSION.test(name) ? name.replace(EXTENSION, '') : `${name}.decrypted`)) });
    try {
      const found = await Promise.all(files.map(look));
      const all = [['key', one => one.keyIds.length > 0], ['passphrase', one => one.hasPassphrase], ['link', one => one.hasLink]];
      state.ways = all.filter(([, has]) => found.every(/** @type {any} */ (has))).map(([way]) => String(way));
      state.way = state.ways[0] ?? '';
      state.linkHasPassword = found.some(one => one.linkHasPassword);
      if (state.ways.length === 0 && files.length > 0) state.error = t('local.nothingInCommon');
    } catch (error) {
      Object.assign(state, { tasks: [], ways: [], error: errorText(error) });
    }
    draw();
  }

  /** @param {FormData} data @returns {Promise<import('../crypto/header.js').Opener>} */
  async function opener(data) {
    if (state.way === 'key') return { pair: await pairOf(/** @type {File} */ (data.get('key')), String(data.get('secret'))) };
    if (state.way === 'passphrase') return { passphrase: String(data.get('secret')) };
    return { secret: secretOf(String(data.get('link'))), password: state.linkHasPassword ? String(data.get('secret')) : null };
  }

  async function decrypt(event) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    Object.assign(state, { busy: true, error: '' });
    draw();
    try {
      const by = await opener(data).catch(() => { throw Object.assign(new Error(), { message: t(state.way === 'key' ? 'local.keyWrong' : 'local.linkWrong') }); });
      await work(state.tasks, source => ({ op: 'open', source, opener: by }), draw);
    } catch (error) {
      state.error = errorText(error);
    }
    state.busy = false;
    draw();
  }

  const SECRETS = { key: 'local.keyPassphrase', passphrase: 'local.filePassphrase', link: 'local.linkPassword' };

  function draw() {
    const { way } = state;
    patch(root, h('form.stack', { novalidate: true, onsubmit: decrypt },
      h('h2', null, t('local.decryptTitle')),
      fileBox({ id: 'decrypt-files', label: t('local.dropEncrypted'), multiple: true, take }),
      taskList(state.tasks, task => { state.tasks = state.tasks.filter(one => one !== task); draw(); }),
      state.ways.length > 1 && h('fieldset', { key: 'ways' }, h('legend', null, t('local.how')), state.ways.map(one => h('label.check', { key: one }, h('input', { type: 'radio', name: 'way', value: one, checked: one === way, 'data-testid': `way-${one}`, onchange: () => { state.way = one; draw(); } }), h('span', null, t(`local.way.${one}`))))),
      way === 'key' && h('div.field', { key: 'key' }, h('label', { for: 'private-key' }, t('local.privateKey')), h('input', { type: 'file', id: 'private-key', name: 'key', 'data-testid': 'private-key' })),
      way === 'link' && field(t('local.link'), { name: 'link', autocomplete: 'off', spellcheck: 'false', 'data-testid': 'decrypt-link' }),
      way && (way !== 'link' || state.linkHasPassword) && field(t(SECRETS[way]), { name: 'secret', type: 'password', autocomplete: 'off', 'data-testid': 'decrypt-secret' }),
      state.error && h('p.form-error', { key: 'error', role: 'alert' }, state.error),
      way && h('div', { key: 'go' }, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'decrypt-go' }, t('local.decrypt')))));
  }
  draw();
  return draw;
}
