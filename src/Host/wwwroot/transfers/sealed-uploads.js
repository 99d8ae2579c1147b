// Files that are encrypted on their way to the server, by the engine of all uploads: two uploads for each, the content and its metadata,
// as docs/encryption.md has it and chatctl sends it.

import { newId } from '../core/id.js';
import { store } from '../core/store.js';
import { sourceOf, uploads } from '../files/uploading.js';
import { forgetSealed, sealedSource } from '../crypto/jobs.js';
import { sealBytes } from '../crypto/format.js';
import { hex } from '../crypto/layout.js';
import { writeMetadata } from '../crypto/metadata.js';

/** What the worker holds of each, to be let go of. @type {Map<string, (how?: 'forget' | 'keep') => void>} */
const held = new Map();

const ENDING = '.cmfile';
export const metadataName = n => `${n}.meta${ENDING}`;
export const payloadName = n => `${n}${ENDING}`;

/** @param {import('../crypto/jobs.js').Sealed} sealed @param {string} name @param {string} keep */
function asSource(sealed, name, keep) {
  held.get(keep)?.('keep');
  held.set(keep, sealed.close);
  return { name, type: 'application/octet-stream', size: sealed.size, slice: sealed.slice };
}

// After a reload, or with a file that was asked for again: under the same key, and only for the very same file.
uploads.serve('sealed', async (record, file) => asSource(await sealedSource(file, null, { keep: record.recipe.keep }), record.name, record.recipe.keep));

/** @param {string} keep */
export function letGo(keep) {
  held.get(keep)?.('forget');
  held.delete(keep);
  forgetSealed(keep);
}

// What is done needs its key no more.
const gone = new Set();
store.subscribe((now, before) => {
  if (now.uploads === before.uploads) return;
  for (const one of now.uploads) {
    if (one.kind !== 'sealed' || one.state !== 'done' || !one.tag?.keep || gone.has(one.tag.keep)) continue;
    gone.add(one.tag.keep);
    letGo(one.tag.keep);
  }
});

/**
 * @param {File} file @param {import('../crypto/header.js').Recipient[]} recipients
 * @param {{index: number, count: number, tag: any, handle?: any, thumbnail?: () => Promise<Blob | null>}} place  among the files that belong together
 * @returns {Promise<{keep: string, payload: {id: string, done: Promise<any>}, metadata: {id: string, done: Promise<any>}}>}
 */
export async function uploadSealed(file, recipients, { index, count, tag, handle, thumbnail }) {
  const keep = newId();
  const sealed = await sealedSource(file, recipients, { keep });
  const source = { ...asSource(sealed, payloadName(index + 1), keep), ...(thumbnail ? { thumbnail } : {}) };
  const payload = await uploads.add({ source, file, handle, kind: 'sealed', recipe: { keep }, held: true, tag: { ...tag, index, keep } });
  const text = writeMetadata({ name: file.name, type: file.type || 'application/octet-stream', size: file.size, salt: hex(sealed.salt), index, count });
  const bytes = new File([/** @type {any} */ (await sealBytes(text, recipients))], metadataName(index + 1), { type: 'application/octet-stream' });
  const { thumbnail: _, ...small } = sourceOf(bytes);
  const metadata = await uploads.add({ source: small, file: bytes, held: true, tag: { ...tag, index, meta: true } });
  return { keep, payload, metadata };
}
