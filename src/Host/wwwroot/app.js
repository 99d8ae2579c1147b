// Start: who is there, and which view belongs to which address.

import { get, onFactorOwed, onSignedOut } from './core/api.js';
import { begin, endSession, forgetSession, keeper, logOut, onSession } from './core/app-state.js';
import { bindFocus, noticeOf, noticeOfNotification, renewWishes } from './core/device.js';
import { h, patch } from './core/html.js';
import { chooseLanguage, t } from './core/i18n.js';
import { bindKeys } from './core/keys.js';
import { lazyView } from './core/lazy.js';
import { applyAppearance, pref, setPref } from './core/prefs.js';
import { currentPath, currentRoute, keepReturn, navigate, onRoute, startRouter, takeReturn } from './core/router.js';
import { Shell } from './core/shell.js';
import { titleAndIcon } from './core/status.js';
import { store } from './core/store.js';
import { withUser } from './core/sync.js';
import { closeOverlays, closePopovers, confirm, empty, failure, notify, skeleton } from './core/ui.js';
import { bindViewport } from './core/viewport.js';
import { startWorker, tellLanguage } from './core/worker.js';
import { roomView } from './messaging/room-view.js';
import { bindPeople } from './people/bind.js';
import { isPanel } from './rooms/panel.js';

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const skip = /** @type {HTMLElement} */ (document.querySelector('.skip-link'));
const OUTSIDE = new Set(['login', 'register', 'setup', 'forgot', 'reset']);
const wide = matchMedia('(min-width: 720px)');

/** @type {Shell | null} */ let shell = null;
/** @type {() => void} */ let leaveAuth = () => {};

const signedIn = () => store.get().me !== null;

function closeShell() {
  shell?.close();
  shell = null;
}

function openShell() {
  leaveAuth();
  shell = new Shell(app, { wide, changed: () => route({ replace: true, pop: false }) });
}

/** Pages of the middle that are loaded when they are wanted: their module, and how it is opened. */
const PAGES = {
  directory: { key: () => '', load: () => import('./rooms/directory.js'), open: (module, root) => module.directoryView(root) },
  settings: { key: at => at.params.page ?? 'profile', load: () => import('./settings/view.js'), open: (module, root, at) => module.settingsView(root, at.params.page ?? 'profile') },
  join: { key: at => at.hash, load: () => import('./rooms/join.js'), open: (module, root, at) => module.joinView(root, { code: at.hash.slice(1) }) },
  search: { key: () => '', load: () => import('./search/view.js'), open: (module, root) => module.searchView(root) },
  inbox: { key: () => '', load: () => import('./notifications/inbox.js'), open: (module, root) => module.inboxView(root) },
  threads: { key: () => '', load: () => import('./messaging/all-threads.js'), open: (module, root) => module.allThreadsView(root) },
  transfers: { key: () => '', load: () => import('./transfers/list.js'), open: (module, root) => module.transfersView(root, 'inbox') },
  transfersSent: { key: () => '', load: () => import('./transfers/list.js'), open: (module, root) => module.transfersView(root, 'sent') },
  transfer: { key: at => at.params.transfer, load: () => import('./transfers/opened.js'), open: (module, root, at) => module.openedView(root, at.params.transfer) },
  files: { key: () => '', load: () => import('./files/page.js'), open: (module, root) => module.filesView(root) },
  admin: { key: () => '', load: () => import('./admin/view.js'), open: (module, root) => module.adminView(root) },
  people: { key: at => at.params.user, load: () => import('./people/page.js'), open: (module, root, at) => module.personView(root, at.params.user) },
};

const OUTSIDE_TITLES = { login: 'auth.logIn', forgot: 'auth.forgot', reset: 'auth.forgot' };

function outsideView(at, root, opened) {
  const secret = at.hash.slice(1);
  if (at.name === 'login') return lazyView(root, () => import('./auth/login.js'), module => module.loginView(root, { done: user => entered(user), ended: history.state?.ended, reset: history.state?.reset }), opened);
  if (at.name === 'forgot') return lazyView(root, () => import('./auth/forgot.js'), module => module.forgotView(root), opened);
  if (at.name === 'reset') return lazyView(root, () => import('./auth/forgot.js'), module => module.resetView(root, { token: secret }), opened);
  return lazyView(root, () => import('./auth/register.js'), module => module.registerView(root, { done: user => entered(user), setupToken: at.name === 'setup' ? secret : '', invitation: at.name === 'register' ? secret : '' }), opened);
}

