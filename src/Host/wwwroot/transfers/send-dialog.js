// "Send files": what, to whom, for how long, how often, with a password, encrypted; then how far it is, and the link, once.

import { field } from '../core/forms.js';
import { h } from '../core/html.js';
import { addTexts, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import deKeys from '../core/texts/de-keys.js';
import enKeys from '../core/texts/en-keys.js';
import deTexts from '../core/texts/de-transfers.js';
import enTexts from '../core/texts/en-transfers.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import { confirm, iconButton, notifyError, openDialog } from '../core/ui.js';
import { droppedFiles } from '../files/attach.js';
import { fileSize } from '../files/size.js';
import { progressBody } from './progress.js';
import { nameOfRecipient, recipientField } from './recipients.js';
import { MOST_FILES, send, sendingOf } from './sending.js';
import { readyToEncrypt } from './unlock.js';

addTexts({ en: { ...enKeys, ...enTexts }, de: { ...deKeys, ...deTexts } });
needStyle('transfers.css');
needStyle('keys.css');

const HOURS = [1, 24, 72, 168, 720];
const WEEK = 168;
const MESSAGE_MAX = 2000;
const canEncrypt = () => Boolean(globalThis.crypto?.subtle);

/** @param {{file: File, handle?: any}[]} [files] that it begins with */
export async function openSend(files = []) {
  const state = {
    files: [...files], encrypted: false, link: false, busy: false, errors: /** @type {Record<string, string>} */ ({}), sendingId: /** @type {string | null} */ (null),
    to: /** @type {ReturnType<typeof recipientField> | null} */ (null), progress: /** @type {any} */ (null),
  };
  let again = () => {};
  await openDialog(t('transfers.sendFiles'), (close, redraw) => {
    again = redraw;
    state.to ??= recipientField(redraw);
    if (state.sendingId) {
      state.progress ??= progressBody(state.sendingId, close, redraw);
      return state.progress.draw();
    }
    return form(close, redraw);
  }, { class: 'send-dialog', testid: 'send-dialog' });
  state.progress?.stop();

  /** @param {{file: File, handle?: any}[]} more */
  function take(more) {
    state.files = [...state.files, ...more.filter(({ file }) => !state.files.some(one => one.file.name === file.name && one.file.size === file.size))];
    state.errors = {};
    again();
  }

  function most() { return state.encrypted ? MOST_FILES / 2 : MOST_FILES; }

  function fileList() {
    const over = (event, on) => event.currentTarget.classList.toggle('over', on);
    return h('div.field', { key: 'files' },
      h('div.drop', {
        ondragover: event => { event.preventDefault(); over(event, true); }, ondragleave: event => over(event, false),
        ondrop: async event => { event.preventDefault(); over(event, false); take(await droppedFiles(event.dataTransfer)); },
      }, h('label', { for: 'send-files' }, t('transfers.addFiles')), h('input', { type: 'file', id: 'send-files', multiple: true, 'data-testid': 'send-choose', onchange: event => { take([...event.currentTarget.files].map(file => ({ file }))); event.currentTarget.value = ''; } })),
      state.files.length > 0 && h('ul.transfer-files.send-files', null, state.files.map(one => h('li', { key: `${one.file.name} ${one.file.size}`, 'data-testid': 'send-file' }, icon('file'),
        h('div.grow', null, h('strong', null, one.file.name), h('small', null, fileSize(one.file.size))), iconButton('close', t('transfers.remove', { name: one.file.name }), { onclick: () => { state.files = state.files.filter(other => other !== one); again(); } })))),
      state.errors.files && h('p.field-error', { role: 'alert' }, state.errors.files));
  }
  /** What the recipients have to be told. */
  function hints() {
    const chosen = state.to?.chosen ?? [];
    const { config } = store.get();
    const addresses = chosen.some(one => one.email);
    return [
      addresses && h('p.hint', { key: 'mail' }, t(!config?.mail ? 'transfers.mailNone' : state.encrypted ? 'transfers.mailSealed' : 'transfers.mailGoes')),
      state.encrypted && h('p.hint', { key: 'open' }, t('transfers.encryptMessage')),
    ];
  }

  function form(close, redraw) {
    const { errors } = state;
    return h('form.stack.send-form', { key: 'form', novalidate: true, onsubmit: event => submit(event, redraw) },
      fileList(),
      state.to?.draw(errors.recipients),
      field(t('transfers.message'), { name: 'message', rows: '2', maxlength: String(MESSAGE_MAX), 'data-testid': 'send-message' }),
      h('label.check', { key: 'encrypt' }, h('input', { type: 'checkbox', name: 'encrypted', disabled: !canEncrypt(), 'data-testid': 'send-encrypted', onchange: event => encrypt(event.currentTarget, redraw) }),
        h('span', null, icon('lock'), ' ', t('transfers.encrypt'), h('small', null, t(canEncrypt() ? 'transfers.encryptHint' : 'transfers.encryptNot')))),
      h('label.check', { key: 'link' }, h('input', { type: 'checkbox', name: 'link', 'data-testid': 'send-link', onchange: event => { state.link = event.currentTarget.checked; redraw(); } }), h('span', null, t('transfers.link'), h('small', null, t('transfers.linkHint')))),
      hints(),
      h('div.send-row', { key: 'row' },
        h('div.field', null, h('label', { for: 'send-hours' }, t('transfers.expires')), h('select', { id: 'send-hours', name: 'hours', 'data-testid': 'send-hours' }, HOURS.map(one => h('option', { value: String(one), selected: one === WEEK }, t(`transfers.expires.${one}`))))),
        field(t('transfers.maxDownloads'), { name: 'maxDownloads', type: 'number', min: '1', max: '1000000', inputmode: 'numeric', 'data-testid': 'send-max' }, { hint: t('transfers.maxDownloadsHint'), error: errors.maxDownloads })),
      field(t('transfers.password'), { name: 'password', type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: '256', disabled: state.encrypted && !state.link, 'data-testid': 'send-password' }, { hint: t('transfers.passwordHint') }),
      errors.form && h('p.form-error', { key: 'error', role: 'alert', 'data-testid': 'form-error' }, errors.form),
      h('footer.dialog-foot', { key: 'foot' }, h('button.secondary', { type: 'button', onclick: () => close() }, t('action.cancel')),
        h('button.primary', { type: 'submit', disabled: state.busy, 'data-testid': 'send-go' }, icon('send'), t('transfers.send'))));
  }

  /** Nothing is encrypted before the person's own key can be recovered. */
  async function encrypt(box, redraw) {
    if (box.checked && !await readyToEncrypt().catch(error => { notifyError(error); return false; })) box.checked = false;
    state.encrypted = box.checked;
    state.to?.withKeys(state.encrypted);
    redraw();
  }

  /** @param {FormData} data */
  function wrong(data) {
    const chosen = state.to?.chosen ?? [];
    const max = String(data.get('maxDownloads') ?? '').trim();
    /** @type {Record<string, string>} */
    const errors = {};
    if (state.files.length === 0) errors.files = t('transfers.noFiles');
    else if (state.files.length > most()) errors.files = t('transfers.tooMany', { n: most() });
    if (chosen.length === 0 && !state.link) errors.recipients = t('transfers.noRecipient');
    else if (state.encrypted && !state.link && !chosen.some(one => one.key)) errors.recipients = t('transfers.needsOpener');
    if (max && !/^[1-9]\d{0,6}$/.test(max)) errors.maxDownloads = t('transfers.maxDownloadsHint');
    return errors;
  }

  async function submit(event, redraw) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    state.to?.settle();
    const chosen = state.to?.chosen ?? [];
    state.errors = wrong(data);
    if (Object.keys(state.errors).length > 0) return redraw();
    state.busy = true;
    redraw();
    try {
      for (const one of chosen.filter(other => state.encrypted && other.key?.standing === 'changed')) {
        if (!await confirm({ title: t('transfers.changedKeyTitle'), text: t('transfers.changedKey', { name: nameOfRecipient(one) }), action: t('transfers.send') })) return;
      }
      const sending = await send({
        files: state.files, recipients: chosen.map(one => (one.user ? { userId: one.user.id } : { email: /** @type {string} */ (one.email) })), message: String(data.get('message') ?? '').trim(), hours: Number(data.get('hours')),
        maxDownloads: Number(data.get('maxDownloads')) || null, password: String(data.get('password') ?? ''), encrypted: state.encrypted, link: state.link,
        points: state.encrypted ? chosen.flatMap(one => (one.key ? [one.key.point] : [])) : [],
      });
      state.sendingId = sending.draft.id;
    } catch (error) {
      notifyError(error);
    } finally {
      state.busy = false;
      redraw();
    }
  }
}

/** How far one is that goes on already, and its link at the end. @param {string} id */
export async function openSending(id) {
  if (!sendingOf(id)) return;
  let progress = /** @type {any} */ (null);
  await openDialog(t('transfers.sendFiles'), (close, redraw) => (progress ??= progressBody(id, close, redraw)).draw(), { class: 'send-dialog', testid: 'send-dialog' });
  progress?.stop();
}
