// A transfer that somebody got, opened inside the chat: by their account, and their own key where it is encrypted.

import { get, post } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { addTexts, t } from '../core/i18n.js';
import { goBack } from '../core/router.js';
import { needStyle } from '../core/style.js';
import deKeys from '../core/texts/de-keys.js';
import enKeys from '../core/texts/en-keys.js';
import deTexts from '../core/texts/de-transfers.js';
import enTexts from '../core/texts/en-transfers.js';
import { iconButton } from '../core/ui.js';
import { keptIn } from './kept.js';
import { Receiving } from './receiving.js';
import { receiveView } from './receive-view.js';
import { askForKey, pairFor } from './unlock.js';

addTexts({ en: { ...enKeys, ...enTexts }, de: { ...deKeys, ...deTexts } });
needStyle('transfers.css');

/** @param {Element} root @param {string} id */
export function openedView(root, id) {
  const inside = h('section.transfer-open', { own: true });
  patch(root, h('div.page', null,
    h('header.page-head', null, iconButton('back', t('action.back'), { onclick: () => goBack('/transfers/inbox') }), h('p.grow', null, t('transfers.title'))),
    h('div.page-body', null, inside)));
  const me = () => get('/auth/me');
  const receiving = new Receiving({ id, secret: '', kept: keptIn(id), pairFor, api: { post, me } });
  receiveView(inside, receiving, { renew: me, unlock: askForKey });
  receiving.start();
}
