// What others write where the person is, said by the screen reader.

import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { nameOf } from '../core/people.js';

/** More than these at once are a history that came, and not a conversation. */
const MOST = 4;

/** @param {any[]} items as they are now @param {any[]} before as they were @param {string | undefined} me */
export function speakNew(items, before, me) {
  const last = before.at(-1)?.seq ?? 0;
  const fresh = items.filter(one => one.seq > last && one.senderId !== me && !one.isDeleted);
  const area = document.getElementById('spoken');
  if (area && fresh.length && fresh.length <= MOST) area.replaceChildren(...fresh.map(one => h('p', null, t('message.spokenNew', { name: nameOf(one.senderId), text: [one.text.slice(0, 300), ...one.attachments.map(file => file.name)].filter(Boolean).join('. ') }))));
}
