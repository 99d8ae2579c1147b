// The texts of the administration come with it, not with the start.

import { addTexts } from '../core/i18n.js';
import en from '../core/texts/en-admin.js';
import enNames from '../core/texts/en-admin-names.js';
import enAlerts from '../core/texts/en-admin-alerts.js';
import de from '../core/texts/de-admin.js';
import deAlerts from '../core/texts/de-admin-alerts.js';
import deNames from '../core/texts/de-admin-names.js';
import deNodes from '../core/texts/de-admin-nodes.js';
import enNodes from '../core/texts/en-admin-nodes.js';

addTexts({ en: { ...en, ...enNames, ...enAlerts, ...enNodes }, de: { ...de, ...deNames, ...deAlerts, ...deNodes } });
