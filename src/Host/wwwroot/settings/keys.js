// Keys for encrypted files: made, proven recoverable, opened on this device, changed.

import { dialogForm, field } from '../core/forms.js';
import { addTexts, t } from '../core/i18n.js';
import enTexts from '../core/texts/en-keys.js';
import deTexts from '../core/texts/de-keys.js';
import { h, patch } from '../core/html.js';
import { icon } from '../core/icons.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { shortDate } from '../core/time.js';
import { confirm, copyText, errorText, failure, notify, notifyError, openDialog, skeleton } from '../core/ui.js';
import { handOut } from '../crypto/jobs.js';
import { printRecoveryCode, toPem } from '../crypto/keys.js';
import { fromBase64 } from '../crypto/layout.js';
import { isUnlocked, loadKeys, lock, makeKey, PASSPHRASE_MIN, provesRecovery, rewrap, unlock, upload } from '../crypto/ring.js';
import { fingerprintView } from '../people/fingerprint.js';

addTexts({ en: enTexts, de: deTexts });
needStyle('keys.css');

/** @param {Record<string, string>} errors */
const wrong = errors => Object.assign(new Error('validation'), { code: 'validation', errors: Object.fromEntries(Object.entries(errors).map(([name, text]) => [name, [text]])) });

/** A new passphrase, typed twice. @param {FormData} data */
function newPassphrase(data) {
  const text = String(data.get('passphrase'));
  if (text.length < PASSPHRASE_MIN) throw wrong({ passphrase: t('keys.tooShort', { n: PASSPHRASE_MIN }) });
  if (text !== String(data.get('again'))) throw wrong({ again: t('keys.differ') });
  return text;
}

/** @param {any} error */
const passphraseFields = error => [
  field(t('keys.passphrase'), { name: 'passphrase', type: 'password', autocomplete: 'new-password', maxlength: '200', 'data-testid': 'key-passphrase' }, { hint: t('keys.passphraseHint', { n: PASSPHRASE_MIN }), error: error?.errors?.passphrase?.[0] }),
  field(t('keys.again'), { name: 'again', type: 'password', autocomplete: 'new-password', maxlength: '200', 'data-testid': 'key-again' }, { error: error?.errors?.again?.[0] }),
];

const save = (text, name) => handOut(new Blob([text], { type: 'text/plain' }), name);

