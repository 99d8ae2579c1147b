// Files as they stand in messages: pictures with their place kept, players, cards; and what is left of one that is gone.

import { h } from '../core/html.js';
import { addTexts, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { needStyle } from '../core/style.js';
import deTexts from '../core/texts/de-files.js';
import enTexts from '../core/texts/en-files.js';
import { notifyError } from '../core/ui.js';
import { download, goneFiles, orNothing } from './download.js';
import { contentOf, endingOf, iconOf, isViewable, kindOf, thumbnailOf } from './kinds.js';
import { fileSize } from './size.js';

addTexts({ en: enTexts, de: deTexts });
needStyle('files.css');

const [WIDEST, HIGHEST, LEAST] = [360, 280, 48];

/** The box of a picture, from the sides that the server has read, before a byte of it is here. @param {{width: number | null, height: number | null}} file */
export function boxOf({ width, height }) {
  if (!width || !height) return { width: 240, height: 180 };
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(LEAST, Math.round(width * scale)), height: Math.max(LEAST, Math.round(height * scale)) };
}

const view = (file, all, anchor) => import('./viewer.js').then(module => module.openViewer(file, all, anchor), () => notifyError({ code: 'network' }));

/** A player goes on when its message is drawn anew: the same element is taken over. @type {Map<string, WeakRef<HTMLMediaElement>>} */
const players = new Map();
function player(file, kind) {
  const key = `${file.id} ${file.version}`;
  const known = players.get(key)?.deref();
  if (known) return known;
  const element = h(kind === 'film' ? 'video' : 'audio', {
    own: true, controls: true, preload: 'none', src: contentOf(file.id), poster: kind === 'film' && file.hasThumbnail ? thumbnailOf(file) : null, 'aria-label': file.name, 'data-testid': 'player',
  });
  players.set(key, new WeakRef(element));
  return element;
}

const lockSign = file => file.encrypted && h('span.file-lock', { title: t('files.encryptedHint') }, icon('lock'), h('span', null, t('files.encrypted')));

/** @param {any} file */
function tombstone(file) {
  return h('div.file-card.file-gone', { key: file.id, 'data-testid': 'file-gone' }, h('span.file-sign', null, icon('trash')),
    h('span.file-words', null, h('strong', null, file.name), h('small', null, t('files.gone'))));
}

/** A download that finds nothing leaves a tombstone where the card stood. */
async function fetchOrBury(file, event) {
  event.preventDefault();
  const card = event.currentTarget.closest('[data-file]');
  if (!await download(file)) card?.replaceWith(tombstone(file));
}

const downloadButton = file => h('a.icon-button', {
  href: contentOf(file.id), download: file.name, 'aria-label': t('files.downloadNamed', { name: file.name }), title: t('files.download'), 'data-testid': 'file-download', onclick: event => fetchOrBury(file, event),
}, icon('download'));

function words(file) {
  return h('span.file-words', null, h('strong', null, file.name),
    h('small', null, [endingOf(file.name), fileSize(file.size)].filter(Boolean).join(' · '), lockSign(file)));
}

/** Not there yet: it is being sent. */
function coming(file) {
  return h('div.file-card.file-coming', { 'data-upload': file.uploadId, 'data-testid': 'file-coming' }, h('span.file-sign', null, icon(iconOf(file))),
    h('span.file-words', null, h('strong', null, file.name), h('small', null, t('files.coming'), ' · ', fileSize(file.size))));
}

/** @param {any} file @param {any[]} [all] those beside it @returns {HTMLElement} */
export function fileCard(file, all = [file]) {
  if (file.uploadId) return coming(file);
  if (goneFiles.has(file.id) || (file.expiresAt && Date.parse(file.expiresAt) <= Date.now())) return tombstone(file);
  const kind = kindOf(file);
  const named = { 'data-file': file.id, 'data-testid': 'file-card', 'data-kind': kind };
  if (kind === 'picture' && file.hasThumbnail) {
    const box = boxOf(file);
    return h('figure.file-picture', named,
      h('button.picture-button', { type: 'button', 'aria-label': t('files.openNamed', { name: file.name }), 'data-testid': 'file-open', vars: { '--w': `${box.width}px`, '--ratio': `${box.width} / ${box.height}` }, onclick: event => view(file, all, event.currentTarget) },
        h('img', { src: thumbnailOf(file), alt: '', width: String(box.width), height: String(box.height), loading: 'lazy', decoding: 'async', draggable: 'false', onerror: orNothing })),
      h('figcaption', null, h('span', { title: file.name }, file.name), h('small', null, fileSize(file.size)), downloadButton(file)));
  }
  if (kind === 'sound' || kind === 'film') {
    return h('figure.file-player', { ...named, class: kind, vars: kind === 'film' && file.width ? { '--ratio': `${file.width} / ${file.height}` } : {} }, player(file, kind),
      h('figcaption', null, h('span', { title: file.name }, file.name), h('small', null, fileSize(file.size)), downloadButton(file)));
  }
  const inside = [h('span.file-sign', { class: kind }, icon(iconOf(file))), words(file)];
  return h('div.file-card', named,
    isViewable(file) ? h('button.file-main', { type: 'button', 'data-testid': 'file-open', title: t('files.open'), onclick: event => view(file, all, event.currentTarget) }, inside) : h('div.file-main', null, inside),
    downloadButton(file));
}

const META = /^\d+\.meta\.cmfile$/;
/** An encrypted file and, right behind it, what it is called, which is encrypted too (docs/encryption.md). @param {any[]} all @param {number} i */
const metaOf = (all, i) => (all[i].encrypted && /^\d+\.cmfile$/.test(all[i].name) && all[i + 1]?.encrypted && META.test(all[i + 1].name) ? all[i + 1] : null);

/** What opens it comes with the first one that is there. @param {any} file @param {any} meta @param {string} roomId */
function sealedCard(file, meta, roomId) {
  const card = h('div.file-card.file-sealed', { 'data-file': file.id, 'data-testid': 'file-card', 'data-kind': 'sealed' }, h('div.file-main', null, h('span.file-sign', null, icon('lock')), words(file)));
  import('../transfers/sealed-card.js').then(module => module.fillCard(card, file, meta, roomId), error => console.warn('an encrypted file stays closed', error.message));
  return card;
}

/** @param {any} message */
export function fileCards(message) {
  const all = message.attachments;
  return all.flatMap((file, i) => {
    if (file.meta || (i > 0 && metaOf(all, i - 1))) return [];
    const meta = file.uploadId || goneFiles.has(file.id) ? null : metaOf(all, i);
    return [meta ? sealedCard(file, meta, message.roomId) : fileCard(file, all)];
  });
}

/** Where nothing may be clicked for itself: in a line of search hits. @param {any[]} files */
export const fileLine = files => files.slice(0, 4).map(file => h('span.file-mini', null,
  kindOf(file) === 'picture' && file.hasThumbnail ? h('img', { src: thumbnailOf(file), alt: '', width: '40', height: '40', loading: 'lazy', decoding: 'async', onerror: orNothing }) : icon(iconOf(file)),
  h('span', null, file.name), h('small', null, fileSize(file.size))));