function routeOutside(at) {
  closeShell();
  leaveAuth();
  const root = h('div.outside', { key: at.name });
  patch(app, root);
  const lazy = outsideView(at, root, focusFirst);
  leaveAuth = lazy.stop;
  document.title = `${t(OUTSIDE_TITLES[at.name] ?? 'auth.register')} · ${store.get().config?.name || 'ChatMonolith'}`;
  function focusFirst() {
    /** @type {HTMLElement | null} */ (root.querySelector('[autofocus]') ?? root.querySelector('h1'))?.focus();
  }
}

/** Somebody logged in: to where they wanted to go, unless this server asks them for a second factor first. */
async function entered(user, path = takeReturn()) {
  setPref('pendingLogout', null);
  if (store.get().config?.secondFactorPolicy !== 'off' && await get('/auth/2fa').then(factors => factors.owed, () => false)) return showOwed(user, path);
  await showSignedIn(user, path);
}

let owing = false;
/** @param {any} user who can do nothing but set up a second factor @param {string} path where they go then */
function showOwed(user, path) {
  owing = true;
  closeShell();
  leaveAuth();
  store.set({ me: user });
  const root = h('div.outside', { key: 'owed' });
  patch(app, root);
  leaveAuth = lazyView(root, () => import('./auth/owed.js'), module => module.owedView(root, { done: () => { owing = false; showSignedIn(user, path); } }),
    () => /** @type {HTMLElement | null} */ (root.querySelector('h1'))?.focus()).stop;
}

/** The rule came while somebody was at work: what they see goes on once they have a second factor. */
function factorIsOwed() {
  const { me } = store.get();
  if (owing || !me) return;
  closeShell();
  forgetSession();
  showOwed(me, currentPath());
}

/** @param {any} user @param {string} [path] where to go @param {any} [kept] what this device remembers */
async function showSignedIn(user, path, kept = null) {
  begin(user, kept);
  if (path) history.replaceState({ depth: 0 }, '', path);
  openShell();
  route({ replace: true, pop: false });
}

/** @param {Shell} shell */
function showRoom(shell, at) {
  const { id } = at.params;
  const state = store.get();
  const seq = ['message', 'found'].includes(at.name) ? Number(at.params.seq) : null;
  if (!state.rooms[id]) {
    shell.showMain(`waiting:${id}:${state.roomsLoaded}`, root => patch(root, state.roomsLoaded ? empty('lock', t('room.gone'), t('room.goneText'), toRooms(), h('a.button.secondary', { href: '/directory' }, t('rooms.browse')))
      : state.roomsError ? failure(state.roomsError) : skeleton(8, 'message')));
    return shell.showPanel('', null);
  }
  setPref('lastRoom', id);
  const opened = shell.showMain(`room:${id}`, root => roomView(root, id, { seq }));
  if (!opened && seq !== null) shell.main.show(seq);
  const panel = at.name === 'thread' ? 'thread' : at.name === 'found' ? 'search' : at.name === 'panel' && isPanel(at.params.panel) ? at.params.panel : null;
  shell.showPanel(id, panel, at.name === 'found' ? {} : at.params);
}

/** On a narrow screen the rooms do not stand beside a page that leads nowhere. */
const toRooms = () => h('a.button.primary.only-narrow', { href: '/' }, t('home.rooms'));

/** @param {Shell} shell */
function showHome(shell) {
  const { rooms, roomsLoaded } = store.get();
  const last = rooms[pref('lastRoom')] ?? Object.values(rooms).find(one => one.type !== 'direct') ?? Object.values(rooms)[0];
  if (wide.matches && roomsLoaded && last) return navigate(`/rooms/${last.id}`, { replace: true });
  shell.showMain(`home:${roomsLoaded}`, root => patch(root, roomsLoaded ? empty('compass', t('home.title'), t('home.text'), h('a.button.primary', { href: '/directory' }, t('rooms.browse'))) : skeleton(8, 'message')));
}

