// This browser's own notices. Asked for by a person's click, never on load.

import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { pref, setPref } from '../core/prefs.js';

/** @param {() => void} changed */
export function devicePart(changed) {
  const can = 'Notification' in globalThis;
  const state = { asking: false };

  async function ask() {
    state.asking = true;
    changed();
    const answer = await Notification.requestPermission();
    state.asking = false;
    setPref('desktopNotices', answer === 'granted' ? true : null);
    changed();
  }

  return {
    load() {},
    draw() {
      const on = can && Notification.permission === 'granted' && pref('desktopNotices');
      const text = !can ? t('notify.deviceCannot') : Notification.permission === 'denied' ? t('notify.deviceDenied') : t('notify.deviceHint');
      return h('section.device-card', { 'data-testid': 'device-notices' }, h('span.state-icon', null, icon(on ? 'bell' : 'bellOff')),
        h('div.grow', null, h('strong', null, t(on ? 'notify.deviceOn' : 'notify.deviceOff')), h('p.muted', null, text)),
        can && Notification.permission !== 'denied' && (on ? h('button.secondary', { type: 'button', onclick: () => { setPref('desktopNotices', null); changed(); } }, t('notify.turnOff'))
          : h('button.primary', { type: 'button', disabled: state.asking, 'data-testid': 'ask-notices', onclick: ask }, t('notify.turnOn'))));
    },
  };
}
