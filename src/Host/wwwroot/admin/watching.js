// What the server tells an admin's socket by itself; asked for anew after every new connection.

import { connection } from '../core/app-state.js';
import { store } from '../core/store.js';

/** @type {Set<(event: any) => void>} */
const listeners = new Set();
const hear = event => { for (const one of [...listeners]) one(event.detail); };
const ask = on => {
  if (connection.live) connection.socket?.command('admin.watch', { on }).catch(error => console.warn('not told of changes', error.code));
};
let off = () => {};

/** @param {(event: any) => void} listener for `admin.job` and `admin.stats`; they may be dropped under load, the lists are the truth @returns {() => void} */
export function onAdmin(listener) {
  listeners.add(listener);
  if (listeners.size === 1) {
    addEventListener('chat:admin', hear);
    ask(true);
    off = store.subscribe((now, before) => { if (now.conn.state === 'live' && before.conn.state !== 'live') ask(true); });
  }
  return () => {
    if (!listeners.delete(listener) || listeners.size) return;
    removeEventListener('chat:admin', hear);
    off();
    ask(false);
  };
}
