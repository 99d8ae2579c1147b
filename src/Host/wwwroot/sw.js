// The service worker: one version of the client, whole or not at all, and what a push shows. The server puts a line before
// this file: self.BUILD = {version, shell, local, transfer, files: {path: digest}, server: [paths that are no pages]}.

const worker = /** @type {any} */ (self);
const BUILD = /** @type {{version: string, shell: string, local: string, transfer: string, files: Record<string, string>, server: string[]}} */ (worker.BUILD);
const PREFIX = 'client ';
const NAME = PREFIX + BUILD.version;
const SHELL = '/';
/** The page that encrypts without a server: with headers of its own, which forbid it any connection. */
const LOCAL = '/local';
/** The page of a transfer's link, whatever its id. */
const TRANSFER = '/t';
const PAGES = [SHELL, LOCAL, TRANSFER];
/** What the page tells the worker, such as the language. */
const STATE = 'state';
const AT_ONCE = 6;

const addressOf = path => `/v/${BUILD.version}/${path}`;

/** Every file by its digest: a server that was updated meanwhile has other ones, and then nothing of this version is kept. */
async function install() {
  const cache = await caches.open(NAME);
  const wanted = [[SHELL, BUILD.shell], [LOCAL, BUILD.local], [TRANSFER, BUILD.transfer], ...Object.entries(BUILD.files).map(([path, digest]) => [addressOf(path), digest])];
  const next = wanted.values();
  const fetchSome = async () => {
    for (const [address, integrity] of next) {
      const answer = await fetch(address, { integrity, credentials: 'omit', cache: PAGES.includes(address) ? 'no-store' : 'default' });
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      await cache.put(address, answer);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, fetchSome));
  } catch (error) {
    await caches.delete(NAME);
    throw error;
  }
}

/** Tabs of another version go on with their own files, which stay as long as there is such a tab; so does the last version's. */
async function clean() {
  const names = (await caches.keys()).filter(one => one.startsWith(PREFIX));
  const held = (await worker.navigator.locks?.query())?.held ?? [];
  const used = new Set(held.map(one => one.name));
  const spare = names.filter(one => one !== NAME).at(-1);
  await Promise.all(names.filter(one => one !== NAME && one !== spare && !used.has(`chat:${one}`)).map(one => caches.delete(one)));
}

/** Tabs of the chat itself: those of a link and of the page without a server show nothing of it. */
const chats = async options => (await worker.clients.matchAll({ type: 'window', ...options })).filter(one => {
  const path = new URL(one.url).pathname;
  return isPage(path) && pageOf(path) === SHELL;
});

async function tellPages(message) {
  for (const page of await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })) page.postMessage(message);
}

const isPage = path => !/\.[^/]*$/.test(path) && !BUILD.server.some(one => path === one || path.startsWith(`${one}/`));

const pageOf = path => (path === LOCAL ? LOCAL : path === TRANSFER || path.startsWith(`${TRANSFER}/`) ? TRANSFER : SHELL);

async function shell(request, path) {
  const kept = await (await caches.open(NAME)).match(pageOf(path), { ignoreVary: true });
  return kept ?? fetch(request);
}

async function asset(request, address) {
  return await caches.match(address, { ignoreVary: true }) ?? fetch(request);
}

worker.addEventListener('install', event => event.waitUntil(install().then(() => worker.skipWaiting())));
worker.addEventListener('activate', event => event.waitUntil((async () => {
  await clean();
  await worker.clients.claim();
  await tellPages({ type: 'version', version: BUILD.version });
})()));

worker.addEventListener('message', event => {
  if (event.data?.type === 'version') event.source?.postMessage({ type: 'version', version: BUILD.version });
});

worker.addEventListener('fetch', event => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate') {
    if (isPage(url.pathname)) event.respondWith(shell(request, url.pathname));
  } else if (url.pathname.startsWith('/v/')) event.respondWith(asset(request, url.pathname));
  else if (url.pathname.slice(1) in BUILD.files) event.respondWith(asset(request, addressOf(url.pathname.slice(1))));
});

const WORDS = {
  en: { added: 'You are in a new room', transfer: 'Files for you', system: 'Announcement', thread: 'thread', fallback: 'Something new' },
  de: { added: 'Sie sind in einem neuen Raum', transfer: 'Dateien für Sie', system: 'Ankündigung', thread: 'Thread', fallback: 'Etwas Neues' },
};

async function words() {
  const answer = await caches.match('/language', { cacheName: STATE });
  return WORDS[answer ? await answer.text() : worker.navigator.language.slice(0, 2)] ?? WORDS.en;
}

/** Where a notice leads. */
function pathOf(data) {
  if (!data.roomId) return data.kind === 'transfer' ? '/transfers/inbox' : '/';
  if (data.threadId) return `/rooms/${data.roomId}/thread/${data.threadId}${data.seq ? `/${data.seq}` : ''}`;
  return data.seq ? `/rooms/${data.roomId}/m/${data.seq}` : `/rooms/${data.roomId}`;
}

function noticeOf(data, text) {
  const where = [data.roomName, data.threadId && text.thread].filter(Boolean).join(' · ');
  const title = data.kind in text ? text[data.kind] : [data.actorName, where].filter(Boolean).join(' · ');
  return {
    title: title || text.fallback,
    options: { body: data.text ?? '', tag: data.tag ?? data.messageId, renotify: Boolean(data.tag ?? data.messageId), timestamp: Date.parse(data.at) || undefined, icon: '/icons/192.png', badge: '/icons/badge.png', data: { path: pathOf(data) } },
  };
}

worker.addEventListener('push', event => event.waitUntil((async () => {
  let data = {};
  try { data = event.data?.json() ?? {}; } catch { /* what cannot be read still says that there is something */ }
  const pages = await chats();
  if (pages.some(one => one.focused)) return;
  const { title, options } = noticeOf(data, await words());
  await worker.registration.showNotification(title, options);
  await worker.navigator.setAppBadge?.().catch(() => null);
})()));

worker.addEventListener('notificationclick', event => {
  event.notification.close();
  const path = event.notification.data?.path ?? '/';
  event.waitUntil((async () => {
    const pages = await chats({ includeUncontrolled: true });
    const page = pages.find(one => one.focused) ?? pages[0];
    if (!page) return worker.clients.openWindow(path);
    await page.focus();
    page.postMessage({ type: 'open', path });
  })());
});

/** The push service took the subscription back: a new one by the same key. */
worker.addEventListener('pushsubscriptionchange', event => event.waitUntil((async () => {
  const options = event.oldSubscription?.options;
  if (!options) return;
  const subscription = await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: options.applicationServerKey });
  const send = (path, body) => fetch(`/api/v1${path}`, { method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const tell = () => send('/push/subscriptions', subscription);
  let answer = await tell();
  if (answer.status === 401) {
    // No page was here for as long as an access token lasts. It is renewed as pages do it, one at a time.
    const renew = () => send('/auth/refresh', {});
    await (worker.navigator.locks?.request('chat:refresh', renew) ?? renew());
    answer = await tell();
  }
  // The next page that is live tells the server again.
  if (!answer.ok) console.warn('the server does not know of this subscription', answer.status);
})()));
