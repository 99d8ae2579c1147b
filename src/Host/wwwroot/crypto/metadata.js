// What an encrypted file is called and what it is: a small encrypted file of its own, bound to its payload by the payload's salt.

import { damaged, hex, utf8 } from './layout.js';

const STEP = 256;
const MOST = 16 * STEP;

/** @typedef {{name: string, type: string, size: number, salt: string, index: number, count: number}} Metadata */

/** @param {Metadata} metadata @returns {Uint8Array} padded, so that its length does not tell the name's */
export function writeMetadata({ name, type, size, salt, index, count }) {
  const json = utf8(JSON.stringify({ name, type, size, salt, index, count }));
  const padded = new Uint8Array(Math.ceil(json.length / STEP) * STEP).fill(0x20);
  padded.set(json);
  return padded;
}

/** @param {Uint8Array} bytes @param {Uint8Array} salt of the payload file that it shall belong to @returns {Metadata} */
export function readMetadata(bytes, salt) {
  if (bytes.length === 0 || bytes.length > MOST || bytes.length % STEP !== 0) throw damaged();
  let read;
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged();
  }
  const fits = read && typeof read.name === 'string' && typeof read.type === 'string' && Number.isSafeInteger(read.size) && read.salt === hex(salt);
  if (!fits) throw damaged();
  return read;
}
