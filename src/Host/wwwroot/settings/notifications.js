// What to be told of, and where. It holds for all devices, but for the notices of this browser.

import { get, put } from '../core/api.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { roomName } from '../core/people.js';
import { store, watch } from '../core/store.js';
import { failure, notifyError, skeleton } from '../core/ui.js';
import { setRoomPreference } from '../rooms/preferences.js';
import { devicePart } from './device-notices.js';

const KINDS = ['mention', 'reply', 'direct', 'added', 'system'];

/** @param {Element} root */
export function notificationsPage(root) {
  const state = { error: /** @type {any} */ (null) };
  const device = devicePart(() => draw());

  async function load() {
    state.error = null;
    draw();
    try {
      store.set({ preferences: await get('/users/me/notifications') });
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  /** Shown at once; a refusal takes it back. */
  async function save(change) {
    const before = store.get().preferences;
    store.set({ preferences: { ...before, kinds: { ...before.kinds, ...change.kinds }, doNotDisturb: { ...before.doNotDisturb, ...change.doNotDisturb } } });
    try {
      store.set({ preferences: await put('/users/me/notifications', change) });
    } catch (error) {
      store.set({ preferences: before });
      notifyError(error);
    }
  }

  function kinds({ kinds: now }) {
    const box = (kind, way) => h('input', {
      type: 'checkbox', checked: now[kind]?.[way] ?? false, 'aria-label': `${t(`notify.${kind}`)}: ${t(`notify.${way}`)}`, 'data-testid': `notify-${kind}-${way}`,
      onchange: event => save({ kinds: { [kind]: { ...now[kind], [way]: event.currentTarget.checked } } }),
    });
    return h('table.notify-table', null,
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('notify.what')), h('th', { scope: 'col' }, t('notify.inApp')), h('th', { scope: 'col' }, t('notify.push')))),
      h('tbody', null, KINDS.map(kind => h('tr', { key: kind }, h('th', { scope: 'row' }, t(`notify.${kind}`), h('small', null, t(`notify.${kind}Hint`))),
        h('td', null, kind === 'direct' ? h('span.muted', { title: t('notify.directInList') }, '–') : box(kind, 'inApp')), h('td', null, box(kind, 'push'))))));
  }

  function quietHours({ doNotDisturb: quiet }) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const time = (name, label) => h('label.field', null, h('span', null, label), h('input', { type: 'time', name, required: true, value: quiet[name], 'data-testid': `quiet-${name}`, onchange: event => { if (event.currentTarget.value) save({ doNotDisturb: { ...quiet, [name]: event.currentTarget.value, timeZone: zone } }); } }));
    return h('fieldset.stack', null, h('legend', null, t('notify.quiet')),
      h('label.check', null, h('input', { type: 'checkbox', checked: quiet.enabled, 'data-testid': 'quiet-enabled', onchange: event => save({ doNotDisturb: { ...quiet, enabled: event.currentTarget.checked, timeZone: zone } }) }),
        h('span', null, t('notify.quietOn'), h('small', null, t('notify.quietHint', { zone: (quiet.enabled && quiet.timeZone) || zone })))),
      quiet.enabled && h('div.two', null, time('from', t('notify.from')), time('to', t('notify.to'))));
  }

  function rooms() {
    const different = Object.values(store.get().rooms).filter(one => one.muted || (one.type !== 'direct' && one.notify === 'all')).sort((a, b) => roomName(a).localeCompare(roomName(b)));
    return h('fieldset.stack', null, h('legend', null, t('notify.rooms')), h('p.muted', null, t('notify.roomsHint')),
      different.length > 0 && h('ul.sessions', null, different.map(room => h('li', { key: room.id }, h('span.room-sign', null, icon(room.muted ? 'bellOff' : 'bell')),
        h('div.grow', null, h('a', { href: `/rooms/${room.id}/details` }, roomName(room)), h('small', null, t(room.muted ? 'notify.roomMuted' : 'notify.roomAll'))),
        h('button.secondary', { type: 'button', onclick: () => setRoomPreference(room, room.muted ? { muted: false } : { notify: 'mentions' }) }, t(room.muted ? 'notify.unmute' : 'notify.asUsual'))))));
  }

  function draw() {
    const { preferences } = store.get();
    patch(root, h('div.stack', null, h('h2', null, t('settings.notifications')),
      device.draw(),
      state.error && !preferences ? failure(state.error, load) : !preferences ? skeleton(5, 'row') : [
        h('fieldset', null, h('legend', null, t('notify.title')), kinds(preferences)), quietHours(preferences), rooms()]));
  }
  load();
  device.load();
  return watch(now => [now.preferences, now.rooms], draw);
}
