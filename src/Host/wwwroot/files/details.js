// All about one file: what it is, its versions, and for its owner a newer version and who downloaded it.

import { ApiError, call, get, renewing } from '../core/api.js';
import { avatarOf } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { nameOf, roomName } from '../core/people.js';
import { store } from '../core/store.js';
import { shortDate } from '../core/time.js';
import { copyText, errorText, failure, iconButton, openDialog, skeleton } from '../core/ui.js';
import { standing } from './actions.js';
import { download } from './download.js';
import { makeThumbnail } from './thumb.js';
import { fileSize } from './size.js';
import { sendByXhr } from './tus.js';

/** A newer version goes in one request. @param {any} file @param {File} chosen @param {(part: number) => void} far */
async function sendVersion(file, chosen, far) {
  const made = await renewing(async () => {
    const form = new FormData();
    form.append('file', chosen, chosen.name);
    const answer = await sendByXhr({ method: 'POST', path: `/files/${file.id}/versions`, headers: { accept: 'application/json' }, body: form, sent: bytes => far(Math.min(1, bytes / Math.max(1, chosen.size))) });
    const said = JSON.parse(answer.text || '{}');
    if (answer.status >= 300) throw new ApiError(answer.status, said.code ?? 'internal', said);
    return said;
  });
  if (made.hasThumbnail || made.encrypted) return made;
  const small = await makeThumbnail(chosen, made);
  return small ? call('PUT', `/files/${file.id}/thumbnail`, small).catch(() => made) : made;
}

/** @param {any} file @param {{changed: (file: any) => void, download: (file: any) => any, remove: (file: any) => Promise<boolean>}} on */
export function openDetails(file, on) {
  const state = { file, versions: /** @type {any[] | null} */ (null), log: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null), sending: /** @type {number | null} */ (null), refused: /** @type {any} */ (null) };
  let redraw = () => {};

  async function load() {
    Object.assign(state, { error: null });
    try {
      const { mine } = standing(state.file);
      const [versions, log] = await Promise.all([get(`/files/${file.id}/versions`), mine ? get(`/files/${file.id}/downloads`) : null]);
      Object.assign(state, { versions: versions.items, log: log?.items ?? null });
    } catch (error) {
      state.error = error;
    }
    redraw();
  }

  function chooseVersion() {
    const input = h('input', {
      type: 'file', onchange: async () => {
        const [chosen] = input.files;
        if (!chosen) return;
        Object.assign(state, { sending: 0, refused: null });
        redraw();
        try {
          state.file = await sendVersion(state.file, chosen, part => { state.sending = part; redraw(); });
          on.changed(state.file);
        } catch (error) {
          state.refused = error;
        }
        state.sending = null;
        redraw();
        load();
      },
    });
    input.click();
  }

  function facts() {
    const one = state.file;
    const room = store.get().rooms[one.roomId];
    const fact = (label, value) => value && [h('dt', null, label), h('dd', null, value)];
    return h('dl.facts', null,
      fact(t('files.owner'), nameOf(one.ownerId)), fact(t('files.where'), one.roomId ? (room ? h('a', { href: `/rooms/${one.roomId}` }, roomName(room)) : t('files.elsewhere')) : t('files.private')),
      fact(t('files.size'), fileSize(one.size)), fact(t('files.type'), one.encrypted ? t('files.encrypted') : one.contentType), one.width && fact(t('files.sides'), `${one.width} × ${one.height}`),
      fact(t('files.sent'), shortDate(one.createdAt)), one.expiresAt && fact(t('files.until'), shortDate(one.expiresAt)), fact(t('files.downloads'), String(one.downloadCount)),
      fact('SHA-256', h('span.sum', null, h('code', null, one.sha256), iconButton('copy', t('files.copySum'), { onclick: () => copyText(one.sha256) }))));
  }

  const versions = () => h('section', null, h('h3', null, t('files.versions')), h('ul.file-versions', { 'data-testid': 'versions' }, state.versions?.map((one, i) => h('li', { key: one.version, 'data-testid': 'version' },
    h('strong', null, t('files.version', { n: one.version })), h('span.grow', null, one.name), h('small', null, `${fileSize(one.size)} · ${shortDate(one.createdAt)}`),
    iconButton('download', t('files.downloadVersion', { n: one.version }), { 'data-testid': 'version-download', onclick: () => download({ id: file.id, name: one.name }, i === 0 ? 0 : one.version) })))));

  const log = () => state.log && h('section', null, h('h3', null, t('files.log')), state.log.length === 0 ? h('p.muted', null, t('files.logEmpty')) : h('ul.file-log', { 'data-testid': 'download-log' }, state.log.map((one, i) => h('li', { key: i },
    one.userId ? avatarOf(one.userId, 'small') : icon('link'), h('span.grow', null, one.userId ? nameOf(one.userId) : t('files.byLink')), h('small', null, shortDate(one.at))))));

  queueMicrotask(load);
  return openDialog(file.name, (close, again) => {
    redraw = again;
    const { mine, deletes, hides } = standing(state.file);
    return h('div.stack.file-details', null, facts(),
      state.error ? failure(state.error, load) : !state.versions ? skeleton(3) : [versions(), log()],
      state.refused && h('p.form-error', { role: 'alert' }, errorText(state.refused)),
      state.sending !== null && h('div.quota', { role: 'status' }, h('p', null, t('files.versionGoing', { n: Math.floor(state.sending * 100) })), h('progress', { max: '1', value: state.sending, 'aria-label': t('files.newVersion') })),
      h('footer.dialog-foot', null,
        (deletes || hides) && h('button.danger-quiet', { type: 'button', 'data-testid': 'details-delete', onclick: async () => { if (await on.remove(state.file)) close(); } }, hides ? t('files.hide') : t('action.delete')),
        mine && h('button.secondary', { type: 'button', disabled: state.sending !== null, 'data-testid': 'new-version', onclick: chooseVersion }, icon('upload'), t('files.newVersion')),
        h('button.primary', { type: 'button', autofocus: true, 'data-testid': 'details-download', onclick: () => on.download(state.file) }, icon('download'), t('files.download'))));
  }, { class: 'wide-dialog', testid: 'details-dialog' });
}
