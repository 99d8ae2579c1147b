// One file in full over everything: pictures, sound, film, text. What a browser could run is not shown at all; a text is
// put into the page as text, of which nothing is markup.

import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { ApiError, renewing } from '../core/api.js';
import { closePopovers, failure, iconButton, noticesOver, skeleton } from '../core/ui.js';
import { download } from './download.js';
import { contentOf, isViewable, kindOf } from './kinds.js';
import { fileSize } from './size.js';

/** So much of a text is shown; who wants all of a large one downloads it. */
const MOST_TEXT = 256 * 1024;

/** @param {any} file @returns {Promise<string>} */
async function textOf(file) {
  return renewing(async () => {
    const answer = await fetch(contentOf(file.id), { credentials: 'same-origin', headers: { range: `bytes=0-${MOST_TEXT - 1}` } }).catch(error => { throw new ApiError(0, 'network', { detail: error.message }); });
    // A range of an empty file is none.
    if (answer.status === 416) return '';
    if (!answer.ok) throw new ApiError(answer.status, answer.status === 410 ? 'gone' : answer.status === 401 ? 'unauthenticated' : 'not_found');
    return new TextDecoder().decode(await answer.arrayBuffer());
  });
}

function textView(file) {
  const root = h('div.viewer-text', { own: true });
  const load = async () => {
    patch(root, skeleton(8));
    try {
      const text = await textOf(file);
      patch(root, [h('pre', { tabindex: '0', 'data-testid': 'viewer-text', 'aria-label': file.name }, text), file.size > MOST_TEXT && h('p.muted', { role: 'note' }, t('files.cutText', { shown: fileSize(MOST_TEXT), size: fileSize(file.size) }))]);
      if (text === '') patch(root, h('p.muted', null, t('files.emptyText')));
      root.querySelector('pre')?.focus();
    } catch (error) {
      patch(root, failure(error, load));
    }
  };
  load();
  return root;
}

function pictureView(file) {
  const picture = h('img.viewer-picture', { src: contentOf(file.id), alt: file.name, 'data-testid': 'viewer-picture', width: file.width ? String(file.width) : null, height: file.height ? String(file.height) : null,
    onerror: () => patch(root, failure({ code: 'gone' })) });
  const button = h('button.viewer-zoom', { type: 'button', 'aria-pressed': 'false', 'aria-label': t('files.zoom'), 'data-testid': 'viewer-zoom', onclick: () => { const on = root.classList.toggle('whole'); button.setAttribute('aria-pressed', String(on)); } }, picture);
  const root = h('div.viewer-stage', { own: true, tabindex: '-1' }, button);
  return root;
}

function inside(file) {
  const kind = kindOf(file);
  if (kind === 'picture') return pictureView(file);
  if (kind === 'text') return textView(file);
  if (kind === 'sound' || kind === 'film') return h('div.viewer-stage', { own: true }, h(kind === 'film' ? 'video' : 'audio', { controls: true, autoplay: true, src: contentOf(file.id), 'aria-label': file.name }));
  return h('div.viewer-stage', { own: true }, h('div.state', null, h('span.state-icon', null, icon(file.encrypted ? 'lock' : 'file')), h('p', null, t(file.encrypted ? 'files.encryptedHint' : 'files.notShown'))));
}

/** @param {any} file @param {any[]} [all] the arrow keys lead through those of them that can be shown @param {HTMLElement} [anchor] gets the focus back */
export function openViewer(file, all = [file], anchor = /** @type {any} */ (document.activeElement)) {
  closePopovers();
  const shown = all.filter(one => !one.uploadId && isViewable(one));
  let at = Math.max(0, shown.findIndex(one => one.id === file.id));
  const dialog = h('dialog.viewer', { 'aria-labelledby': 'viewer-title', 'data-testid': 'viewer' });
  const notices = noticesOver(dialog);
  const step = by => {
    if (shown.length < 2) return;
    at = (at + by + shown.length) % shown.length;
    draw();
  };
  function draw() {
    const now = shown[at] ?? file;
    const many = shown.length > 1;
    patch(dialog, [
      h('header.viewer-head', null, h('div.grow', null, h('h2', { id: 'viewer-title', title: now.name }, now.name), h('small', null, [fileSize(now.size), now.width ? `${now.width} × ${now.height}` : '', many ? t('files.nth', { at: at + 1, of: shown.length }) : ''].filter(Boolean).join(' · '))),
        many && iconButton('back', t('files.previous'), { 'data-testid': 'viewer-previous', onclick: () => step(-1) }),
        many && iconButton('chevron', t('files.next'), { 'data-testid': 'viewer-next', onclick: () => step(1) }),
        iconButton('download', t('files.download'), { 'data-testid': 'viewer-download', onclick: () => download(now) }),
        iconButton('close', t('action.close'), { 'data-testid': 'viewer-close', onclick: () => dialog.close() })),
      inside(now), notices,
    ]);
    /** @type {HTMLElement | null} */ (dialog.querySelector('.viewer-zoom, video, audio, .icon-button'))?.focus();
  }
  dialog.addEventListener('keydown', event => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || /** @type {Element} */ (event.target).closest('video, audio, pre, .whole')) return;
    event.preventDefault();
    step(by);
  });
  dialog.addEventListener('click', event => { if (event.target === dialog || /** @type {Element} */ (event.target).classList.contains('viewer-stage')) dialog.close(); });
  dialog.addEventListener('close', () => { dialog.remove(); if (anchor?.isConnected) anchor.focus({ preventScroll: true }); });
  document.body.append(dialog);
  draw();
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector('.viewer-zoom, pre, video, audio, .icon-button'))?.focus();
}
