// The map of all keys.

import { h } from './html.js';
import { t } from './i18n.js';
import { enterSends } from './prefs.js';
import { store } from './store.js';
import { openDialog } from './ui.js';

const MAP = () => [
  ['keys.everywhere', [['Ctrl K', 'keys.switcher'], ['Ctrl Shift F', 'keys.search'], ['Ctrl Shift E', 'keys.files'], ['Alt ↑ ↓', 'keys.rooms'], ['Alt Shift ↑ ↓', 'keys.unread'], ['F6', 'keys.regions'], ['Shift F6', 'keys.regionsBack'], ['Esc', 'keys.cancel'], ['?', 'keys.map']]],
  ['keys.writing', [...(enterSends() ? [['Enter', 'keys.send']] : [['Enter', 'keys.newLine'], ['Shift Enter', 'composer.send']]), ['Ctrl Enter', 'composer.send'], ['↑', 'keys.editLast'], ['Shift ↑', 'keys.toMessages'], ['@  #  :  /', 'keys.complete'], ['Ctrl U', 'composer.attach'], ['Ctrl B', 'format.bold'], ['Ctrl I', 'format.italic'], ['Ctrl E', 'format.code'], ['Ctrl Shift X', 'format.strike'], ['Ctrl Shift U', 'format.link']]],
  ['keys.onMessage', [['↑ ↓ Home End', 'keys.messages'], ['R', 'action.reply'], ['T', 'action.thread'], ['+', 'action.react'], ['E', 'action.edit'], ['C', 'action.copyText'], ['L', 'action.copyLink'], ['P', 'action.pin'], ['Del', 'action.delete'], ['Enter', 'action.more']]],
];

/** @param {string} keys "Ctrl K" as single key caps; what stands apart by two spaces are alternatives */
const caps = keys => keys.split(/ +/).map(one => h('kbd', null, one === 'Ctrl' && /Mac/.test(navigator.platform) ? '⌘' : one));

const FOR_ADMINS = ['keys.onList', [['↑ ↓ Home End', 'keys.rows'], ['Enter', 'keys.openRow'], ['Space', 'keys.selectRow'], ['Shift ↑ ↓', 'keys.selectRows'], ['Ctrl A', 'keys.selectAll'], ['Shift F10', 'keys.rowMenu']]];

export async function openKeyMap() {
  const isAdmin = store.get().me?.isAdmin;
  if (isAdmin) await import('../admin/texts.js');
  if (document.querySelector('.key-map')) return;
  const map = isAdmin ? [...MAP(), FOR_ADMINS] : MAP();
  openDialog(t('keys.title'), () => h('div.key-map', null, map.map(([title, rows]) => h('section', null, h('h3', null, t(/** @type {string} */ (title))),
    h('dl.keys', null, /** @type {string[][]} */ (rows).map(([keys, text]) => h('div', null, h('dt', null, caps(keys)), h('dd', null, t(text)))))))), { class: 'wide-dialog', testid: 'key-map' });
}
