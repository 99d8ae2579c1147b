// What an edited message said before.

import { get } from '../core/api.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { normalMessage } from '../core/normal.js';
import { fullDate } from '../core/time.js';
import { failure, openDialog, skeleton } from '../core/ui.js';
import { messageText } from './text.js';

/** @param {any} message */
export function openRevisions(message) {
  const state = { items: /** @type {any[] | null} */ (null), error: /** @type {any} */ (null), begun: false };
  return openDialog(t('message.history'), (close, redraw) => {
    const load = async () => {
      try {
        const answer = await get(`/messages/${message.id}/revisions`);
        state.items = answer.items ?? answer;
        state.error = null;
      } catch (error) {
        state.error = error;
      }
      redraw();
    };
    if (!state.begun) { state.begun = true; load(); }
    if (state.error) return failure(state.error, load);
    if (!state.items) return skeleton(3);
    const row = (when, label, content) => h('li', null, h('small.muted', null, label, ' · ', when), content);
    return h('ol.revisions', null,
      row(message.editedAt ? fullDate(message.editedAt) : '', t('message.now'), messageText(message)),
      [...state.items].reverse().map(one => row(fullDate(one.createdAt ?? one.at ?? one.editedAt ?? message.createdAt), t('message.earlier'), messageText(normalMessage({ ...one, createdAt: '' })))));
  }, { testid: 'revisions' });
}
