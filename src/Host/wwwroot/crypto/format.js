// Files of the format as streams: never more than a few megabytes are held, whatever their size.

import { aesKey, hkdf } from './kdf.js';
import { createHeader, headerLength, openHeader, parseHeader } from './header.js';
import { CHUNK, COMMON, chunksOf, damaged, HEADER_MIN, plainLength, PREFIX, SEALED_CHUNK, TAG, utf8 } from './layout.js';

/** So many chunks are under way at once. */
const AT_ONCE = 16;

/** @typedef {AsyncIterable<Uint8Array>} Bytes */

/** @param {number} index @param {boolean} last */
function nonce(index, last) {
  const made = new Uint8Array(12);
  new DataView(made.buffer).setBigUint64(3, BigInt(index));
  made[11] = last ? 1 : 0;
  return made;
}

/** @param {Uint8Array} fileKey @param {Uint8Array} salt @param {'encrypt' | 'decrypt'} use */
export const payloadKey = async (fileKey, salt, use) => aesKey(await hkdf(fileKey, salt, utf8('chat/v1/payload')), use);

/** @param {CryptoKey} key @param {number} index @param {boolean} last @param {Uint8Array} plain */
export const sealChunk = async (key, index, last, plain) =>
  new Uint8Array(await crypto.subtle.encrypt(/** @type {any} */ ({ name: 'AES-GCM', iv: nonce(index, last), additionalData: COMMON, tagLength: TAG * 8 }), key, /** @type {any} */ (plain)));

/** @param {CryptoKey} key @param {number} index @param {boolean} last @param {Uint8Array} sealed */
async function openChunk(key, index, last, sealed) {
  // Only a file that holds nothing at all has a chunk that holds nothing.
  if (sealed.length < TAG || (sealed.length === TAG && index > 0)) throw damaged();
  try {
    return new Uint8Array(await crypto.subtle.decrypt(/** @type {any} */ ({ name: 'AES-GCM', iv: nonce(index, last), additionalData: COMMON, tagLength: TAG * 8 }), key, /** @type {any} */ (sealed)));
  } catch {
    throw damaged();
  }
}

/**
 * Pieces of any size become blocks of `size`, the last one of what is left. A block is given out only when it is known whether another follows.
 * @param {Bytes} source @param {number} size
 */
async function* blocks(source, size) {
  let block = new Uint8Array(size);
  let held = 0;
  for await (let piece of source) {
    while (piece.length > 0) {
      if (held === size) {
        yield { bytes: block, last: false };
        block = new Uint8Array(size);
        held = 0;
      }
      const some = Math.min(piece.length, size - held);
      block.set(piece.subarray(0, some), held);
      held += some;
      piece = piece.subarray(some);
    }
  }
  yield { bytes: block.subarray(0, held), last: true };
}

/**
 * Many chunks at once, in their order. @param {Bytes} source @param {number} size of one piece before
 * @param {(index: number, last: boolean, piece: Uint8Array) => Promise<Uint8Array>} work
 */
async function* chunkwise(source, size, work) {
  let index = 0;
  for await (const { bytes, last } of blocks(source, size * AT_ONCE)) {
    const count = Math.max(1, Math.ceil(bytes.length / size));
    const first = index;
    index += count;
    const done = await Promise.all(Array.from({ length: count }, (_, i) => work(first + i, last && i === count - 1, bytes.subarray(i * size, (i + 1) * size))));
    yield* done;
  }
}

/**
 * Begins a new encrypted file with a new key. @param {Bytes} source @param {import('./header.js').Recipient[]} recipients
 * @returns {Promise<{header: import('./header.js').Header, bytes: AsyncGenerator<Uint8Array>}>} `bytes` begin with the header
 */
export async function seal(source, recipients) {
  const { header, fileKey } = await createHeader(recipients);
  const key = await payloadKey(fileKey, header.salt, 'encrypt');
  fileKey.fill(0);
  async function* bytes() {
    yield header.bytes;
    yield* chunkwise(source, CHUNK, (index, last, piece) => sealChunk(key, index, last, piece));
  }
  return { header, bytes: bytes() };
}

