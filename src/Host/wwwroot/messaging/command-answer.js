// What a command answered to its sender alone; it is in no log, and gone with the page.

import '../core/security-texts.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { serverHtml } from '../core/server-html.js';
import { iconButton } from '../core/ui.js';

/** @param {{text: string, html: string | null}} answer @param {() => void} close */
export const answered = ({ text, html }, close) => () => h('div.only-you', { key: 'answer', role: 'status', 'data-testid': 'command-answer' },
  h('span.grow', null, h('small', null, t('command.onlyYou')), h('div.text', null, html ? serverHtml(html) : text)), iconButton('close', t('action.close'), { onclick: close }));
