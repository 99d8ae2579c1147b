// A message whose files are still on their way: sent off by its writer, it goes out by itself once they are there, also
// after a reload. What it waits for is noted with each of its uploads.

import { outbox } from '../core/app-state.js';
import { uploadsDb } from '../core/db.js';
import { newId } from '../core/id.js';
import { store } from '../core/store.js';
import { uploads } from './uploading.js';

/** Being looked at. @type {Set<string>} */
const busy = new Set();

/** As the stand-in shows it. @param {import('../core/types.js').Upload} one */
const shown = one => one.file ?? { uploadId: one.id, meta: one.tag?.meta, name: one.tag?.label ?? one.name, size: one.size, contentType: one.type, encrypted: one.kind !== 'plain', width: null, height: null, hasThumbnail: false };

/** @returns {Map<string, import('../core/types.js').Upload[]>} the uploads of each message */
function groups() {
  const found = new Map();
  for (const one of store.get().uploads) if (one.post) found.set(one.post.clientId, [...(found.get(one.post.clientId) ?? []), one]);
  return found;
}

function publish(all) {
  const posts = [...all.values()].map(members => {
    const { post } = members[0];
    const order = id => post.ids.indexOf(id);
    return { ...post, state: 'queued', attachments: [...members].sort((a, b) => order(a.id) - order(b.id)).map(shown) };
  });
  const signature = list => JSON.stringify(list.map(one => [one.clientId, one.attachments.map(file => file.id ?? file.uploadId)]));
  if (signature(posts) !== signature(store.get().posts)) store.set({ posts });
}

/** One that is missing here is with another tab yet, or was given up. */
async function isGivenUp(id) {
  const record = await uploadsDb.get(id).catch(() => null);
  return !record || record.state === 'ending';
}

async function deliver(clientId, members) {
  const { post } = members[0];
  const missing = post.ids.filter(id => !members.some(one => one.id === id));
  if ((await Promise.all(missing.map(isGivenUp))).includes(false)) return;
  const files = post.ids.map(id => members.find(one => one.id === id)?.file).filter(Boolean);
  if (files.length || post.text) {
    outbox.add({ roomId: post.roomId, text: post.text, replyTo: post.replyTo, threadId: post.threadId, attachments: files, clientId });
    await outbox.keeping;
  }
  for (const one of members) await uploads.forget(one.id);
}

function look() {
  const all = groups();
  publish(all);
  for (const [clientId, members] of all) {
    if (busy.has(clientId) || members.some(one => one.state !== 'done')) continue;
    busy.add(clientId);
    const seen = store.get().uploads;
    deliver(clientId, members).catch(error => console.warn('a message with files waits', error?.message)).finally(() => {
      busy.delete(clientId);
      if (store.get().uploads !== seen) look();
    });
  }
}

/**
 * Sends off what was written, with the files that go with it.
 * @param {import('../core/types.js').Upload[]} files @param {{roomId: string, threadId?: string, text: string, replyTo: any}} message
 */
export async function post(files, { roomId, threadId, text, replyTo }) {
  const ids = files.map(one => one.id);
  const common = { clientId: newId(), roomId, threadId, text, replyTo, ids, createdAt: new Date().toISOString(), order: Date.now() };
  await Promise.all(ids.map(id => uploads.mark(id, { post: common })));
}

store.subscribe((now, before) => { if (now.uploads !== before.uploads) look(); });
look();
