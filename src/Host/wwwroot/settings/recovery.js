// Ten recovery codes, shown once: to be copied, printed or saved before anything else goes on.

import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { store } from '../core/store.js';
import { shortDate } from '../core/time.js';
import { copyText } from '../core/ui.js';
import { handOut } from '../crypto/jobs.js';

/** @param {string[]} codes @param {() => void} kept */
export function recoverySheet(codes, kept) {
  const of = `${store.get().me?.username ?? ''} · ${location.host}`;
  const text = `${t('security.sheetTitle')}\n${of}\n\n${codes.join('\n')}\n\n${t('security.sheetText')}\n`;
  const name = `recovery-codes-${location.hostname}.txt`;
  return h('section.stack', { key: 'codes', 'data-testid': 'recovery-codes' },
    h('h3', { tabindex: '-1' }, t('security.sheetTitle')), h('p', null, t('security.sheetIntro')),
    h('div.recovery-sheet', null,
      h('p.only-print', null, h('strong', null, t('security.sheetTitle')), h('br', null), of, h('br', null), shortDate(new Date().toISOString())),
      h('ol.recovery-list', null, codes.map(one => h('li', null, h('code', null, one)))),
      h('p.only-print', null, t('security.sheetText'))),
    h('div.state-actions', null,
      h('button.secondary', { type: 'button', 'data-testid': 'codes-copy', onclick: () => copyText(codes.join('\n')) }, icon('copy'), t('action.copy')),
      h('button.secondary', { type: 'button', 'data-testid': 'codes-print', onclick: () => print() }, icon('file'), t('security.print')),
      h('button.secondary', { type: 'button', 'data-testid': 'codes-save', onclick: () => handOut(new Blob([text], { type: 'text/plain' }), name) }, icon('download'), t('security.save'))),
    h('div', null, h('button.primary', { type: 'button', 'data-testid': 'codes-kept', onclick: kept }, icon('check'), t('security.kept'))));
}
