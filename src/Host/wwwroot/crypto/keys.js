// P-384 pairs: made, written down, compared.

import { sha256 } from './kdf.js';
import { damaged, fromBase64, fromBase64Url, hex, join, KEY_ID, POINT, random, same, toBase64 } from './layout.js';

const CURVE = { name: 'ECDH', namedCurve: 'P-384' };
/** SEQUENCE { SEQUENCE { id-ecPublicKey, secp384r1 }, BIT STRING }: what stands before the point (RFC 5480). */
const SPKI_HEAD = Uint8Array.of(0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00);

/**
 * A pair that opens files: the private part is a key that the browser does not hand out.
 * @typedef {{privateKey: CryptoKey, point: Uint8Array}} Pair
 */

/** A point that is one: uncompressed and on the curve. @param {Uint8Array} point @returns {Promise<CryptoKey>} */
export async function importPoint(point) {
  if (point.length !== POINT || point[0] !== 4) throw damaged();
  try {
    return await crypto.subtle.importKey('raw', /** @type {any} */ (point), CURVE, true, []);
  } catch {
    throw damaged();
  }
}

/** @param {CryptoKey} privateKey @param {CryptoKey} publicKey @returns {Promise<Uint8Array>} the x-coordinate, 48 bytes, raw */
export async function agree(privateKey, publicKey) {
  try {
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 384));
  } catch {
    throw damaged();
  }
}

/** @returns {Promise<Pair>} used once, for one stanza */
export async function ephemeral() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  return { privateKey: pair.privateKey, point: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

/** A person's new pair, with its private part once in the clear, to be wrapped and then forgotten. @returns {Promise<{pair: Pair, pkcs8: Uint8Array}>} */
export async function createPair() {
  const made = await crypto.subtle.generateKey(CURVE, true, ['deriveBits']);
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', made.privateKey));
  return { pair: await importPkcs8(pkcs8), pkcs8 };
}

/** @param {Uint8Array} pkcs8 @returns {Promise<Pair>} */
export async function importPkcs8(pkcs8) {
  try {
    const open = await crypto.subtle.importKey('pkcs8', /** @type {any} */ (pkcs8), CURVE, true, ['deriveBits']);
    const { x, y } = await crypto.subtle.exportKey('jwk', open);
    const privateKey = await crypto.subtle.importKey('pkcs8', /** @type {any} */ (pkcs8), CURVE, false, ['deriveBits']);
    return { privateKey, point: join(4, fromBase64Url(x ?? ''), fromBase64Url(y ?? '')) };
  } catch {
    throw damaged();
  }
}

/** @param {Uint8Array} point */
export const toSpki = point => join(SPKI_HEAD, point);
/** @param {Uint8Array} point */
export const toPem = point => `-----BEGIN PUBLIC KEY-----\n${toBase64(toSpki(point)).match(/.{1,64}/g)?.join('\n')}\n-----END PUBLIC KEY-----\n`;

/** @param {string} text SPKI as PEM, or as base64 alone @returns {Promise<Uint8Array>} the point, checked */
export async function parsePublicKey(text) {
  const pem = /-----BEGIN PUBLIC KEY-----([^-]+)-----END PUBLIC KEY-----/.exec(text);
  const spki = fromBase64((pem ? pem[1] : text).trim());
  if (!same(spki.subarray(0, SPKI_HEAD.length), SPKI_HEAD)) throw damaged();
  const point = spki.slice(SPKI_HEAD.length);
  await importPoint(point);
  return point;
}

/** @param {Uint8Array} point */
export const keyId = async point => (await sha256(point)).slice(0, KEY_ID);
/** @param {Uint8Array} point @returns {Promise<string>} 64 hexadecimal digits */
export const fingerprint = async point => hex(await sha256(point));
/** As people compare it: 16 groups of four. @param {string} text */
export const groups = text => text.match(/.{1,4}/g) ?? [];

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 160 random bits as 32 characters of Crockford's base 32. */
export const createRecoveryCode = () => Array.from(random(32), one => ALPHABET[one & 31]).join('');
/** @param {string} code */
export const printRecoveryCode = code => (code.match(/.{1,4}/g) ?? []).join('-');

/** What was typed, whatever its case and hyphens. @param {string} typed @returns {string | null} null: it is no recovery code */
export function readRecoveryCode(typed) {
  const code = typed.toUpperCase().replace(/[-\s]/g, '').replace(/[IL]/g, '1').replaceAll('O', '0');
  return code.length === 32 && [...code].every(one => ALPHABET.includes(one)) ? code : null;
}
