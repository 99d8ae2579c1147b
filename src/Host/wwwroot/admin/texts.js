// The texts of the administration come with it, not with the start.

import { addTexts } from '../core/i18n.js';
import en from '../core/texts/en-admin.js';
import de from '../core/texts/de-admin.js';

addTexts({ en, de });
