// The page behind a transfer's link, for people without an account and for those with one. It loads little, and what only some need
// (a recipient's own key) when they need it.

import { get, post } from '../core/api.js';
import { addTexts, chooseLanguage, currentLanguage, LANGUAGES, t } from '../core/i18n.js';
import enKeys from '../core/texts/en-keys.js';
import enTexts from '../core/texts/en-transfers.js';
import { h, patch } from '../core/html.js';
import { applyAppearance, setPref } from '../core/prefs.js';
import { keepReturn } from '../core/router.js';
import { keptIn } from './kept.js';
import { Receiving } from './receiving.js';
import { receiveView } from './receive-view.js';

addTexts({ en: { ...enKeys, ...enTexts } });

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const inside = h('section.transfer-card', { own: true });
const [, , id = ''] = location.pathname.split('/');
let redraw = () => {};
let serverName = '';

/** German comes to whom it is for. */
async function speak() {
  await chooseLanguage();
  if (currentLanguage() !== 'de') return;
  const [keys, texts] = await Promise.all([import('../core/texts/de-keys.js'), import('../core/texts/de-transfers.js')]);
  addTexts({ de: { ...keys.default, ...texts.default } });
}

async function change(language) {
  setPref('language', language);
  await speak();
  draw();
  redraw();
}

function draw() {
  const skip = /** @type {HTMLElement} */ (document.querySelector('.skip-link'));
  skip.textContent = t('action.skip');
  patch(app, h('main.transfer-page', { id: 'main', tabindex: '-1' },
    h('header.transfer-top', null, h('p', null, serverName || 'ChatMonolith'),
      h('select', { 'aria-label': t('settings.language'), 'data-testid': 'transfer-language', onchange: event => change(event.currentTarget.value) },
        Object.entries(LANGUAGES).map(([one, name]) => h('option', { value: one, selected: one === currentLanguage() }, name)))),
    inside,
    h('details.honest', null, h('summary', null, t('keys.whatItHides')), h('ul', null, ['hides', 'shows', 'server', 'sender'].map(one => h('li', null, t(`keys.honest.${one}`)))))));
}

/** Asks a recipient for the passphrase of their own key. */
const ring = () => import('./unlock.js');

async function start() {
  applyAppearance();
  await speak();
  draw();
  get('/config').then(config => { serverName = config.name; draw(); }, () => null);
  const receiving = new Receiving({
    id, secret: location.hash.slice(1), kept: keptIn(id),
    api: { post: (path, body) => post(path, body, { quiet: true }), me: () => get('/auth/me', { quiet: true }) },
    pairFor: keyIds => ring().then(module => module.pairFor(keyIds)),
  });
  redraw = receiveView(inside, receiving, {
    logIn: '/login', unlock: () => ring().then(module => module.askForKey()), title: text => { document.title = `${text} · ${serverName || 'ChatMonolith'}`; },
  });
  // Who logs in is brought back here.
  inside.addEventListener('click', event => { if (/** @type {Element} */ (event.target).closest('a[href="/login"]')) keepReturn(location.pathname + location.hash); });
  await receiving.start();
}

start();
