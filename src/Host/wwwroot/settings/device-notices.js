// This browser's own notices. Asked for by a person's click, never on load.

import '../core/security-texts.js';
import { del, get, post } from '../core/api.js';
import { disableNotices, enableNotices, noticesState } from '../core/notices.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { shortDate } from '../core/time.js';
import { iconButton, notify, notifyError } from '../core/ui.js';

const TEXTS = { unsupported: 'notify.deviceCannot', blocked: 'notify.deviceDenied', off: 'notify.deviceHint', open: 'notify.deviceOpen', push: 'notify.devicePush' };

/** @param {() => void} changed */
export function devicePart(changed) {
  const state = { now: /** @type {import('../core/notices.js').Notices | null} */ (null), busy: false, others: /** @type {any[]} */ ([]) };

  async function load() {
    state.now = await noticesState();
    changed();
    state.others = await get('/push/subscriptions').then(page => page.items.filter(one => !one.current), () => []);
    changed();
  }

  async function change(run) {
    state.busy = true;
    changed();
    try {
      state.now = await run();
    } catch (error) {
      notifyError(error);
      state.now = await noticesState();
    }
    state.busy = false;
    changed();
  }

  async function remove(one) {
    try {
      await del(`/push/subscriptions/${one.id}`);
      state.others = state.others.filter(other => other !== one);
      changed();
    } catch (error) {
      notifyError(error);
    }
  }

  const test = () => post('/push/test').then(() => notify(t('notify.tested'), { ms: 4000 }), notifyError);

  return {
    load,
    draw() {
      const { now } = state;
      const on = now === 'open' || now === 'push';
      return [
        h('section.device-card', { key: 'device', 'data-testid': 'device-notices', 'data-state': now }, h('span.state-icon', null, icon(on ? 'bell' : 'bellOff')),
          h('div.grow', null, h('strong', null, t(on ? 'notify.deviceOn' : 'notify.deviceOff')), h('p.muted', null, t(TEXTS[now ?? 'off']))),
          now === 'push' && h('button.secondary', { key: 'test', type: 'button', onclick: test }, t('notify.test')),
          on && h('button.secondary', { key: 'off', type: 'button', disabled: state.busy, 'data-testid': 'notices-off', onclick: () => change(disableNotices) }, t('notify.turnOff')),
          now === 'off' && h('button.primary', { key: 'on', type: 'button', disabled: state.busy, 'data-testid': 'notices-on', onclick: () => change(enableNotices) }, t('notify.turnOn'))),
        state.others.length > 0 && h('fieldset', { key: 'others' }, h('legend', null, t('notify.otherDevices')), h('ul.sessions', null, state.others.map(one => h('li', { key: one.id },
          h('div.grow', null, h('strong', null, new URL(one.endpointOrigin).host), h('small', null, t('notify.deviceSince', { date: shortDate(one.createdAt) }))), iconButton('trash', t('notify.turnOff'), { onclick: () => remove(one) }))))),
      ];
    },
  };
}
