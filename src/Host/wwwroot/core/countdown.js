// A button that can be used again after a while, and says when.

import { h } from './html.js';
import { t } from './i18n.js';

const PAUSE_MS = 30_000;

/**
 * "Send it again": the first time counts as used when `sent` is true.
 * @param {() => void} redraw @param {{sent?: boolean}} [options]
 */
export function resending(redraw, { sent = true } = {}) {
  let until = sent ? Date.now() + PAUSE_MS : 0;
  let timer;
  const tick = () => {
    clearTimeout(timer);
    if (Date.now() < until) timer = setTimeout(() => { redraw(); tick(); }, 1000);
  };
  tick();
  return {
    stop: () => clearTimeout(timer),
    /** @param {number} [ms] */
    pause(ms = PAUSE_MS) { until = Date.now() + ms; tick(); redraw(); },
    /** @param {() => Promise<any>} send @param {string} [label] */
    button(send, label = t('security.resend')) {
      const left = Math.ceil((until - Date.now()) / 1000);
      return h('button.link-button', { type: 'button', disabled: left > 0, 'data-testid': 'resend', onclick: send }, left > 0 ? t('security.resendIn', { n: left }) : label);
    },
  };
}
