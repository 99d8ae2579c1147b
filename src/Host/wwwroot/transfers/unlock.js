// A person's own key, for what was encrypted to them: opened already, or asked for.

import { dialogForm, field } from '../core/forms.js';
import { addTexts, t } from '../core/i18n.js';
import enTexts from '../core/texts/en-keys.js';
import deTexts from '../core/texts/de-keys.js';
import { h } from '../core/html.js';
import { confirm, notifyError, openDialog } from '../core/ui.js';
import { loadKeys, pairFor, unlock } from '../crypto/ring.js';

addTexts({ en: enTexts, de: deTexts });

export { pairFor };

/** @returns {Promise<boolean>} whether a key is open now */
export async function askForKey() {
  let keys;
  try {
    keys = await loadKeys();
  } catch (error) {
    notifyError(error);
    return false;
  }
  if (keys.length === 0) {
    if (await confirm({ title: t('transfers.keyNeeded'), text: t('transfers.keyNeededText'), action: t('transfers.keyMake'), danger: false })) location.assign('/settings/keys');
    return false;
  }
  return Boolean(await openDialog(t('keys.unlock'), (close, redraw) => dialogForm(close, redraw, {
    action: t('keys.unlock'), testid: 'unlock-confirm',
    fields: error => [h('p', null, t('keys.unlockText')),
      field(t('keys.passphraseOrCode'), { name: 'secret', type: 'password', autocomplete: 'current-password', 'data-testid': 'unlock-secret' }, { error: error?.code === 'damaged_file' ? t('keys.notThis') : '' })],
    submit: async data => {
      await unlock(keys, String(data.get('secret')));
      return true;
    },
  })));
}

/** The recovery kit's gate: nothing is encrypted before the person has a key that can be recovered, and it is open here. @returns {Promise<boolean>} */
export async function readyToEncrypt() {
  const keys = await loadKeys();
  const own = keys.find(one => !one.retiredAt);
  if (own) return true;
  if (await confirm({ title: t('transfers.gate'), text: t('transfers.gateText'), action: t('transfers.keyMake'), danger: false })) location.assign('/settings/keys');
  return false;
}
