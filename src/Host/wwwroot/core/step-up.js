// Some things ask once more that it is you: the password (and the second factor), and then the call is repeated.

import { get, post } from './api.js';
import { dialogForm, field } from './forms.js';
import { addTexts, t } from './i18n.js';
import deTexts from './texts/de-keys.js';
import enTexts from './texts/en-keys.js';
import { openDialog } from './ui.js';

addTexts({ en: enTexts, de: deTexts });

/** @template T @param {() => Promise<T>} run @returns {Promise<T>} */
export async function withStepUp(run) {
  try {
    return await run();
  } catch (error) {
    if (error.code !== 'step_up_required' || !await ask()) throw error;
    return run();
  }
}

/** Somebody closed the question: nothing happened, and nothing needs to be said. @param {any} error */
export const wasDeclined = error => error?.code === 'step_up_required';

/** Before something that is no call, such as a download. @returns {Promise<boolean>} whether it may go on */
export async function stepUp() {
  const { freshUntil } = await get('/auth/2fa');
  return (freshUntil && Date.parse(freshUntil) > Date.now() + 10_000) || ask();
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