/**
 * Opens an encrypted file. Nothing comes out before its chunk's tag is verified; that the file is whole is known at the end, and not before.
 * @param {Bytes} source from the first byte @param {import('./header.js').Opener | ((header: import('./header.js').Header) => Promise<import('./header.js').Opener>)} opener
 * @returns {Promise<{header: import('./header.js').Header, bytes: AsyncGenerator<Uint8Array>}>}
 */
export async function open(source, opener) {
  const reader = source[Symbol.asyncIterator]();
  const { header, rest } = await readHeader(reader);
  const fileKey = await openHeader(header, typeof opener === 'function' ? await opener(header) : opener);
  const key = await payloadKey(fileKey, header.salt, 'decrypt');
  fileKey.fill(0);
  async function* after() {
    if (rest.length > 0) yield rest;
    for (let next = await reader.next(); !next.done; next = await reader.next()) yield next.value;
  }
  return { header, bytes: chunkwise(after(), SEALED_CHUNK, (index, last, piece) => openChunk(key, index, last, piece)) };
}

/** @param {AsyncIterator<Uint8Array>} reader */
async function readHeader(reader) {
  let held = new Uint8Array(0);
  const upTo = async length => {
    while (held.length < length) {
      const next = await reader.next();
      if (next.done) throw damaged();
      const more = new Uint8Array(held.length + next.value.length);
      more.set(held);
      more.set(next.value, held.length);
      held = more;
    }
  };
  await upTo(PREFIX);
  const length = headerLength(held.subarray(0, PREFIX));
  await upTo(length);
  return { header: parseHeader(held.slice(0, length)), rest: held.subarray(length) };
}

/** A `Blob` (a `File`) in pieces. @param {Blob} blob @returns {AsyncGenerator<Uint8Array>} */
export async function* piecesOf(blob, size = CHUNK * AT_ONCE) {
  for (let at = 0; at < blob.size; at += size) yield new Uint8Array(await blob.slice(at, at + size).arrayBuffer());
}

/** @param {Bytes} bytes @returns {Promise<Uint8Array>} small things, such as a wrapped key, in one */
export async function whole(bytes) {
  const parts = [];
  for await (const part of bytes) parts.push(part);
  const joined = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** @param {Uint8Array} bytes */
export async function* only(bytes) { yield bytes; }

/** Something small in one piece. @param {Uint8Array} plain @param {import('./header.js').Recipient[]} recipients */
export const sealBytes = async (plain, recipients) => whole((await seal(only(plain), recipients)).bytes);
/** @param {Uint8Array} sealed @param {import('./header.js').Opener} opener */
export const openBytes = async (sealed, opener) => whole((await open(only(sealed), opener)).bytes);

/**
 * Opens parts of a file alone: position p lies in chunk ⌊p / 65,536⌋. The last chunk is opened first, so that a cut file is noticed.
 * @param {(offset: number, length: number) => Promise<Uint8Array>} read ciphertext @param {number} length of the encrypted file @param {import('./header.js').Opener} opener
 */
export async function openRanges(read, length, opener) {
  if (length < HEADER_MIN) throw damaged();
  const end = headerLength(await read(0, PREFIX));
  if (length < end + TAG) throw damaged();
  const header = parseHeader(await read(0, end));
  const fileKey = await openHeader(header, opener);
  const key = await payloadKey(fileKey, header.salt, 'decrypt');
  fileKey.fill(0);
  const size = plainLength(length - end);
  const chunks = chunksOf(size);
  const chunk = async index => {
    const from = end + index * SEALED_CHUNK;
    const sealed = await read(from, Math.min(SEALED_CHUNK, length - from));
    if (sealed.length !== Math.min(SEALED_CHUNK, length - from)) throw damaged();
    return openChunk(key, index, index === chunks - 1, sealed);
  };
  await chunk(chunks - 1);
  return {
    header, size,
    /** @param {number} from @param {number} to behind the last byte */
    async read(from, to) {
      const parts = [];
      const stop = Math.min(to, size);
      for (let at = from; at < stop;) {
        const index = Math.floor(at / CHUNK);
        const plain = await chunk(index);
        const part = plain.subarray(at - index * CHUNK, stop - index * CHUNK);
        parts.push(part);
        at += part.length;
      }
      return whole((async function* () { yield* parts; })());
    },
  };
}
