// Transfers that one has got and sent: until when, how often, by whom; taken back, opened, sent anew.

import { del, get } from '../core/api.js';
import { avatarOf } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { addTexts, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { nameOf } from '../core/people.js';
import { goBack } from '../core/router.js';
import { store } from '../core/store.js';
import { needStyle } from '../core/style.js';
import deKeys from '../core/texts/de-keys.js';
import enKeys from '../core/texts/en-keys.js';
import deTexts from '../core/texts/de-transfers.js';
import enTexts from '../core/texts/en-transfers.js';
import { ago, fullDate, shortDate } from '../core/time.js';
import { confirm, empty, failure, iconButton, notifyError, skeleton } from '../core/ui.js';
import { fileSize } from '../files/size.js';
import { openSend, openSending } from './send-dialog.js';
import { adopt, discard, onSending, retry, sendings } from './sending.js';

addTexts({ en: { ...enKeys, ...enTexts }, de: { ...deKeys, ...deTexts } });
needStyle('transfers.css');
needStyle('keys.css');

/** @typedef {'inbox' | 'sent'} Box */

const payloads = transfer => transfer.files.filter(one => !one.name.endsWith('.meta.cmfile'));
const isOver = (transfer, now = Date.now()) => Boolean(transfer.revokedAt) || Date.parse(transfer.expiresAt) <= now || (transfer.maxDownloads !== null && transfer.downloadCount >= transfer.maxDownloads);

/** @param {any} transfer */
function filesText(transfer) {
  const files = payloads(transfer);
  const size = fileSize(files.reduce((sum, one) => sum + one.size, 0));
  if (transfer.encrypted) return `${t('transfers.files', { n: files.length })} · ${size}`;
  const names = files.slice(0, 3).map(one => one.name).join(', ');
  return `${names}${files.length > 3 ? ` + ${files.length - 3}` : ''} · ${size}`;
}

/** @param {any} transfer */
function stateText(transfer) {
  if (transfer.revokedAt) return t('transfers.revoked');
  if (isOver(transfer)) return `${t('transfers.ended')} · ${t('transfers.wasOpen', { date: shortDate(transfer.expiresAt) })}`;
  return t('transfers.until', { date: shortDate(transfer.expiresAt) });
}

/** @param {any} transfer */
const countText = transfer => (transfer.maxDownloads !== null ? t('transfers.downloadsOf', { n: transfer.downloadCount, most: transfer.maxDownloads }) : transfer.downloadCount === 0 ? t('transfers.downloadsNone') : t('transfers.downloads', { n: transfer.downloadCount }));

/** @param {Element} root @param {Box} box */
export function transfersView(root, box) {
  const state = { items: /** @type {any[] | null} */ (null), next: /** @type {string | null} */ (null), error: /** @type {any} */ (null), busy: false, stopped: false };

  async function load(more = false) {
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      const page = await get(`/transfers/${box}${more && state.next ? `?cursor=${encodeURIComponent(state.next)}` : ''}`);
      const known = new Set(page.items.map(one => one.id));
      Object.assign(state, { items: more ? [...(state.items ?? []).filter(one => !known.has(one.id)), ...page.items] : page.items, next: page.nextCursor });
    } catch (error) {
      state.error = error;
    }
    state.busy = false;
    draw();
  }

  async function revoke(transfer) {
    if (!await confirm({ title: t('transfers.revokeTitle'), text: t('transfers.revokeText'), action: t('transfers.revoke') })) return;
    try {
      await del(`/transfers/${transfer.id}`);
      state.items = (state.items ?? []).map(one => (one.id === transfer.id ? { ...one, revokedAt: new Date().toISOString() } : one));
    } catch (error) {
      notifyError(error);
    }
    draw();
  }

  const tags = transfer => [transfer.encrypted && h('span.tag', { key: 'lock' }, icon('lock'), t('transfers.encrypted')), transfer.hasPassword && h('span.tag', { key: 'password' }, icon('key'), t('transfers.password'))];

  function received(transfer) {
    const over = isOver(transfer);
    return h('li.transfer-item', { key: transfer.id, class: over && 'ended', 'data-testid': 'transfer', 'data-id': transfer.id },
      h('header', null, avatarOf(transfer.senderId, 'medium'), h('div.grow', null, h('strong', null, t('transfers.from', { name: nameOf(transfer.senderId) })), h('small', null, filesText(transfer))), h('time', { datetime: transfer.createdAt, title: fullDate(transfer.createdAt) }, ago(transfer.createdAt))),
      transfer.message && h('blockquote.transfer-message', null, transfer.message),
      h('p.muted', null, [stateText(transfer), transfer.downloaded && t('transfers.downloadedBy', { date: shortDate(transfer.recipients[0]?.downloadedAt ?? transfer.createdAt) })].filter(Boolean).join(' · '), ' ', tags(transfer)),
      !over && h('div.state-actions', null, h('a.button.primary', { href: `/transfers/${transfer.id}`, 'data-testid': 'transfer-show' }, t('transfers.open'))));
  }

  function sent(transfer) {
    const over = isOver(transfer);
    return h('li.transfer-item', { key: transfer.id, class: over && 'ended', 'data-testid': 'transfer', 'data-id': transfer.id, 'data-count': String(transfer.downloadCount) },
      h('header', null, h('span.file-sign', null, icon(transfer.encrypted ? 'lock' : 'send')), h('div.grow', null, h('strong', null, filesText(transfer)), h('small', null, `${stateText(transfer)} · ${countText(transfer)}`)), h('time', { datetime: transfer.createdAt, title: fullDate(transfer.createdAt) }, ago(transfer.createdAt))),
      transfer.message && h('blockquote.transfer-message', null, transfer.message),
      h('p', null, tags(transfer)),
      h('ul.receipts', { 'aria-label': t('transfers.recipients') }, transfer.recipients.length === 0 ? h('li.muted', null, t('transfers.nobody'))
        : transfer.recipients.map(one => h('li', { key: one.userId ?? one.email, 'data-testid': 'receipt', 'data-downloaded': String(one.downloaded) }, h('strong', null, one.email ?? nameOf(one.userId)), h('span.muted', null, one.downloaded ? t('transfers.downloadedBy', { date: shortDate(one.downloadedAt) }) : t('transfers.downloadsNone'))))),
      !over && h('div.state-actions', null, h('button.danger-quiet', { type: 'button', 'data-testid': 'transfer-revoke', onclick: () => revoke(transfer) }, t('transfers.revoke'))));
  }

  /** What is still on its way from this device. @param {import('./sending.js').Sending} sending */
  function unfinished({ draft, state: now }) {
    return h('li.transfer-item', { key: draft.id, 'data-testid': 'transfer-unfinished', 'data-state': now },
      h('header', null, h('span.file-sign', null, icon('upload')), h('div.grow', null, h('strong', null, draft.names.slice(0, 3).join(', ')), h('small', null, t(now === 'done' ? 'transfers.done' : now === 'failed' ? 'transfers.unfinished' : 'transfers.unfinishedText')))),
      h('div.state-actions', null,
        h('button.primary', { type: 'button', 'data-testid': 'unfinished-show', onclick: () => openSending(draft.id) }, t('transfers.open')),
        now === 'failed' && h('button.secondary', { type: 'button', onclick: () => retry(draft.id) }, t('action.retry')),
        now !== 'done' && h('button.danger-quiet', { type: 'button', 'data-testid': 'unfinished-discard', onclick: () => discard(draft.id) }, t('transfers.discard'))));
  }

  function content() {
    const going = box === 'sent' ? sendings() : [];
    if (!state.items) return state.error ? failure(state.error, () => load()) : skeleton(5, 'message');
    if (!state.items.length && !going.length) {
      return box === 'inbox' ? empty('file', t('transfers.inboxEmpty'), t('transfers.inboxEmptyText'), sendButton()) : empty('send', t('transfers.sentEmpty'), t('transfers.sentEmptyText'), sendButton());
    }
    return [
      h('ul.transfer-list', { key: 'list' }, going.map(unfinished), state.items.map(box === 'inbox' ? received : sent)),
      state.error && failure(state.error, () => load(true)),
      state.next && !state.error && h('div.search-more', { key: 'more' }, h('button.secondary', { type: 'button', disabled: state.busy, onclick: () => load(true) }, t('transfers.more'))),
    ];
  }

  const sendButton = () => h('button.primary', { type: 'button', 'data-testid': 'send-files', 'aria-haspopup': 'dialog', onclick: () => openSend() }, icon('send'), t('transfers.sendFiles'));

  function draw() {
    if (state.stopped) return;
    patch(root, h('div.page', null,
      h('header.page-head', null, iconButton('back', t('action.back'), { class: 'only-narrow', onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('transfers.title')), state.items?.length || sendings().length ? sendButton() : null),
      h('div.page-body', null,
        h('nav.inbox-bar', { 'aria-label': t('transfers.title') }, h('div.segments', null, [['inbox', 'transfers.inbox'], ['sent', 'transfers.sent']].map(([one, key]) => h('a.button', { href: `/transfers/${one}`, 'aria-current': one === box ? 'page' : null, 'data-testid': `transfers-${one}` }, t(/** @type {string} */ (key)))))),
        content(),
        h('details.honest', { key: 'honest' }, h('summary', null, t('keys.whatItHides')), h('ul', null, ['hides', 'shows', 'server', 'sender', 'later', 'lost'].map(one => h('li', null, t(`keys.honest.${one}`))))))));
  }

  const offs = [
    store.subscribe((now, before) => {
      const come = now.lastTransfer;
      if (box === 'inbox' && come && come !== before.lastTransfer && state.items && !state.items.some(one => one.id === come.id)) state.items = [come, ...state.items];
      if (now.lastTransfer !== before.lastTransfer || now.users !== before.users) draw();
    }),
    onSending(draw),
  ];
  const reload = () => { if (!state.busy) load(); };
  addEventListener('focus', reload);
  addEventListener('chat:transfer-sent', reload);
  if (box === 'sent' && !sendings().length) adopt();
  load();
  return () => {
    state.stopped = true;
    for (const off of offs) off();
    removeEventListener('focus', reload);
    removeEventListener('chat:transfer-sent', reload);
  };
}
