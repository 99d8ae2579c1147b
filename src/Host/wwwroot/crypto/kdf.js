// HKDF-SHA-256 (RFC 5869), PBKDF2-HMAC-SHA-256 (RFC 8018) and AES-256-GCM, by WebCrypto.

import { damaged, ITERATIONS_MAX, ITERATIONS_MIN, KEY, TAG, utf8 } from './layout.js';

const NONCE_OF_ONE_USE = new Uint8Array(12);

/** @param {Uint8Array} ikm @param {Uint8Array} salt @param {Uint8Array} info @returns {Promise<Uint8Array>} 32 bytes */
export async function hkdf(ikm, salt, info) {
  const key = await crypto.subtle.importKey('raw', /** @type {any} */ (ikm), 'HKDF', false, ['deriveBits']);
  return new Uint8Array(await crypto.subtle.deriveBits(/** @type {any} */ ({ name: 'HKDF', hash: 'SHA-256', salt, info }), key, KEY * 8));
}

/** @param {string} text taken in its NFC form @param {Uint8Array} salt @param {number} iterations @returns {Promise<Uint8Array>} 32 bytes */
export async function pbkdf2(text, salt, iterations) {
  const key = await crypto.subtle.importKey('raw', utf8(text.normalize('NFC')), 'PBKDF2', false, ['deriveBits']);
  return new Uint8Array(await crypto.subtle.deriveBits(/** @type {any} */ ({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }), key, KEY * 8));
}

/** Before any work: fewer would make guessing cheap, more would take the reader's time. @param {number} iterations */
export function checkedIterations(iterations) {
  if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) throw damaged();
  return iterations;
}

/** @param {Uint8Array} key @param {'encrypt' | 'decrypt'} use @returns {Promise<CryptoKey>} */
export const aesKey = (key, use) => crypto.subtle.importKey('raw', /** @type {any} */ (key), 'AES-GCM', false, [use]);

/** One thing under a key that is used this once. @param {Uint8Array} kek @param {Uint8Array} plain @param {Uint8Array} additionalData */
export async function wrap(kek, plain, additionalData) {
  const key = await aesKey(kek, 'encrypt');
  return new Uint8Array(await crypto.subtle.encrypt(/** @type {any} */ ({ name: 'AES-GCM', iv: NONCE_OF_ONE_USE, additionalData, tagLength: TAG * 8 }), key, /** @type {any} */ (plain)));
}

/** @param {Uint8Array} kek @param {Uint8Array} wrapped @param {Uint8Array} additionalData @returns {Promise<Uint8Array | null>} null: not for this key */
export async function unwrap(kek, wrapped, additionalData) {
  const key = await aesKey(kek, 'decrypt');
  try {
    return new Uint8Array(await crypto.subtle.decrypt(/** @type {any} */ ({ name: 'AES-GCM', iv: NONCE_OF_ONE_USE, additionalData, tagLength: TAG * 8 }), key, /** @type {any} */ (wrapped)));
  } catch {
    return null;
  }
}

/** @param {Uint8Array} key @param {Uint8Array} data */
export async function hmac(key, data) {
  const mac = await crypto.subtle.importKey('raw', /** @type {any} */ (key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', mac, /** @type {any} */ (data)));
}

/** @param {Uint8Array} data */
export const sha256 = async data => new Uint8Array(await crypto.subtle.digest('SHA-256', /** @type {any} */ (data)));
