import { field } from '../core/forms.js';
import { t } from '../core/i18n.js';
import { h, patch } from '../core/html.js';
import { errorText, iconButton } from '../core/ui.js';
import { fingerprint, groups, parsePublicKey } from '../crypto/keys.js';
import { fileBox, tasksOf, taskList, work } from './parts.js';

const PASSPHRASE_MIN = 12;
const KEY_FILE_MAX = 4096;

/** @param {Element} root @returns {() => void} draws it anew */
export function encryptPart(root) {
  const state = {
    tasks: /** @type {import('./parts.js').Task[]} */ ([]), keys: /** @type {{name: string, point: Uint8Array, fingerprint: string}[]} */ ([]),
    busy: false, error: '', fields: /** @type {Record<string, string>} */ ({}),
  };

  /** @param {string} name @param {string} text */
  async function addKey(name, text) {
    const point = await parsePublicKey(text);
    const print = await fingerprint(point);
    if (!state.keys.some(one => one.fingerprint === print)) state.keys = [...state.keys, { name, point, fingerprint: print }];
  }

  /** @param {File[]} files */
  async function takeKeys(files) {
    state.error = '';
    for (const file of files) {
      try {
        if (file.size > KEY_FILE_MAX) throw new Error('too long');
        await addKey(file.name, await file.text());
      } catch {
        state.error = t('local.noKey', { name: file.name });
      }
    }
    draw();
  }

  async function encrypt(event) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const passphrase = String(data.get('passphrase'));
    const pasted = String(data.get('pasted')).trim();
    Object.assign(state, { error: '', fields: {} });
    try {
      if (pasted) await addKey(t('local.pasted'), pasted);
    } catch {
      state.fields.pasted = t('local.noKeyPasted');
    }
    if (passphrase && passphrase.length < PASSPHRASE_MIN) state.fields.passphrase = t('keys.tooShort', { n: PASSPHRASE_MIN });
    else if (passphrase !== String(data.get('again'))) state.fields.again = t('keys.differ');
    const recipients = [...state.keys.map(({ point }) => ({ point })), ...(passphrase ? [{ passphrase }] : [])];
    if (state.tasks.length === 0) state.error = t('local.noFile');
    else if (recipients.length === 0 && Object.keys(state.fields).length === 0) state.error = t('local.noRecipient');
    if (state.error || Object.keys(state.fields).length > 0) return draw();
    state.busy = true;
    try {
      await work(state.tasks, source => ({ op: 'seal', source, recipients }), draw);
    } catch (error) {
      state.error = errorText(error);
    }
    state.busy = false;
    draw();
  }

  function draw() {
    const { fields } = state;
    patch(root, h('form.stack', { novalidate: true, onsubmit: encrypt },
      h('h2', null, t('local.encryptTitle')),
      fileBox({ id: 'encrypt-files', label: t('local.dropFiles'), multiple: true, take: files => { state.tasks = [...state.tasks, ...tasksOf(files, name => `${name}.cmfile`)]; draw(); } }),
      taskList(state.tasks, task => { state.tasks = state.tasks.filter(one => one !== task); draw(); }),
      h('fieldset.stack', { key: 'who' }, h('legend', null, t('local.who')),
        state.keys.length > 0 && h('ul.local-list', { key: 'keys' }, state.keys.map(one => h('li', { key: one.fingerprint, 'data-testid': 'recipient' }, h('strong', null, one.name),
          iconButton('close', t('local.remove'), { onclick: () => { state.keys = state.keys.filter(other => other !== one); draw(); } }),
          h('p.fingerprint', null, groups(one.fingerprint).map(part => [h('span', null, part), ' ']))))),
        h('div.field', { key: 'key-files' }, h('label', { for: 'recipient-keys' }, t('local.keyFiles')),
          h('input', { type: 'file', id: 'recipient-keys', multiple: true, accept: '.pub,.pem,.txt', 'data-testid': 'recipient-keys', onchange: event => { takeKeys([...event.currentTarget.files]); event.currentTarget.value = ''; } })),
        field(t('local.paste'), { name: 'pasted', rows: '3', spellcheck: 'false', 'data-testid': 'pasted-key' }, { error: fields.pasted }),
        field(t('local.orPassphrase'), { name: 'passphrase', type: 'password', autocomplete: 'new-password', maxlength: '200', 'data-testid': 'encrypt-passphrase' }, { hint: t('local.passphraseHint', { n: PASSPHRASE_MIN }), error: fields.passphrase }),
        field(t('keys.again'), { name: 'again', type: 'password', autocomplete: 'new-password', maxlength: '200', 'data-testid': 'encrypt-again' }, { error: fields.again })),
      state.error && h('p.form-error', { key: 'error', role: 'alert' }, state.error),
      h('div', { key: 'go' }, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'encrypt-go' }, t('local.encrypt')))));
  }
  draw();
  return draw;
}
