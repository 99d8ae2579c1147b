// A message's text as it is read: rendered Markdown or plain text, with people, rooms and tasks marked in it.

import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { person } from '../core/people.js';
import { serverHtml } from '../core/server-html.js';
import { store } from '../core/store.js';
import { cut, isOnlyEmoji, taskOf } from './mentions.js';

/** Own rooms by name; a name that two rooms share leads to neither. */
function roomNames() {
  const names = new Map();
  for (const room of Object.values(store.get().rooms)) {
    const name = room.name?.toLowerCase();
    if (name) names.set(name, names.has(name) ? '' : room.id);
  }
  return names;
}

function link(part) {
  if (part.kind === 'room') return h('a.mention', { href: `/rooms/${part.id}` }, part.text);
  if (part.kind === 'all') return h('span.mention.me', null, part.text);
  return h('a.mention', { href: `/people/${part.id}`, 'data-person': part.id, class: part.id === store.get().me?.id && 'me' }, part.text);
}

/** Names and rooms stand out, in plain text and in rendered Markdown alike; not inside code or links. */
function markNames(root, message) {
  if (!/[@#]/.test(root.textContent)) return;
  const people = new Map(message.mentions.map(id => [person(id)?.username?.toLowerCase(), id]).filter(([name]) => name));
  const known = { people, all: message.mentionsAll, rooms: roomNames() };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = /** @type {Text[]} */ ([]);
  while (walker.nextNode()) if (!walker.currentNode.parentElement?.closest('code, pre, a')) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) {
    const parts = cut(text.data, known);
    if (parts.length > 1 || typeof parts[0] !== 'string') text.replaceWith(...parts.map(part => (typeof part === 'string' ? document.createTextNode(part) : link(part))));
  }
}

/** "[x]" at the start of a list's entry becomes a sign; it is ticked by editing the message. */
function markTasks(root) {
  for (const item of root.querySelectorAll('li')) {
    const holder = item.firstElementChild?.nodeName === 'P' && item.firstChild === item.firstElementChild ? item.firstElementChild : item;
    const text = holder.firstChild;
    const task = text?.nodeType === Node.TEXT_NODE ? taskOf(text.data) : null;
    if (!task) continue;
    text.data = text.data.slice(task.length);
    item.classList.add('task');
    item.classList.toggle('done', task.done);
    holder.prepend(h('span.task-box', { role: 'img', 'aria-label': t(task.done ? 'message.taskDone' : 'message.taskOpen') }));
  }
}

/** @param {any} message @param {any} [mark] what follows the last word */
export function messageText(message, mark = null) {
  const box = message.html ? h('div.text.rich', null, serverHtml(message.html)) : h('div.text', { class: isOnlyEmoji(message.text) && 'only-emoji' }, message.text);
  markNames(box, message);
  if (message.html) markTasks(box);
  const last = /** @type {Element | null} */ (box.lastElementChild);
  if (mark) (message.html && last?.nodeName === 'P' ? last : box).append(' ', mark);
  return box;
}
