// The lock at a composer: files that are sent from there are encrypted for the members who have a key.

import { h } from '../core/html.js';
import { newId } from '../core/id.js';
import { addTexts, t } from '../core/i18n.js';
import { nameOf } from '../core/people.js';
import { pref, setPref } from '../core/prefs.js';
import deTexts from '../core/texts/de-transfers.js';
import enTexts from '../core/texts/en-transfers.js';
import { store } from '../core/store.js';
import { confirm, notify, notifyError } from '../core/ui.js';
import { sealBytes } from '../crypto/format.js';
import { STANZAS_MAX } from '../crypto/layout.js';
import { keyOf } from '../crypto/trust.js';
import { makeThumbnail } from '../files/thumb.js';
import { loadMembers } from '../rooms/member-list.js';
import { uploadSealed } from './sealed-uploads.js';
import { readyToEncrypt } from './unlock.js';

addTexts({ en: enTexts, de: deTexts });

const AT_ONCE = 6;
const KEY = 'encryptIn';

/** @param {string} roomId */
export const isLocked = roomId => Boolean(pref(KEY, {})[roomId]);

/** @param {string} roomId @param {boolean} on */
function set(roomId, on) {
  const { [roomId]: _, ...others } = pref(KEY, {});
  setPref(KEY, on ? { ...others, [roomId]: true } : others);
}

/** Keys by person and fingerprint: asked for once, until one changes. @type {Map<string, {point: Uint8Array, standing: string}>} */
const known = new Map();

/**
 * Whoever is here now and has a key, oneself among them.
 * @param {string} roomId @returns {Promise<{points: Uint8Array[], all: number, changed: string[]}>}
 */
export async function keysOfRoom(roomId) {
  // Asked anew: whom a file is for is not to depend on what came by the way.
  await loadMembers(roomId, { again: true });
  const users = (store.get().members[roomId] ?? []).map(one => one.user);
  if (users.length > STANZAS_MAX) throw Object.assign(new Error(t('transfers.roomTooMany')), { code: 'room_too_large' });
  const queue = users.filter(one => one.keyFingerprint);
  const points = /** @type {Uint8Array[]} */ ([]);
  const changed = /** @type {string[]} */ ([]);
  const work = async () => {
    for (let user = queue.shift(); user; user = queue.shift()) {
      const name = `${user.id} ${user.keyFingerprint}`;
      const key = known.get(name) ?? await keyOf(user.id).catch(error => { if (error.status === 404) return null; throw error; });
      if (!key) continue;
      known.set(name, key);
      points.push(key.point);
      if (key.standing === 'changed') changed.push(user.id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { points, all: users.length, changed };
}

/** Turns it on or off; what it means is told. @param {string} roomId @param {() => void} changed */
export async function toggleLock(roomId, changed) {
  if (isLocked(roomId)) {
    set(roomId, false);
    return changed();
  }
  try {
    if (!globalThis.crypto?.subtle) return notify(t('transfers.encryptNot'), { kind: 'failed' });
    if (!await readyToEncrypt()) return;
    const { points, all } = await keysOfRoom(roomId);
    set(roomId, true);
    notify(points.length > 1 ? t('transfers.roomKeys', { n: points.length, all }) : t('transfers.roomNobody'), { ms: 8000 });
  } catch (error) {
    notifyError(error);
  }
  changed();
}

/** A small picture for whoever has a key. @param {File} file @param {import('../crypto/header.js').Recipient[]} recipients */
async function sealedThumbnail(file, recipients) {
  const picture = file.type.startsWith('image/') ? await createImageBitmap(file).catch(() => null) : null;
  if (!picture) return null;
  const { width, height } = picture;
  picture.close();
  const small = await makeThumbnail(file, { contentType: file.type, width, height, size: file.size });
  return small && new Blob([/** @type {any} */ (await sealBytes(new Uint8Array(await small.arrayBuffer()), recipients))]);
}

/**
 * Files for a composer, encrypted. Where that cannot be, none goes.
 * @param {string} roomId @param {{file: File, handle?: any}[]} files @param {any} tag
 */
export async function addSealed(roomId, files, tag) {
  try {
    const { points, changed } = await keysOfRoom(roomId);
    for (const id of changed) {
      if (!await confirm({ title: t('transfers.changedKeyTitle'), text: h('p', null, t('transfers.changedKey', { name: nameOf(id) })), action: t('transfers.encrypt') })) return;
    }
    const recipients = points.map(point => ({ point }));
    for (const { file, handle } of files) {
      await uploadSealed(file, recipients, { index: 0, count: 1, handle, tag: { ...tag, label: file.name, pair: newId() }, thumbnail: () => sealedThumbnail(file, recipients) });
    }
  } catch (error) {
    notifyError(error);
  }
}
