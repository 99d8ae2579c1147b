// This tab's uploads, wired: session, device, locks, network, store. Comes when something is to be uploaded, or was left.

import { call } from '../core/api.js';
import { uploadsDb } from '../core/db.js';
import { store } from '../core/store.js';
import { Tus } from './tus.js';
import { Uploads } from './uploads.js';

/** @param {string} id @param {() => Promise<void>} run */
async function alone(id, run) {
  await (navigator.locks ? navigator.locks.request(`chat:upload:${id}`, run) : run());
}

/** A file of the device as it is. @param {File} file @param {{name?: string}} [more] */
export const sourceOf = (file, more = {}) => ({
  name: file.name, type: file.type, size: file.size, slice: async (offset, length) => file.slice(offset, offset + length),
  thumbnail: async shown => (await import('./thumb.js')).makeThumbnail(file, shown), ...more,
});

/** A small picture where the server has made none. */
async function finish(record, file, source) {
  if (file.hasThumbnail) return file;
  const thumbnail = source.thumbnail ? await source.thumbnail(file) : null;
  return thumbnail ? await call('PUT', `/files/${file.id}/thumbnail`, thumbnail) : file;
}

export const uploads = new Uploads({
  db: uploadsDb, tus: new Tus(), me: () => store.get().me?.id, lock: alone, finish,
  changed: list => store.set({ uploads: list }),
});

uploads.serve('plain', async (record, file) => sourceOf(file, { name: record.name }));
// Before the device is wiped: what still runs must not write anything down after it.
addEventListener('chat:leaving', () => uploads.clear());

addEventListener('online', () => uploads.wake());
store.subscribe((now, before) => {
  if (now.me?.id !== before.me?.id) {
    uploads.clear();
    if (now.me) uploads.adopt();
  } else if (now.conn.state === 'live' && before.conn.state !== 'live') uploads.wake();
});
if (store.get().me) uploads.adopt();
