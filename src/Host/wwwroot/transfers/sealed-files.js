// Encrypted files of a room on the server: their first bytes, and a header for more people.

import { ApiError, call, renewing } from '../core/api.js';
import { addRecipients, describe, headerLength, parseHeader } from '../crypto/header.js';
import { keyId } from '../crypto/keys.js';
import { HEADER_MAX, PREFIX, same, STANZAS_MAX } from '../crypto/layout.js';
import { keysOfRoom } from './room-lock.js';

/** @param {string} path @param {RequestInit} [how] */
const ask = (path, how = {}) => renewing(async () => {
  const answer = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...how }).catch(error => { throw new ApiError(0, 'network', { detail: error.message }); });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => null);
  throw new ApiError(answer.status, problem?.code ?? (answer.status === 401 ? 'unauthenticated' : answer.status === 410 ? 'gone' : 'unavailable'), problem);
});

/** Something small. @param {string} path */
export const bytesOf = async path => new Uint8Array(await (await ask(path)).arrayBuffer());

/** @param {any} file @returns {Promise<{bytes: Uint8Array, tag: string | null}>} no more than a header can have */
export async function headOf(file) {
  const answer = await ask(`/api/v1/files/${file.id}/content`, { headers: { range: `bytes=0-${Math.min(file.size, HEADER_MAX) - 1}` } });
  return { bytes: new Uint8Array(await answer.arrayBuffer()), tag: answer.headers.get('etag') };
}

/** The same content behind a header for more people. @param {Blob} sealed @param {Uint8Array[]} points @param {import('../crypto/keys.js').Pair} pair @returns {Promise<Blob | null>} null: all of them can open it already */
export async function reheaded(sealed, points, pair) {
  const start = new Uint8Array(await sealed.slice(0, HEADER_MAX).arrayBuffer());
  const length = headerLength(start.subarray(0, PREFIX));
  const header = parseHeader(start.slice(0, length));
  const { keyIds } = describe(header);
  const ids = await Promise.all(points.map(keyId));
  const missing = points.filter((_, i) => !keyIds.some(one => same(one, ids[i])));
  if (missing.length === 0) return null;
  const next = await addRecipients(header, { pair }, missing.slice(0, STANZAS_MAX - header.stanzas.length).map(point => ({ point })));
  return new Blob([/** @type {any} */ (next.bytes), sealed.slice(length)], { type: 'application/octet-stream' });
}

/**
 * Files of one's own in a room: whoever is a member now and has a key can open them afterwards. Each gets a newer version with another
 * header; its content and its key stay, so the earlier version stays open to whom it was open.
 * @param {any[]} files @param {string} roomId @param {import('../crypto/keys.js').Pair} pair
 */
export async function addMembers(files, roomId, pair) {
  const { points } = await keysOfRoom(roomId);
  for (const file of files) {
    const thumbnail = file.hasThumbnail ? await (await ask(`/api/v1/files/${file.id}/thumbnail`)).blob() : null;
    const next = await reheaded(await (await ask(`/api/v1/files/${file.id}/content`)).blob(), points, pair);
    if (!next) continue;
    const form = new FormData();
    form.append('file', next, file.name);
    await ask(`/api/v1/files/${file.id}/versions`, { method: 'POST', body: form });
    const picture = thumbnail && await reheaded(thumbnail, points, pair);
    if (picture) await call('PUT', `/files/${file.id}/thumbnail`, picture);
  }
}
