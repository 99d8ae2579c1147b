// Start, and which view belongs to which address.

import { get, onSignedOut, post } from './core/api.js';
import { begin, forgetSession, keeper, logOut, onSession } from './core/app-state.js';
import { bindFocus, noticeOf } from './core/device.js';
import { h, patch } from './core/html.js';
import { chooseLanguage, t } from './core/i18n.js';
import { bindKeys } from './core/keys.js';
import { applyAppearance, pref, setPref } from './core/prefs.js';
import { currentRoute, keepReturn, navigate, onRoute, startRouter, takeReturn } from './core/router.js';
import { connectionLine, titleAndIcon } from './core/status.js';
import { store } from './core/store.js';
import { withUser } from './core/sync.js';
import { startWorker, tellLanguage } from './core/worker.js';
import { closeOverlays, closePopovers, empty, failure, notify, skeleton } from './core/ui.js';
import { loginView } from './auth/login.js';
import { registerView } from './auth/register.js';
import { roomView } from './messaging/room-view.js';
import { directoryView } from './rooms/directory.js';
import { joinView } from './rooms/join.js';
import { roomList } from './rooms/list.js';
import { isPanel, panelView } from './rooms/panel.js';
import { settingsView } from './settings/view.js';

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const skip = /** @type {HTMLElement} */ (document.querySelector('.skip-link'));
const OUTSIDE = new Set(['login', 'register', 'setup']);

/** @type {any} */ let shell = null;
/** @type {() => void} */ let leaveAuth = () => {};

const signedIn = () => store.get().me !== null;

function closeShell() {
  for (const off of shell?.offs ?? []) off();
  shell?.main.stop?.();
  shell?.panelOff?.();
  shell = null;
  closeOverlays();
}

function openShell() {
  leaveAuth();
  const list = h('div.rooms-inside', { own: true });
  const rooms = h('aside.rooms', { own: true }, list);
  const main = h('main.main', { own: true, id: 'main', tabindex: '-1' });
  const panel = h('aside.panel', { own: true, hidden: true, 'aria-label': t('panel.label') });
  const line = h('div.connection', { own: true, role: 'status', 'data-testid': 'connection-state' });
  patch(app, h('div.shell', { key: `shell-${Date.now()}` }, h('div.columns', { own: true }, line, rooms, main, panel)));
  const shown = roomList(list);
  shell = {
    list: shown, rooms, mainRoot: main, panelRoot: panel, main: { key: '' }, panelKey: '', panelOff: null,
    offs: [shown.off, connectionLine(line), store.subscribe((now, before) => {
      if (now.rooms !== before.rooms || now.config !== before.config) titleAndIcon();
      if (now.roomsLoaded !== before.roomsLoaded || Object.keys(now.rooms).length !== Object.keys(before.rooms).length) route({ replace: true, pop: false });
    })],
  };
}

const wide = matchMedia('(min-width: 720px)');

/** On a narrow screen the list of rooms is a page of its own. */
function markMain() {
  const alone = !wide.matches && currentRoute().name === 'home';
  if (alone) shell.rooms.setAttribute('role', 'main');
  else shell.rooms.removeAttribute('role');
}

/** Puts another view into the middle, unless it is the one that is there. */
function showMain(key, open) {
  if (shell.main.key === key) return false;
  shell.main.stop?.();
  closePopovers();
  shell.mainRoot.replaceChildren();
  const root = h('div.view', { class: key.split(':')[0] });
  shell.mainRoot.append(root);
  const view = open(root);
  shell.main = { key, ...(typeof view === 'function' ? { stop: view } : view) };
  return true;
}

/** @param {string} roomId @param {string | null} name */
function showPanel(roomId, name) {
  const key = name ? `${roomId}/${name}` : '';
  if (shell.panelKey === key) return;
  shell.panelOff?.();
  closePopovers();
  shell.panelRoot.replaceChildren();
  shell.panelRoot.hidden = !name;
  shell.panelKey = key;
  shell.panelOff = name ? panelView(shell.panelRoot, roomId, name) : null;
  document.body.classList.toggle('panel-open', Boolean(name));
}

function routeOutside(at) {
  closeShell();
  leaveAuth();
  const root = h('div.outside', { key: at.name });
  patch(app, root);
  if (at.name === 'login') leaveAuth = loginView(root, { done: entered, ended: history.state?.ended });
  else leaveAuth = registerView(root, { done: entered, setupToken: at.name === 'setup' ? at.hash.slice(1) : '' });
  document.title = `${t(at.name === 'login' ? 'auth.logIn' : 'auth.register')} · ${store.get().config?.name || 'ChatMonolith'}`;
  /** @type {HTMLElement | null} */ (root.querySelector('[autofocus]') ?? root.querySelector('h1'))?.focus();
}

async function entered(user) {
  const next = takeReturn();
  await showSignedIn(user, next);
}

/** @param {any} user @param {string} [path] where to go @param {any} [kept] what this device remembers */
async function showSignedIn(user, path, kept = null) {
  begin(user, kept);
  if (path) history.replaceState({ depth: 0 }, '', path);
  openShell();
  route({ replace: true, pop: false });
}

function showRoom(at) {
  const { id } = at.params;
  const state = store.get();
  const seq = at.name === 'message' ? Number(at.params.seq) : null;
  if (!state.rooms[id]) {
    showMain(`waiting:${id}:${state.roomsLoaded}`, root => patch(root, state.roomsLoaded ? empty('lock', t('room.gone'), t('room.goneText'), h('a.button.secondary', { href: '/directory' }, t('rooms.browse')))
      : state.roomsError ? failure(state.roomsError) : skeleton(8, 'message')));
    return showPanel('', null);
  }
  setPref('lastRoom', id);
  const opened = showMain(`room:${id}`, root => roomView(root, id, { seq }));
  if (!opened && seq !== null) shell.main.show(seq);
  const panel = at.name === 'panel' && isPanel(at.params.panel) ? at.params.panel : null;
  showPanel(id, panel);
}

