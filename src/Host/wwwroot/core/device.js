// What this device does when something happens and nobody looks: the sign on the app, and whether there are notices.

import { connection, tell } from './app-state.js';
import { pref } from './prefs.js';
import { store } from './store.js';

export const focused = () => document.visibilityState === 'visible' && document.hasFocus();

/** Whether a person asked for notices here, and the browser gives them. */
export const hasNotices = () => 'Notification' in globalThis && Notification.permission === 'granted' && Boolean(pref('desktopNotices'));

/** @param {(module: typeof import('./notices.js')) => Promise<void>} run */
function withNotices(run) {
  if (hasNotices()) import('./notices.js').then(run).catch(error => console.warn('no notice', error.message));
}

/** A message has come. @param {any} message */
export const noticeOf = message => { if (!focused()) withNotices(module => module.noticeOf(message)); };

/** Something has come to the inbox. @param {any} notification */
export const noticeOfNotification = notification => { if (!focused()) withNotices(module => module.noticeOfNotification(notification)); };

/** What is told of may have changed. */
export const renewWishes = () => withNotices(module => module.loadWishes());

/** The server pushes nothing to somebody who looks, and to a browser only as long as it knows of it. */
export function bindFocus() {
  const say = () => tell('focus', { on: focused() });
  for (const one of ['focus', 'blur']) addEventListener(one, say);
  document.addEventListener('visibilitychange', say);
  const live = () => { say(); withNotices(module => module.renewPush()); };
  if (connection.live) live();
  store.subscribe((now, before) => { if (now.conn.state === 'live' && before.conn.state !== 'live') live(); });
}

/** How much is unread, on the app's own sign. @param {number} count @param {boolean} any */
export function showBadge(count, any) {
  const badge = count > 0 ? navigator.setAppBadge?.(count) : any ? navigator.setAppBadge?.() : navigator.clearAppBadge?.();
  badge?.catch(() => null);
}
