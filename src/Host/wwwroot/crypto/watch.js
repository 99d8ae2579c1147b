// Tells when somebody's key has changed: a new device, a lost passphrase, or somebody else's hand.

import enTexts from '../core/texts/en-keys.js';
import deTexts from '../core/texts/de-keys.js';
import { addTexts, t } from '../core/i18n.js';
import { store } from '../core/store.js';
import { notify } from '../core/ui.js';
import { verifiedKey } from './trust.js';

addTexts({ en: enTexts, de: deTexts });

store.subscribe((now, before) => {
  if (now.users === before.users || now.me?.id !== before.me?.id) return;
  for (const user of Object.values(now.users)) {
    const known = before.users[user.id];
    if (!known || known === user || !known.keyFingerprint || known.keyFingerprint === user.keyFingerprint) continue;
    notify(t(verifiedKey(user.id) ? 'keys.changedVerified' : 'keys.changed', { name: user.displayName }), { kind: verifiedKey(user.id) ? 'failed' : 'info', ms: 15_000 });
  }
});