function showHome() {
  const { rooms, roomsLoaded } = store.get();
  const last = rooms[pref('lastRoom')] ?? Object.values(rooms).find(one => one.type !== 'direct') ?? Object.values(rooms)[0];
  if (wide.matches && roomsLoaded && last) return navigate(`/rooms/${last.id}`, { replace: true });
  showMain(`home:${roomsLoaded}`, root => patch(root, roomsLoaded ? empty('compass', t('home.title'), t('home.text'), h('a.button.primary', { href: '/directory' }, t('rooms.browse'))) : skeleton(8, 'message')));
}

/** @param {{replace: boolean, pop: boolean}} how */
function route(how) {
  const at = currentRoute();
  if (!signedIn()) {
    if (OUTSIDE.has(at.name)) return routeOutside(at);
    keepReturn(location.pathname + location.hash);
    return navigate('/login', { replace: true });
  }
  if (OUTSIDE.has(at.name)) return navigate('/', { replace: true });
  if (!shell) openShell();
  document.body.classList.toggle('at-home', at.name === 'home');
  markMain();
  if (at.name === 'home' || at.name === 'unknown') showHome();
  else if (at.name === 'directory') showMain('directory:', directoryView);
  else if (at.name === 'settings') showMain(`settings:${at.params.page ?? 'profile'}`, root => settingsView(root, at.params.page ?? 'profile'));
  else if (at.name === 'join') showMain(`join:${at.hash}`, root => joinView(root, { code: at.hash.slice(1) }));
  else showRoom(at);
  if (!['room', 'panel', 'message'].includes(at.name)) showPanel('', null);
  if (!shell) return;
  shell.list.draw();
  titleAndIcon();
  if (!how.replace && ['directory', 'settings', 'join'].includes(at.name)) shell.mainRoot.querySelector('h1')?.focus();
}

function sessionEnded() {
  if (!signedIn()) return;
  keepReturn(location.pathname + location.hash);
  closeShell();
  forgetSession();
  history.replaceState({ depth: 0, ended: true }, '', '/login');
  route({ replace: true, pop: false });
}

/** The shell goes first: what closes with it must not write anything down after the device was wiped. */
async function leave({ tellServer = true } = {}) {
  closeShell();
  patch(app, skeleton(6));
  await logOut({ tellServer });
  applyAppearance();
  await chooseLanguage();
  navigate('/login', { replace: true });
}

function bindViewport() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const fit = () => document.documentElement.style.setProperty('--height', `${Math.round(viewport.height)}px`);
  viewport.addEventListener('resize', fit);
  fit();
}

/** To the content, or on a narrow screen's first page to the rooms. A jump by the address would lose what its hash means. */
function bindSkip() {
  skip.addEventListener('click', event => {
    event.preventDefault();
    const main = document.getElementById('main');
    const target = main?.checkVisibility() ? main : document.querySelector('.room-list');
    /** @type {HTMLElement | null} */ (target)?.focus();
  });
  skip.textContent = t('action.skip');
}

async function start() {
  applyAppearance();
  await chooseLanguage();
  bindViewport();
  bindSkip();
  startRouter();
  onRoute((_, how) => route(how));
  bindKeys(signedIn);
  onSignedOut(sessionEnded);
  onSession({
    ended: sessionEnded,
    left: () => leave({ tellServer: false }),
    message: noticeOf,
    notice: event => notify(event.message, { kind: event.level === 'error' ? 'failed' : 'info', ms: 12_000 }),
  });
  addEventListener('chat:logout', () => leave());
  wide.addEventListener('change', () => { if (shell) markMain(); });
  addEventListener('chat:redraw', () => { skip.textContent = t('action.skip'); closeShell(); openShell(); route({ replace: true, pop: false }); tellLanguage(); });
  patch(app, skeleton(6));
  if (pref('pendingLogout')) {
    await post('/auth/logout').catch(() => null);
    setPref('pendingLogout', null);
  }
  if (!await enterKept()) await enter();
  bindFocus();
  startWorker({ open: path => { if (signedIn()) navigate(path); } });
}

/** At once with what this device remembers, also without a network; the server is asked beside it. @returns {Promise<boolean>} */
async function enterKept() {
  const kept = await keeper.restore().catch(() => null);
  if (!kept) return false;
  if (kept.config) store.set({ config: kept.config });
  await showSignedIn(kept.me, undefined, kept);
  get('/config').then(config => store.set({ config }), () => null);
  get('/auth/me').then(async user => {
    if (user.id === store.get().me?.id) return store.set(state => withUser(state, user));
    // Somebody else logged in on this device meanwhile.
    closeShell();
    forgetSession();
    await keeper.forget();
    location.reload();
  }, error => console.warn('who is here is not confirmed yet', error.code));
  return true;
}

/** @type {() => Promise<void>} */
async function enter() {
  const config = get('/config').then(answer => store.set({ config: answer }), error => console.warn('the server tells nothing about itself', error.code));
  try {
    const [user] = await Promise.all([get('/auth/me', { quiet: true }), config]);
    await showSignedIn(user);
  } catch (error) {
    if (error.status !== 401 && error.status !== 403) {
      patch(app, h('main.auth', { id: 'main' }, failure(error, () => { patch(app, skeleton(6)); enter(); })));
      return;
    }
    await config;
    if (currentRoute().name === 'home' && store.get().config?.setupRequired) return navigate('/register', { replace: true });
    route({ replace: true, pop: false });
  }
}

start();
