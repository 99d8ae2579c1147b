import { h, patch } from '../core/html.js';
import { chooseLanguage, currentLanguage, LANGUAGES, t } from '../core/i18n.js';
import { applyAppearance, isTouch, pref, setPref } from '../core/prefs.js';

/** All of it holds for this device only, at once. @param {Element} root */
export function appearancePage(root) {
  const draw = () => {
    const choice = (name, value, label, hint, now) => h('label.check', null,
      h('input', { type: 'radio', name, value, checked: now === value, 'data-testid': `${name}-${value}`, onchange: () => change(name, value) }), h('span', null, label, hint && h('small', null, hint)));
    const look = (name, value, label, now) => h('label.look', null,
      h('span.look-picture', { 'aria-hidden': 'true', class: `look-${value}` }, h('i', null), h('i', null), h('i', null), h('i', null)),
      h('span.look-name', null, h('input', { type: 'radio', name, value, checked: now === value, 'data-testid': `${name}-${value}`, onchange: () => change(name, value) }), h('span', null, label)));
    patch(root, h('div.stack', null,
      h('h2', null, t('settings.appearance')), h('p.muted', null, t('settings.thisDevice')),
      h('fieldset', null, h('legend', null, t('settings.scheme')), h('div.looks', null, ['system', 'light', 'dark'].map(one => look('scheme', one, t(`settings.${one}`), pref('scheme', 'system'))))),
      h('fieldset', null, h('legend', null, t('settings.density')), h('div.looks', null, ['cosy', 'compact'].map(one => look('density', one, t(`settings.${one}`), pref('density', 'cosy'))))),
      h('fieldset', null, h('legend', null, t('settings.language')), Object.entries(LANGUAGES).map(([one, name]) => choice('language', one, name, '', currentLanguage()))),
      h('fieldset', null, h('legend', null, t('settings.enterKey')),
        h('label.check', null, h('input', { type: 'checkbox', checked: pref('enterSends', true), disabled: isTouch(), 'data-testid': 'enter-sends', onchange: event => setPref('enterSends', event.currentTarget.checked) }),
          h('span', null, t('settings.enterSends'), h('small', null, isTouch() ? t('settings.enterTouch') : t('settings.enterSendsHint')))))));
  };
  async function change(name, value) {
    setPref(name, value);
    applyAppearance();
    await chooseLanguage();
    if (name === 'language') dispatchEvent(new CustomEvent('chat:redraw'));
    else draw();
  }
  draw();
}
