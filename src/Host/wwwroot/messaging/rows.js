// The elements of the timeline's rows, each made anew only when something in it has changed.

import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { normalMessage } from '../core/normal.js';
import { dayName, fullDate } from '../core/time.js';
import { empty, errorText } from '../core/ui.js';
import { dependsOn, messageNode } from './message.js';
import { reach } from './roving.js';

/** @typedef {import('./grouping.js').Line} Line */

const RECEIPTS_UP_TO = 50;
/** Rows that have gone out of view and may come back soon. */
const KEPT = 150;

/** What stands for entries of the outbox until the messages themselves are here. @param {string} [threadId] those of a thread */
export function unsent(state, roomId, items, threadId) {
  const here = new Set(items.filter(one => one.senderId === state.me?.id).map(one => one.clientId));
  const posts = state.posts.filter(one => !state.outbox.some(sent => sent.clientId === one.clientId));
  return [...state.outbox, ...posts].filter(one => one.roomId === roomId && one.threadId === threadId && !here.has(one.clientId)).map(entry => ({
    ...normalMessage({ id: `local-${entry.clientId}`, roomId, clientId: entry.clientId, senderId: state.me?.id, text: entry.text, replyTo: entry.replyTo, attachments: entry.attachments, createdAt: entry.createdAt, seq: entry.seq ?? Infinity }),
    local: entry,
  }));
}

/** Who has read the own last message. */
export function seenBy(state, roomId, items) {
  const room = state.rooms[roomId];
  if (!room || room.memberCount > RECEIPTS_UP_TO) return null;
  const own = items.findLast(one => one.senderId === state.me?.id && !one.local && !one.isDeleted);
  if (!own) return null;
  const ids = Object.entries(state.receipts[roomId] ?? {}).filter(([id, seq]) => id !== state.me?.id && seq >= own.seq).map(([id]) => id).sort();
  return ids.length ? { id: own.id, ids } : null;
}

/** In the space of what is not here: that it is being fetched, or why it cannot be. */
export const spinner = () => h('span.spinner', { role: 'status', 'aria-label': t('state.loading') });
export const unloadedNote = (error, retry) => h('p.unloaded-note', { role: 'status' }, error.code === 'network' ? t('timeline.needsNetwork') : errorText(error), ' ',
  h('button.link-button', { type: 'button', onclick: retry }, t('action.retry')));

function plainRow(/** @type {Line} */ row, room) {
  if (row.kind === 'day') return h('div.day-line', { own: true, role: 'separator' }, h('span', { title: fullDate(row.date).split(',').slice(0, 3).join(',') }, dayName(row.date ?? '')));
  if (row.kind === 'new') return h('div.new-line', { own: true, role: 'separator', 'data-testid': 'new-divider' }, h('span', null, t('timeline.new')));
  if (row.kind === 'empty') return h('div', { own: true }, empty('compose', t('timeline.empty'), t('timeline.emptyHint')));
  return h('div.beginning', { own: true }, h('h2', null, t('timeline.beginning')), h('p', null, room?.type === 'direct' ? t('timeline.beginningDirect') : t('timeline.beginningText')));
}

export class Rows {
  /** @param {string} roomId @param {any} actions */
  constructor(roomId, actions) {
    this.roomId = roomId;
    this.actions = actions;
    /** @type {Map<string, {parts: any[], node: any, message?: any}>} */
    this.nodes = new Map();
    /** What took another's place, for focus to follow. @type {any[][]} */
    this.replaced = [];
  }

  /** @param {Line} row @param {any} state @param {{id: string, ids: string[]} | null} seen */
  element(row, state, seen) {
    const known = this.nodes.get(row.key);
    const parts = this.parts(row, state, seen);
    if (known && known.parts.length === parts.length && known.parts.every((one, i) => one === parts[i])) {
      known.message = row.message;
      return known.node;
    }
    let node;
    if (row.kind === 'message') {
      node = messageNode(row.message, { first: row.first ?? false, seen: seen?.id === row.message.id ? seen?.ids ?? [] : [], actions: this.actions });
      node.dataset.key = row.key;
      reach(node, false);
      if (known?.node.classList.contains('flash')) node.classList.add('flash');
    } else node = plainRow(row, state.rooms[this.roomId]);
    if (known) this.replaced.push([known.node, node]);
    this.nodes.delete(row.key);
    this.nodes.set(row.key, { parts, node, message: row.message });
    return node;
  }

  parts(row, state, seen) {
    if (row.kind === 'day') return [dayName(row.date)];
    if (row.kind !== 'message') return [state.rooms[this.roomId]?.type];
    const { message } = row;
    const ids = seen?.id === message.id ? seen.ids : [];
    return [row.first, ids.join(), ...ids.map(id => state.users[id]), ...dependsOn(message, state)];
  }

  /** Those longest out of the page go. */
  forget() {
    if (this.nodes.size <= KEPT * 2) return;
    let most = this.nodes.size - KEPT;
    for (const [key, { node }] of this.nodes) {
      if (most <= 0) break;
      if (node.isConnected) continue;
      this.nodes.delete(key);
      most -= 1;
    }
  }
}