/** @param {{replace: boolean, pop: boolean}} how */
function route(how) {
  const at = currentRoute();
  if (owing) return;
  if (at.name === 'reset') return routeOutside(at);
  if (!signedIn()) {
    if (OUTSIDE.has(at.name)) return routeOutside(at);
    keepReturn(currentPath());
    return navigate('/login', { replace: true });
  }
  if (OUTSIDE.has(at.name)) return navigate('/', { replace: true });
  if (!shell) openShell();
  const here = /** @type {Shell} */ (/** @type {unknown} */ (shell));
  document.body.classList.toggle('at-home', at.name === 'home');
  // The administration is not there for anybody else.
  const name = at.name === 'admin' && !store.get().me?.isAdmin ? 'unknown' : at.name;
  document.body.classList.toggle('at-admin', name === 'admin');
  const page = PAGES[name];
  if (at.name === 'home') showHome(here);
  else if (name === 'unknown') here.showMain('unknown', root => patch(root, empty('compass', t('home.unknown'), t('home.unknownText'), toRooms(), h('a.button.secondary', { href: '/directory' }, t('rooms.browse')))));
  else if (page) here.showPage(`${at.name}:${page.key(at)}`, page, at, !how.replace);
  else showRoom(here, at);
  // Going home may have gone on to a room, or out.
  if (!shell || currentRoute().path !== at.path) return;
  if (!['room', 'panel', 'thread', 'message', 'found'].includes(at.name)) here.showPanel('', null);
  here.list.draw();
  here.markMain();
  titleAndIcon();
}

function sessionEnded() {
  if (!signedIn()) return;
  keepReturn(currentPath());
  closeShell();
  forgetSession();
  owing = false;
  history.replaceState({ depth: 0, ended: true }, '', '/login');
  route({ replace: true, pop: false });
}

/** The shell goes first: what closes with it must not write anything down after the device was wiped. */
async function leave({ tellServer = true } = {}) {
  closeShell();
  leaveAuth();
  owing = false;
  patch(app, skeleton(6));
  await logOut({ tellServer });
  applyAppearance();
  await chooseLanguage();
  navigate('/login', { replace: true });
}

/** Logging out takes what waits to be sent, and what goes up, with it. */
async function askAndLeave() {
  const { outbox, posts, uploads } = store.get();
  const n = outbox.length + posts.length;
  const going = uploads.filter(one => one.state !== 'done').length;
  if ((!n && !going) || await confirm({ title: t('auth.logOutTitle'), text: n ? t('auth.logOutUnsent', { n }) : t('auth.logOutUploads', { n: going }), action: t('auth.logOut') })) await leave();
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
  bindPeople();
  startRouter();
  onRoute((at, how) => {
    // What stands over the page that one leaves goes with it.
    if (how.pop) closeOverlays();
    else if (!how.replace) closePopovers();
    route(how);
    if (at.name === 'home' && !wide.matches) /** @type {HTMLElement | null} */ (document.querySelector('.room-list'))?.focus({ preventScroll: true });
  });
  bindKeys(signedIn);
  onSignedOut(sessionEnded);
  onSession({
    ended: sessionEnded,
    left: () => leave({ tellServer: false }),
    message: noticeOf,
    told: noticeOfNotification,
    loaded: renewWishes,
    notice: event => notify(event.message, { kind: event.level === 'error' ? 'failed' : 'info', ms: 12_000 }),
  });
  onFactorOwed(factorIsOwed);
  addEventListener('chat:logout', askAndLeave);
  addEventListener('chat:gone', () => leave({ tellServer: false }));
  wide.addEventListener('change', () => shell?.markMain());
  addEventListener('chat:redraw', () => { skip.textContent = t('action.skip'); closeShell(); openShell(); route({ replace: true, pop: false }); tellLanguage(); });
  patch(app, skeleton(6));
  if (pref('pendingLogout') || !await enterKept()) await enter();
  bindFocus();
  import('./crypto/watch.js').catch(error => console.warn('changed keys are not told', error.message));
  import('./files/tray.js').then(() => import('./transfers/adopting.js')).catch(error => console.warn('no uploads', error.message));
  import('./core/tips.js').then(module => module.bindTips(), error => console.warn('no tips', error.message));
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
    // Whoever logged out without a network is out before anything else is asked for.
    if (pref('pendingLogout')) await endSession();
    const [user] = await Promise.all([get('/auth/me', { quiet: true }), config]);
    await entered(user, currentPath());
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
