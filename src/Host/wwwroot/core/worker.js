// The page's side of the service worker: it is installed, tells of another version, and of a notice that was clicked.

import { currentLanguage } from './i18n.js';
import { trustedWorker } from './trusted.js';

/** This page's version, as it stands in the address of its modules. */
export const VERSION = /\/v\/([0-9a-f]{16})\//.exec(import.meta.url)?.[1] ?? '';

/** @type {ServiceWorkerRegistration | null} */
let registration = null;
let newer = false;

/** Is another version ready, which a reload brings? */
export const updateReady = () => newer;

/** A page goes on with its own version until its person wants the other. */
function told(version) {
  if (newer || version === VERSION) return;
  newer = true;
  dispatchEvent(new CustomEvent('chat:update'));
}

/** A first worker comes over the network only; without one the browser complains of a script that it cannot fetch. */
async function canCome() {
  if (await navigator.serviceWorker.getRegistration()) return;
  if (!navigator.onLine) await new Promise(done => addEventListener('online', done, { once: true }));
}

/** Asks the server whether there is another version; what is found is fetched whole beside this one. */
export function lookForUpdate() {
  if (navigator.onLine) registration?.update().catch(error => console.warn('no word about another version', error.name));
}

/** The worker speaks to its person without a page, so it is told their language. */
export async function tellLanguage() {
  if (!registration) return;
  const state = await caches.open('state');
  await state.put('/language', new Response(currentLanguage()));
}

/** The worker, once it is there; null where there can be none. */
export const theWorker = () => registration;

/** @param {{open: (path: string) => void}} on */
export async function startWorker({ open }) {
  const { serviceWorker } = navigator;
  if (VERSION === '' || !serviceWorker) return;
  // As long as this page is there, its version's files are kept.
  navigator.locks?.request(`chat:client ${VERSION}`, { mode: 'shared' }, () => new Promise(() => {}));
  serviceWorker.addEventListener('message', ({ data }) => {
    if (data?.type === 'version') told(data.version);
    else if (data?.type === 'open') open(data.path);
  });
  try {
    await canCome();
    registration = await serviceWorker.register(trustedWorker('notices'), { updateViaCache: 'none' });
    registration.active?.postMessage({ type: 'version' });
    await tellLanguage();
  } catch (error) {
    console.warn('not readable without a network', error.name);
  }
}

/** Nothing is shown here any more to whoever comes next. */
export async function forgetNotices() {
  try {
    navigator.clearAppBadge?.();
    for (const one of await registration?.getNotifications() ?? []) one.close();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  } catch (error) {
    console.warn('a notice may still be shown', error.name);
  }
}
