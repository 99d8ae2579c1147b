// Encrypts and decrypts files of this device, in this page. After it has loaded it asks nobody for anything: the server sends it
// with a policy under which no connection can be made.

import { addTexts, chooseLanguage, currentLanguage, LANGUAGES, t } from '../core/i18n.js';
import de from '../core/texts/de.js';
import enKeys from '../core/texts/en-keys.js';
import deKeys from '../core/texts/de-keys.js';
import enLocal from '../core/texts/en-local.js';
import deLocal from '../core/texts/de-local.js';
import { h, patch } from '../core/html.js';
import { icon } from '../core/icons.js';
import { applyAppearance, setPref } from '../core/prefs.js';
import { startWorker } from '../crypto/jobs.js';
import { decryptPart } from './decrypt.js';
import { encryptPart } from './encrypt.js';
import { keysPart } from './make.js';

addTexts({ en: { ...enKeys, ...enLocal }, de: { ...de, ...deKeys, ...deLocal } });

const PARTS = { encrypt: encryptPart, decrypt: decryptPart, keys: keysPart };
const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const bodies = /** @type {Record<string, any>} */ ({});
let shown = 'encrypt';

/** What was begun in one part goes on while another is looked at. @param {string} name */
function bodyOf(name) {
  bodies[name] ??= h('section.local-card', { own: true, 'aria-label': t(`local.${name}`) });
  if (!bodies[name].redraw) bodies[name].redraw = PARTS[name](bodies[name]);
  return bodies[name];
}

function draw() {
  document.title = t('local.title');
  const skip = /** @type {HTMLElement} */ (document.querySelector('.skip-link'));
  skip.textContent = t('action.skip');
  patch(app, h('main.local-page', { id: 'main', tabindex: '-1' },
    h('header.local-head', null, h('h1', null, t('local.title')),
      h('select', { 'aria-label': t('settings.language'), 'data-testid': 'local-language', onchange: event => change('language', event.currentTarget.value) },
        Object.entries(LANGUAGES).map(([one, name]) => h('option', { value: one, selected: one === currentLanguage() }, name)))),
    h('p.callout', null, icon('shield'), h('span', null, t('local.intro'))),
    h('nav.local-nav', { 'aria-label': t('local.title') }, Object.keys(PARTS).map(one => h('button', { type: 'button', 'data-testid': `local-${one}`, 'aria-current': one === shown ? 'page' : null, onclick: () => { shown = one; draw(); } }, t(`local.${one}`)))),
    bodyOf(shown),
    h('details.honest', null, h('summary', null, t('keys.whatItHides')), h('ul', null, ['local', 'lost', 'sender', 'quantum'].map(one => h('li', null, t(one === 'local' ? 'local.honest' : `keys.honest.${one}`))))),
    h('p', null, h('a', { href: '/' }, t('local.toChat')))));
}

async function change(name, value) {
  setPref(name, value);
  await chooseLanguage();
  for (const [one, body] of Object.entries(bodies)) {
    body.setAttribute('aria-label', t(`local.${one}`));
    body.redraw();
  }
  draw();
}

async function start() {
  applyAppearance();
  // Before anybody needs it: later it could not be loaded.
  startWorker('local');
  await chooseLanguage();
  draw();
}

// What is dropped beside the box must not take the place of the page.
for (const type of ['dragover', 'drop']) addEventListener(type, event => event.preventDefault());
start();
