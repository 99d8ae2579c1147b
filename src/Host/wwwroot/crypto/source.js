// A file as ciphertext that can be read at any offset: what an upload needs that goes on after a cut. Nothing is held but the piece
// that is asked for.
//
// Key and nonce of a chunk follow from the file alone, so the one thing that must never happen is that the same chunk is sealed twice
// with different content. Each chunk's ciphertext is therefore remembered by its hash before it is given out, also across a reload,
// and one that comes out differently is not given out at all (docs/adr/0056).

import { payloadKey, sealChunk } from './format.js';
import { createHeader } from './header.js';
import { sha256 } from './kdf.js';
import { CHUNK, chunksOf, same, SEALED_CHUNK, sealedLength } from './layout.js';

/** So many chunks are under way at once. */
const AT_ONCE = 16;
/** As much of a hash as is kept for each chunk. */
export const MARK = 16;

/**
 * What is kept of a begun upload on the device. The key cannot be taken out of the browser.
 * @typedef {{header: Uint8Array, salt: Uint8Array, key: CryptoKey, size: number, lastModified: number}} Begun
 * @typedef {(from: number, marks: Uint8Array) => Promise<void>} Keep resolved once it is durable
 */

const changed = () => Object.assign(new Error('the file changed while it was sent'), { code: 'file_changed' });

export class SealedSource {
  /** @param {Blob} file @param {Begun} begun @param {Keep} keep @param {Map<number, Uint8Array>} [marks] by chunk */
  constructor(file, begun, keep, marks = new Map()) {
    this.file = file;
    this.begun = begun;
    this.keep = keep;
    this.marks = marks;
    this.chunks = chunksOf(begun.size);
    this.size = begun.header.length + sealedLength(begun.size);
    /** One after the other: two that seal the same chunk at once would each find it new. @type {Promise<any>} */
    this.turn = Promise.resolve();
  }

  /** Under a new key. @param {Blob} file @param {import('./header.js').Recipient[]} recipients @param {Keep} [keep] */
  static async begin(file, recipients, keep = async () => {}) {
    const { header, fileKey } = await createHeader(recipients);
    const key = await payloadKey(fileKey, header.salt, 'encrypt');
    fileKey.fill(0);
    return new SealedSource(file, { header: header.bytes, salt: header.salt, key, size: file.size, lastModified: /** @type {any} */ (file).lastModified ?? 0 }, keep);
  }

  /**
   * Goes on under the same key, if the file is the same: every chunk that was ever given out is sealed again and compared first.
   * @param {Blob} file @param {Begun} begun @param {Keep} keep @param {Map<number, Uint8Array>} marks @param {(bytes: number) => void} [progress]
   */
  static async resume(file, begun, keep, marks, progress = () => {}) {
    if (file.size !== begun.size || (/** @type {any} */ (file).lastModified ?? 0) !== begun.lastModified) throw changed();
    const source = new SealedSource(file, begun, keep, marks);
    const known = [...marks.keys()].sort((a, b) => a - b);
    for (let i = 0; i < known.length; i += AT_ONCE) {
      await Promise.all(known.slice(i, i + AT_ONCE).map(index => source.chunk(index)));
      progress(Math.min(begun.size, (known[Math.min(known.length, i + AT_ONCE) - 1] + 1) * CHUNK));
    }
    return source;
  }

  /** @param {number} index @returns {Promise<{sealed: Uint8Array, mark: Uint8Array, isNew: boolean}>} */
  async chunk(index) {
    const [from, to] = [index * CHUNK, Math.min(this.begun.size, (index + 1) * CHUNK)];
    const plain = new Uint8Array(await this.file.slice(from, to).arrayBuffer());
    if (plain.length !== to - from) throw changed();
    const sealed = await sealChunk(this.begun.key, index, index === this.chunks - 1, plain);
    const mark = (await sha256(sealed)).slice(0, MARK);
    const known = this.marks.get(index);
    if (known && !same(known, mark)) throw changed();
    return { sealed, mark, isNew: !known };
  }

  /** @param {number} offset @param {number} length @returns {Promise<Uint8Array>} fewer at the end */
  slice(offset, length) {
    const mine = this.turn.then(() => this.read(offset, length));
    this.turn = mine.catch(() => null);
    return mine;
  }

  /** @param {number} offset @param {number} length */
  async read(offset, length) {
    const { header } = this.begun;
    const end = Math.min(offset + length, this.size);
    const out = new Uint8Array(Math.max(0, end - offset));
    if (offset < header.length) out.set(header.subarray(offset, Math.min(end, header.length)));
    const first = Math.max(0, Math.floor((offset - header.length) / SEALED_CHUNK));
    const stop = end <= header.length ? first : Math.ceil((end - header.length) / SEALED_CHUNK);
    const fresh = /** @type {[number, Uint8Array][]} */ ([]);
    for (let at = first; at < stop; at += AT_ONCE) {
      const some = await Promise.all(Array.from({ length: Math.min(AT_ONCE, stop - at) }, (_, i) => this.chunk(at + i)));
      some.forEach(({ sealed, mark, isNew }, i) => {
        const begin = header.length + (at + i) * SEALED_CHUNK - offset;
        const from = Math.max(0, -begin);
        out.set(sealed.subarray(from, Math.min(sealed.length, out.length - begin)), begin + from);
        if (isNew) fresh.push([at + i, mark]);
      });
    }
    await this.remember(fresh);
    return out;
  }

  /** Before anything of them leaves. @param {[number, Uint8Array][]} fresh in their order */
  async remember(fresh) {
    for (let i = 0; i < fresh.length;) {
      let n = 1;
      while (i + n < fresh.length && fresh[i + n][0] === fresh[i][0] + n) n += 1;
      const marks = new Uint8Array(n * MARK);
      for (let j = 0; j < n; j++) marks.set(fresh[i + j][1], j * MARK);
      await this.keep(fresh[i][0], marks);
      for (const [index, mark] of fresh.slice(i, i + n)) this.marks.set(index, mark);
      i += n;
    }
  }
}