/** @param {Element} root */
export function keysPage(root) {
  const state = {
    keys: /** @type {import('../crypto/ring.js').OwnKey[] | null} */ (null), error: /** @type {any} */ (null), formError: /** @type {any} */ (null), busy: false,
    made: /** @type {Awaited<ReturnType<typeof makeKey>> | null} */ (null), again: false,
  };

  async function load() {
    state.error = null;
    draw();
    try {
      state.keys = await loadKeys();
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  /** @param {() => Promise<any>} run */
  async function busily(run) {
    Object.assign(state, { busy: true, formError: null });
    draw();
    try {
      await run();
    } catch (error) {
      state.formError = error;
    }
    state.busy = false;
    draw();
  }

  const submit = run => event => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    busily(() => run(data));
  };

  const make = submit(async data => { state.made = await makeKey(newPassphrase(data)); });
  const prove = submit(async data => {
    const made = /** @type {NonNullable<typeof state.made>} */ (state.made);
    if (!await provesRecovery(made, String(data.get('code')))) throw wrong({ code: t('keys.codeWrong') });
    await upload(made);
    Object.assign(state, { made: null, again: false, keys: await loadKeys() });
    notify(t('keys.made'));
  });

  function creating() {
    return h('form.stack', { key: 'make', novalidate: true, onsubmit: make },
      passphraseFields(state.formError),
      state.formError && !state.formError.errors && h('p.form-error', { role: 'alert' }, errorText(state.formError)),
      h('div.state-actions', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'key-make' }, state.busy ? t('keys.making') : t('keys.make')),
        state.again && h('button.secondary', { type: 'button', onclick: () => { state.again = false; state.formError = null; draw(); } }, t('action.cancel'))));
  }

  /** @param {NonNullable<typeof state.made>} made */
  function proving(made) {
    const code = printRecoveryCode(made.code);
    const kit = `${t('keys.kitTitle')}\n${store.get().me?.username} · ${location.host}\n\n${code}\n\n${t('keys.kitText')}\n`;
    return h('form.stack', { key: 'prove', novalidate: true, onsubmit: prove },
      h('h3', null, t('keys.kitTitle')), h('p', null, t('keys.kitIntro')),
      h('p.recovery-code', { 'data-testid': 'recovery-code' }, code),
      h('div.state-actions', null, h('button.secondary', { type: 'button', onclick: () => copyText(code) }, icon('copy'), t('action.copy')),
        h('button.secondary', { type: 'button', onclick: () => save(kit, 'recovery-kit.txt') }, icon('download'), t('keys.saveKit'))),
      field(t('keys.enterCode'), { name: 'code', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'characters', 'data-testid': 'recovery-again' }, { hint: t('keys.enterCodeHint'), error: state.formError?.errors?.code?.[0] }),
      state.formError && !state.formError.errors?.code && h('p.form-error', { role: 'alert' }, errorText(state.formError)),
      h('div.state-actions', null, h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'key-prove' }, t('keys.finish')),
        h('button.secondary', { type: 'button', onclick: () => { Object.assign(state, { made: null, formError: null }); draw(); } }, t('action.cancel'))));
  }

  async function openUnlock() {
    await openDialog(t('keys.unlock'), (close, redraw) => dialogForm(close, redraw, {
      action: t('keys.unlock'), testid: 'unlock-confirm',
      fields: error => [h('p', null, t('keys.unlockText')),
        field(t('keys.passphraseOrCode'), { name: 'secret', type: 'password', autocomplete: 'current-password', 'data-testid': 'unlock-secret' }, { error: error?.code === 'damaged_file' ? t('keys.notThis') : '' })],
      submit: async data => {
        await unlock(state.keys ?? [], String(data.get('secret')));
        return true;
      },
    }));
    draw();
  }

  /** @param {import('../crypto/ring.js').OwnKey} key */
  async function openChange(key) {
    await openDialog(t('keys.changePassphrase'), (close, redraw) => dialogForm(close, redraw, {
      action: t('action.save'), testid: 'passphrase-save',
      fields: error => [field(t('keys.passphraseOrCode'), { name: 'secret', type: 'password', autocomplete: 'current-password', 'data-testid': 'old-passphrase' }, { error: error?.code === 'damaged_file' ? t('keys.notThis') : '' }), passphraseFields(error)],
      submit: async data => {
        await rewrap(key, String(data.get('secret')), newPassphrase(data));
        notify(t('keys.passphraseChanged'));
        return true;
      },
    }));
    await load();
  }

  async function openReplace() {
    if (!await confirm({ title: t('keys.replace'), text: t('keys.replaceText'), action: t('keys.replace') })) return;
    state.again = true;
    draw();
  }

  /** @param {import('../crypto/ring.js').OwnKey} key */
  function keep(key) {
    const name = store.get().me?.username ?? 'key';
    try {
      handOut(new Blob([/** @type {any} */ (fromBase64(key.wrappedKey))]), `${name}.key`);
      save(toPem(fromBase64(key.publicKey).slice(23)), `${name}.pub`);
    } catch (error) {
      notifyError(error);
    }
  }

  /** @param {import('../crypto/ring.js').OwnKey} key */
  function current(key) {
    const open = isUnlocked(key.fingerprint);
    return [
      h('section.device-card', { key: 'state', 'data-testid': 'key-state', 'data-state': open ? 'open' : 'locked' }, h('span.state-icon', null, icon(open ? 'key' : 'lock')),
        h('div.grow', null, h('strong', null, t(open ? 'keys.isOpen' : 'keys.isLocked')), h('p.muted', null, t(open ? 'keys.isOpenText' : 'keys.isLockedText'))),
        open ? h('button.secondary', { key: 'lock', type: 'button', 'data-testid': 'key-lock', onclick: () => { lock(); draw(); } }, t('keys.lock'))
          : h('button.primary', { key: 'unlock', type: 'button', 'data-testid': 'key-unlock', onclick: openUnlock }, t('keys.unlock'))),
      h('section.stack', { key: 'print' }, h('h3', null, t('keys.yourFingerprint')), fingerprintView(key.fingerprint), h('p.muted', null, t('keys.fingerprintText', { date: shortDate(key.createdAt) }))),
      h('div.state-actions', { key: 'do' }, h('button.secondary', { type: 'button', 'data-testid': 'change-passphrase', onclick: () => openChange(key) }, t('keys.changePassphrase')),
        h('button.secondary', { type: 'button', onclick: () => keep(key) }, icon('download'), t('keys.download')),
        h('button.danger-quiet', { type: 'button', 'data-testid': 'key-replace', onclick: openReplace }, t('keys.replace'))),
    ];
  }

  function draw() {
    const key = state.keys?.find(one => !one.retiredAt) ?? null;
    const earlier = state.keys?.filter(one => one.retiredAt) ?? [];
    let body;
    if (state.error) body = failure(state.error, load);
    else if (!state.keys) body = skeleton(4, 'row');
    else if (state.made) body = proving(state.made);
    else if (!key || state.again) body = creating();
    else body = current(key);
    patch(root, h('div.stack', null, h('h2', null, t('settings.keys')), h('p.muted', null, t('keys.intro')), body,
      earlier.length > 0 && !state.made && h('section.stack', { key: 'earlier' }, h('h3', null, t('keys.earlier')), h('p.muted', null, t('keys.earlierText')),
        h('ul.sessions', null, earlier.map(one => h('li', { key: one.fingerprint }, h('div.grow', null, h('code', null, one.fingerprint.slice(0, 16)), h('small', null, t('keys.until', { date: shortDate(one.retiredAt ?? '') }))), isUnlocked(one.fingerprint) && h('span.tag.accent', null, t('keys.open')))))),
      h('p.muted', { key: 'local' }, t('keys.local'), ' ', h('a', { href: '/local' }, t('keys.localLink'))),
      h('details.honest', { key: 'honest' }, h('summary', null, t('keys.whatItHides')), h('ul', null, ['hides', 'shows', 'server', 'sender', 'later', 'lost', 'quantum'].map(one => h('li', null, t(`keys.honest.${one}`)))))));
  }

  load();
}
