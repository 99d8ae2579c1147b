import { field } from '../core/forms.js';
import { t } from '../core/i18n.js';
import { h, patch } from '../core/html.js';
import { icon } from '../core/icons.js';
import { errorText } from '../core/ui.js';
import { sealBytes } from '../crypto/format.js';
import { handOut } from '../crypto/jobs.js';
import { createPair, createRecoveryCode, fingerprint, groups, printRecoveryCode, toPem } from '../crypto/keys.js';

const PASSPHRASE_MIN = 12;

/** @param {Element} root @returns {() => void} draws it anew */
export function keysPart(root) {
  const state = { made: /** @type {{name: string, point: Uint8Array, fingerprint: string, wrapped: Uint8Array, recovery: Uint8Array, code: string} | null} */ (null), busy: false, error: '', fields: /** @type {Record<string, string>} */ ({}) };

  async function make(event) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const passphrase = String(data.get('passphrase'));
    const name = String(data.get('name')).trim().replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60) || 'key';
    Object.assign(state, { error: '', fields: {} });
    if (passphrase.length < PASSPHRASE_MIN) state.fields.passphrase = t('keys.tooShort', { n: PASSPHRASE_MIN });
    else if (passphrase !== String(data.get('again'))) state.fields.again = t('keys.differ');
    if (Object.keys(state.fields).length > 0) return draw();
    state.busy = true;
    draw();
    try {
      const { pair, pkcs8 } = await createPair();
      const code = createRecoveryCode();
      const [wrapped, recovery] = await Promise.all([sealBytes(pkcs8, [{ passphrase }]), sealBytes(pkcs8, [{ passphrase: code }])]);
      pkcs8.fill(0);
      state.made = { name, point: pair.point, fingerprint: await fingerprint(pair.point), wrapped, recovery, code };
    } catch (error) {
      state.error = errorText(error);
    }
    state.busy = false;
    draw();
  }

  function draw() {
    const { made, fields } = state;
    patch(root, made ? h('div.stack', { key: 'made' }, h('h2', null, t('local.keyMade')), h('p', null, t('local.keyMadeText')),
      h('div.state-actions', null,
        h('button.primary', { type: 'button', 'data-testid': 'save-private', onclick: () => handOut(new Blob([/** @type {any} */ (made.wrapped)]), `${made.name}.key`) }, icon('download'), t('local.savePrivate')),
        h('button.secondary', { type: 'button', 'data-testid': 'save-public', onclick: () => handOut(new Blob([toPem(made.point)]), `${made.name}.pub`) }, icon('download'), t('local.savePublic')),
        h('button.secondary', { type: 'button', 'data-testid': 'save-recovery', onclick: () => handOut(new Blob([/** @type {any} */ (made.recovery)]), `${made.name}.recovery`) }, icon('download'), t('local.saveRecovery'))),
      h('h3', null, t('keys.kitTitle')), h('p', null, t('local.codeText')), h('p.recovery-code', { 'data-testid': 'recovery-code' }, printRecoveryCode(made.code)),
      h('h3', null, t('keys.yourFingerprint')), h('p.fingerprint', { 'data-testid': 'fingerprint' }, groups(made.fingerprint).map(part => [h('span', null, part), ' '])),
      h('div', null, h('button.secondary', { type: 'button', onclick: () => { state.made = null; draw(); } }, t('local.another'))))
      : h('form.stack', { key: 'make', novalidate: true, onsubmit: make },
        h('h2', null, t('local.keysTitle')), h('p.muted', null, t('local.keysText')),
        field(t('local.keyName'), { name: 'name', maxlength: '60', autocomplete: 'off', 'data-testid': 'key-name' }, { hint: t('local.keyNameHint') }),
        field(t('keys.passphrase'), { name: 'passphrase', type: 'password', autocomplete: 'new-password', maxlength: '200', 'data-testid': 'make-passphrase' }, { hint: t('local.passphraseHint', { n: PASSPHRASE_MIN }), error: fields.passphrase }),
        field(t('keys.again'), { name: 'again', type: 'password', autocomplete: 'new-password', maxlength: '200', 'data-testid': 'make-again' }, { error: fields.again }),
        state.error && h('p.form-error', { role: 'alert' }, state.error),
        h('div', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'make-go' }, state.busy ? t('keys.making') : t('keys.make')))));
  }
  draw();
  return draw;
}
