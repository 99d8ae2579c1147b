// Some things ask once more that it is you: the password (and the second factor), and then the call is repeated.

import { post } from './api.js';
import { dialogForm, field } from './forms.js';
import { t } from './i18n.js';
import { openDialog } from './ui.js';

/** @template T @param {() => Promise<T>} run @returns {Promise<T>} */
export async function withStepUp(run) {
  try {
    return await run();
  } catch (error) {
    if (error.code !== 'step_up_required' || !await ask()) throw error;
    return run();
  }
}

async function ask() {
  let asksCode = false;
  return openDialog(t('keys.stepUp'), (close, redraw) => dialogForm(close, redraw, {
    action: t('keys.stepUpDo'), testid: 'step-up',
    fields: error => {
      asksCode ||= error?.code === 'two_factor_required';
      return [
        field(t('settings.currentPassword'), { name: 'password', type: 'password', autocomplete: 'current-password', required: true, 'data-testid': 'step-up-password' }),
        asksCode && field(t('auth.code'), { name: 'code', autocomplete: 'one-time-code', 'data-testid': 'step-up-code' }),
      ];
    },
    submit: async data => {
      await post('/auth/step-up', { password: String(data.get('password')), ...(data.get('code') ? { code: String(data.get('code')) } : {}) });
      return true;
    },
  }));
}
