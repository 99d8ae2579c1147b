// A key's fingerprint as two people compare it, and what has become of the comparison.

import { addTexts, t } from '../core/i18n.js';
import enTexts from '../core/texts/en-keys.js';
import deTexts from '../core/texts/de-keys.js';
import { h } from '../core/html.js';
import { icon } from '../core/icons.js';
import { needStyle } from '../core/style.js';
import { notifyError, openDialog } from '../core/ui.js';
import { groups } from '../crypto/keys.js';
import { keyOf, setVerified, standing } from '../crypto/trust.js';

addTexts({ en: enTexts, de: deTexts });
needStyle('keys.css');

/** @param {string} fingerprint */
export const fingerprintView = fingerprint => h('p.fingerprint', { 'data-testid': 'fingerprint', 'data-fingerprint': fingerprint }, groups(fingerprint).map(one => [h('span', null, one), ' ']));

/** One line on a person's card. @param {any} user @param {() => void} changed */
export function keyLine(user, changed) {
  const now = standing(user);
  if (now === 'none') return null;
  return h('p.person-key', { 'data-testid': 'person-key', 'data-standing': now }, icon(now === 'verified' ? 'shield' : now === 'changed' ? 'warning' : 'key'), ' ', t(`keys.person.${now}`), ' ',
    h('button.link-button', { type: 'button', 'data-testid': 'compare-key', onclick: () => compare(user, changed) }, t('keys.compare')));
}

/** The key is fetched and its fingerprint computed here. @param {any} user @param {() => void} changed */
export async function compare(user, changed) {
  try {
    const key = await keyOf(user.id);
    await openDialog(t('keys.compareWith', { name: user.displayName }), close => {
      const set = compared => { setVerified(user.id, compared); close(); changed(); };
      return [
        key.standing === 'changed' && h('p.callout.warn', null, icon('warning'), h('span', null, t('keys.changedSince', { name: user.displayName }))),
        h('p', null, t('keys.compareText', { name: user.displayName })), fingerprintView(key.fingerprint),
        h('footer.dialog-foot', null,
          key.standing !== 'unverified' && h('button.secondary', { type: 'button', 'data-testid': 'unverify', onclick: () => set(null) }, t('keys.unverify')),
          h('button.primary', { type: 'button', 'data-testid': 'verify', onclick: () => set(key.fingerprint) }, t('keys.verify'))),
      ];
    });
  } catch (error) {
    notifyError(error);
  }
}
