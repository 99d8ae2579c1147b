// What a page of the administration shows when it could not be loaded: without rights something else than after a failure.

import { t } from '../core/i18n.js';
import { empty, failure } from '../core/ui.js';

/** @param {any} error @param {() => void} again */
export const refused = (error, again) => ([403, 404].includes(error.status) ? empty('lock', t('admin.noRights'), t('admin.noRightsText')) : failure(error, again));
