// One message as an article.

import { avatarOf } from '../core/avatar.js';
import { h } from '../core/html.js';
import { list, t } from '../core/i18n.js';
import { isUnreadThread } from '../core/inbox.js';
import { icon } from '../core/icons.js';
import { nameOf, person } from '../core/people.js';
import { plain } from '../core/plain.js';
import { store } from '../core/store.js';
import { ago, clock, fullDate } from '../core/time.js';
import { errorText, notify } from '../core/ui.js';
import { mentionsMe } from './mentions.js';
import { messageText } from './text.js';

const edited = (message, actions) => h('button.edited', {
  type: 'button', 'data-testid': 'edited', title: message.editedAt ? fullDate(message.editedAt) : '', onclick: () => actions.history(message),
}, t('message.edited'));

function quote(reply, actions) {
  return h('button.quote', { type: 'button', 'data-testid': 'quote', onclick: () => actions.jump(reply) },
    icon('reply'), h('strong', null, nameOf(reply.senderId)), h('span', null, plain(reply.excerpt) || reply.excerpt || t('message.deletedShort')));
}

function reactions(message, actions) {
  const me = store.get().me?.id ?? '';
  return h('div.reactions', null, message.reactions.map(one => {
    const mine = one.userIds.includes(me);
    const names = one.userIds.map(id => (id === me ? t('person.you') : nameOf(id)));
    if (one.count > names.length) names.push(t('reaction.others', { n: one.count - names.length }));
    const who = t('reaction.who', { names: list(names), emoji: one.emoji });
    return h('button.reaction', {
      key: one.emoji, type: 'button', class: mine && 'mine', 'aria-pressed': String(mine), 'aria-label': `${one.emoji} ${one.count}. ${who}`, 'data-tip': who,
      'data-testid': 'reaction', 'data-emoji': one.emoji, onclick: () => actions.toggleReaction(message, one.emoji),
    }, h('span.emoji', null, one.emoji), h('span', null, one.count));
  }), h('button.reaction.add', { type: 'button', 'aria-label': t('action.react'), title: t('action.react'), onclick: event => actions.pickReaction(message, event.currentTarget) }, icon('smile')));
}

/** What draws files comes with the first message that has some. @type {any} */
let cards = null;
const loadCards = () => import('../files/cards.js').then(module => { cards = module; });

function files(message) {
  if (!message.attachments.length) return null;
  const box = h('div.files', null, cards?.fileCards(message));
  if (!cards) loadCards().then(() => {
    box.append(...cards.fileCards(message));
    const { tabIndex = 0 } = box.closest('article') ?? {};
    for (const one of box.querySelectorAll('a[href], button')) one.tabIndex = tabIndex;
  }, error => console.warn('files are not shown', error.message));
  return box;
}

function threadLine(message, actions) {
  const last = message.lastReplyAt;
  const fresh = isUnreadThread(store.get(), message.id);
  return h('button.thread-line', { type: 'button', class: fresh && 'has-new', 'data-testid': 'thread-line', onclick: () => actions.thread(message) },
    h('span.faces', { 'aria-hidden': 'true' }, message.replierIds.map(id => avatarOf(id, 'small'))),
    h('strong', null, t('message.replies', { n: message.replyCount })), fresh && h('span.unread-dot', { role: 'img', 'aria-label': t('inbox.isUnread') }),
    last && h('span.when', { title: fullDate(last) }, t('message.lastReply', { when: ago(last) })), icon('chevron'));
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
  return h('button.seen', { type: 'button', 'data-testid': 'seen-by', title: names, 'aria-label': names, onclick: () => notify(names, { ms: 6000 }) },
    icon('check'), ids.slice(0, 5).map(id => avatarOf(id, 'tiny')), ids.length > 5 && h('span', null, `+${ids.length - 5}`));
}

/** Everything that the look of a message depends on: as long as it is the same, the node that stands is right. */
export function dependsOn(message, state) {
  const { local, ...plain } = message;
  const people = [message.senderId, message.replyTo?.senderId, ...message.mentions, ...message.replierIds, ...message.reactions.flatMap(one => one.userIds)];
  return [local ? local.state + local.code : '', local ? plain.text : message, message.replyCount > 0 && isUnreadThread(state, message.id), message.lastReplyAt && ago(message.lastReplyAt), ...people.map(id => state.users[id])];
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
  const spoken = t('message.spoken', { name: system ? t('message.system') : name, time: clock(message.createdAt), text: message.isDeleted ? t('message.deleted') : [message.text.slice(0, 300), ...message.attachments.map(one => one.name)].filter(Boolean).join('. ') });
  const time = h('time', { datetime: message.createdAt, title: fullDate(message.createdAt) }, clock(message.createdAt));
  return h('article.message', {
    class: [first && 'first', local && 'local', local?.state === 'failed' && 'failed', local && local.state !== 'failed' && local.state !== 'acked' && 'unsent', message.isDeleted && 'deleted', system && 'system',
      message.pinned && 'pinned', !message.isDeleted && mentionsMe(message, me) && 'mentions-me', message.senderId === me && 'own'],
    own: true, tabindex: '-1', 'aria-label': spoken, 'data-testid': 'message', 'data-seq': local && !local.seq ? null : message.seq, 'data-id': message.id, 'data-client-id': message.clientId || null,
  },
  h('div.gutter', null, system ? h('span.system-sign', null, icon('megaphone')) : first ? h('span.face', { 'data-person': message.senderId }, avatarOf(message.senderId, 'medium')) : time.cloneNode(true)),
  h('div.body', null,
    first && h('header', null, system ? h('strong.author', null, t('message.system')) : h('a.author', { href: `/people/${message.senderId}`, 'data-person': message.senderId, title: name }, name), person(message.senderId)?.isBot && h('span.tag', null, t('person.bot')), time, message.pinned && h('span.pin-sign', { title: t('message.pinned') }, icon('pin'))),
    message.replyTo && !message.isDeleted && quote(message.replyTo, actions),
    message.isDeleted ? h('div.text.tombstone', null, icon('trash'), t('message.deleted')) : messageText(message, message.isEdited ? edited(message, actions) : local && sending(local)),
    !message.isDeleted && files(message),
    local?.state === 'failed' && failed(local, actions),
    message.reactions.length > 0 && reactions(message, actions),
    message.replyCount > 0 && actions.thread && threadLine(message, actions),
    seen.length > 0 && seenBy(seen)));
}
