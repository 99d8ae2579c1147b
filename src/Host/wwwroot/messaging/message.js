// One message as an article.

import { avatarOf } from '../core/avatar.js';
import { h } from '../core/html.js';
import { list, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { nameOf, person } from '../core/people.js';
import { serverHtml } from '../core/server-html.js';
import { store } from '../core/store.js';
import { clock, fullDate } from '../core/time.js';
import { errorText } from '../core/ui.js';

/** Names that a message mentions stand out, in plain text and in rendered Markdown alike; not inside code. */
function markMentions(root, mentions) {
  const byName = new Map(mentions.map(id => [person(id)?.username?.toLowerCase(), id]).filter(([name]) => name));
  if (byName.size === 0) return root;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = /** @type {Text[]} */ ([]);
  while (walker.nextNode()) if (!walker.currentNode.parentElement?.closest('code, pre, a')) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) {
    const parts = text.data.split(/(@[a-z0-9._-]{3,32})/i);
    if (parts.length === 1) continue;
    text.replaceWith(...parts.map(part => {
      const id = part.startsWith('@') ? byName.get(part.slice(1).toLowerCase()) : null;
      return id ? h('span.mention', { class: id === store.get().me?.id && 'me', title: nameOf(id) }, part) : document.createTextNode(part);
    }));
  }
  return root;
}

/** @param {any} message @param {any} [mark] what follows the last word */
export function messageText(message, mark = null) {
  const box = message.html ? h('div.text.rich', null, serverHtml(message.html)) : h('div.text', null, message.text);
  markMentions(box, message.mentions);
  const last = /** @type {Element | null} */ (box.lastElementChild);
  if (mark) (message.html && last?.nodeName === 'P' ? last : box).append(' ', mark);
  return box;
}

const edited = (message, actions) => h('button.edited', {
  type: 'button', 'data-testid': 'edited', title: message.editedAt ? fullDate(message.editedAt) : '', onclick: () => actions.history(message),
}, t('message.edited'));

function quote(reply, actions) {
  return h('button.quote', { type: 'button', 'data-testid': 'quote', onclick: () => actions.jump(reply.seq) },
    icon('reply'), h('strong', null, nameOf(reply.senderId)), h('span', null, reply.excerpt || t('message.deletedShort')));
}

function reactions(message, actions) {
  const me = store.get().me?.id ?? '';
  return h('div.reactions', null, message.reactions.map(one => {
    const mine = one.userIds.includes(me);
    const names = one.userIds.map(id => (id === me ? t('person.you') : nameOf(id)));
    if (one.count > names.length) names.push(t('reaction.others', { n: one.count - names.length }));
    const who = t('reaction.who', { names: list(names), emoji: one.emoji });
    return h('button.reaction', {
      key: one.emoji, type: 'button', class: mine && 'mine', 'aria-pressed': String(mine), 'aria-label': `${one.emoji} ${one.count}. ${who}`, title: who,
      'data-testid': 'reaction', 'data-emoji': one.emoji, onclick: () => actions.toggleReaction(message, one.emoji),
    }, h('span.emoji', null, one.emoji), h('span', null, one.count));
  }), h('button.reaction.add', { type: 'button', 'aria-label': t('action.react'), title: t('action.react'), onclick: event => actions.pickReaction(message, event.currentTarget) }, icon('smile')));
}

function files(message) {
  return message.attachments.map(file => h('a.file-card', { href: `/api/v1/files/${file.id}/content`, download: file.name },
    icon('copy'), h('span', null, h('strong', null, file.name), h('small', null, fileSize(file.size)))));
}

export function fileSize(bytes) {
  const at = Math.min(4, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1000)));
  return new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'][at], maximumFractionDigits: 1 }).format(bytes / 1000 ** at);
}

function failed(local, actions) {
  return h('div.send-failed', { role: 'alert', 'data-testid': 'send-failed' }, icon('warning'), h('span', null, t('message.failed', { cause: errorText({ code: local.code }) })),
    h('button.link-button', { type: 'button', 'data-testid': 'retry', onclick: () => actions.retry(local.clientId) }, t('action.retry')),
    h('button.link-button', { type: 'button', 'data-testid': 'discard', onclick: () => actions.discard(local.clientId) }, t('action.discard')));
}

function sending(local) {
  return local.state === 'acked' || local.state === 'failed' ? null : h('span.sending', { title: t('message.sending') }, icon('clock'), h('span.visually-hidden', null, t('message.sending')));
}

function seenBy(ids) {
  const names = t('message.seenBy', { names: list(ids.map(nameOf)) });
  return h('div.seen', { 'data-testid': 'seen-by', title: names, 'aria-label': names, role: 'img' },
    icon('check'), ids.slice(0, 5).map(id => avatarOf(id, 'tiny')), ids.length > 5 && h('span', null, `+${ids.length - 5}`));
}

/**
 * @param {any} message a message, or an unsent one with `local`
 * @param {{first: boolean, seen: string[], actions: any}} options
 * @returns {HTMLElement}
 */
export function messageNode(message, { first, seen, actions }) {
  const me = store.get().me?.id;
  const local = message.local;
  const name = nameOf(message.senderId);
  const system = message.type === 'system';
  const spoken = t('message.spoken', { name: system ? t('message.system') : name, time: clock(message.createdAt), text: message.isDeleted ? t('message.deleted') : message.text.slice(0, 300) });
  const time = h('time', { datetime: message.createdAt, title: fullDate(message.createdAt) }, clock(message.createdAt));
  return h('article.message', {
    class: [first && 'first', local && 'local', local?.state === 'failed' && 'failed', local && local.state !== 'failed' && local.state !== 'acked' && 'unsent', message.isDeleted && 'deleted', system && 'system',
      message.pinned && 'pinned', !message.isDeleted && message.mentions.includes(me) && 'mentions-me', message.senderId === me && 'own'],
    own: true, tabindex: '-1', 'aria-label': spoken, 'data-testid': 'message', 'data-seq': local && !local.seq ? null : message.seq, 'data-id': message.id, 'data-client-id': message.clientId || null,
  },
  h('div.gutter', null, system ? h('span.system-sign', null, icon('megaphone')) : first ? avatarOf(message.senderId, 'medium') : time.cloneNode(true)),
  h('div.body', null,
    first && h('header', null, h('strong.author', { title: system ? null : name }, system ? t('message.system') : name), person(message.senderId)?.isBot && h('span.tag', null, t('person.bot')), time, message.pinned && h('span.pin-sign', { title: t('message.pinned') }, icon('pin'))),
    message.replyTo && !message.isDeleted && quote(message.replyTo, actions),
    message.isDeleted ? h('div.text.tombstone', null, icon('trash'), t('message.deleted')) : messageText(message, message.isEdited ? edited(message, actions) : local && sending(local)),
    !message.isDeleted && files(message),
    local?.state === 'failed' && failed(local, actions),
    message.reactions.length > 0 && reactions(message, actions),
    message.replyCount > 0 && h('p.thread-line', null, t('message.replies', { n: message.replyCount })),
    seen.length > 0 && seenBy(seen)));
}
