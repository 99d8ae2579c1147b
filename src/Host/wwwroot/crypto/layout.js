// The numbers of the encrypted file format, version 1 (docs/encryption.md). All integers are unsigned big-endian.

export const PREFIX = 16;
/** The bytes that every file of this version begins with; the associated data of every chunk. */
export const COMMON = Uint8Array.of(0x43, 0x4d, 0x46, 0x49, 0x4c, 0x45, 0x0d, 0x0a, 1, 1, 16, 0);
export const MAGIC = COMMON.subarray(0, 8);
export const SALT = 32;
export const MAC = 32;
export const TAG = 16;
export const KEY = 32;
export const CHUNK = 65_536;
export const SEALED_CHUNK = CHUNK + TAG;
export const HEADER_MAX = 65_536;
export const STANZAS_MAX = 200;
export const STANZAS_AT = PREFIX + SALT + 2;
export const HEADER_MIN = STANZAS_AT + 3 + MAC;
export const POINT = 97;
export const KEY_ID = 16;
export const WRAPPED = KEY + TAG;
export const PUBLIC_KEY = 1;
export const PASSPHRASE = 2;
export const LINK = 3;
/** The one length of each stanza that is known. */
export const BODY = { [PUBLIC_KEY]: KEY_ID + POINT + WRAPPED, [PASSPHRASE]: 32 + 4 + WRAPPED, [LINK]: 1 + 32 + 4 + WRAPPED };
export const ITERATIONS = 600_000;
export const ITERATIONS_MIN = 100_000;
export const ITERATIONS_MAX = 2_000_000;

/** `damaged_file`: a wrong key, a bad tag, a cut, a swap; which of them is not told. `newer_version`: another version, suite, chunk size or flag. */
export class SealError extends Error {
  /** @param {'damaged_file' | 'newer_version'} code */
  constructor(code) {
    super(code === 'newer_version' ? 'made by a newer version' : 'this file is damaged or not for this key');
    this.code = code;
  }
}

export const damaged = () => new SealError('damaged_file');

/** @param {...(Uint8Array | number)} parts a number is one byte */
export function join(...parts) {
  const all = parts.map(one => (typeof one === 'number' ? Uint8Array.of(one) : one));
  const joined = new Uint8Array(all.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of all) {
    joined.set(one, at);
    at += one.length;
  }
  return joined;
}

/** @param {number} value */
export const u32 = value => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
/** @param {Uint8Array} bytes @param {number} at */
export const readU32 = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
/** @param {Uint8Array} bytes @param {number} at */
export const readU16 = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getUint16(at);

/** In the same time wherever they differ. @param {Uint8Array} a @param {Uint8Array} b */
export function same(a, b) {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ (b[i] ?? 0);
  return difference === 0;
}

export const utf8 = text => new TextEncoder().encode(text);
export const hex = bytes => Array.from(bytes, one => one.toString(16).padStart(2, '0')).join('');
export const random = length => crypto.getRandomValues(new Uint8Array(length));

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** @param {string} text */
export function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text.replace(/\s+/g, '')), one => one.charCodeAt(0));
  } catch {
    throw damaged();
  }
}

export const toBase64Url = bytes => toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
export const fromBase64Url = text => fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));

/** An empty file has one chunk, which holds nothing. */
export const chunksOf = plain => Math.max(1, Math.ceil(plain / CHUNK));
export const sealedLength = plain => plain + chunksOf(plain) * TAG;

/** How much plaintext a payload of this length holds. @param {number} length */
export function plainLength(length) {
  const chunks = Math.ceil(length / SEALED_CHUNK);
  const last = length - (chunks - 1) * SEALED_CHUNK;
  if (length < TAG || (last <= TAG && !(last === TAG && chunks === 1))) throw damaged();
  return length - chunks * TAG;
}
