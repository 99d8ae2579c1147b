// The texts of the pages for logging in and for one's own security; they come with the first of these pages.

import { addTexts } from './i18n.js';
import { needStyle } from './style.js';
import de from './texts/de-security.js';
import en from './texts/en-security.js';

addTexts({ en, de });
if (typeof document !== 'undefined') needStyle('security.css');
