// The header: who can open a file. Its shape is checked when it is parsed, its MAC when somebody opens it.

import { checkedIterations, hkdf, hmac, pbkdf2, unwrap, wrap } from './kdf.js';
import { agree, ephemeral, importPoint, keyId } from './keys.js';
import {
  BODY, COMMON, damaged, HEADER_MAX, HEADER_MIN, ITERATIONS, join, KEY_ID, LINK, MAC, MAGIC, PASSPHRASE, POINT, PREFIX, PUBLIC_KEY, random, readU16, readU32, SALT, same, SealError, STANZAS_AT,
  STANZAS_MAX, u32, utf8, WRAPPED,
} from './layout.js';
import { linkOf } from './link.js';

/** @typedef {{type: number, body: Uint8Array}} Stanza */
/** @typedef {{bytes: Uint8Array, salt: Uint8Array, stanzas: Stanza[]}} Header */
/** @typedef {{point: Uint8Array} | {passphrase: string} | {link: import('./link.js').Link}} Recipient */
/** @typedef {{pair: import('./keys.js').Pair} | {passphrase: string} | {secret: Uint8Array, password: string | null, link?: import('./link.js').Link}} Opener  `link`: what its password was stretched to, if that was done already */

/** @param {Uint8Array} prefix the first 16 bytes @returns {number} how long the header is */
export function headerLength(prefix) {
  if (prefix.length < PREFIX || !same(prefix.subarray(0, MAGIC.length), MAGIC)) throw damaged();
  if (!same(prefix.subarray(0, COMMON.length), COMMON)) throw new SealError('newer_version');
  const length = readU32(prefix, COMMON.length);
  if (length < HEADER_MIN || length > HEADER_MAX) throw damaged();
  return length;
}

/** @param {Stanza[]} stanzas */
const fits = stanzas => stanzas.every(one => !(one.type in BODY) || one.body.length === BODY[one.type])
  && [PASSPHRASE, LINK].every(type => stanzas.filter(one => one.type === type).length <= 1);

/** @param {Uint8Array} bytes exactly the header @returns {Header} */
export function parseHeader(bytes) {
  if (headerLength(bytes) !== bytes.length) throw damaged();
  const count = readU16(bytes, PREFIX + SALT);
  if (count === 0 || count > STANZAS_MAX) throw damaged();
  /** @type {Stanza[]} */
  const stanzas = [];
  const end = bytes.length - MAC;
  let at = STANZAS_AT;
  for (let i = 0; i < count; i++) {
    if (at + 3 > end || at + 3 + readU16(bytes, at + 1) > end) throw damaged();
    const length = readU16(bytes, at + 1);
    stanzas.push({ type: bytes[at], body: bytes.slice(at + 3, at + 3 + length) });
    at += 3 + length;
  }
  if (at !== end || !fits(stanzas)) throw damaged();
  return { bytes, salt: bytes.slice(PREFIX, PREFIX + SALT), stanzas };
}

/** @param {Uint8Array} fileKey @param {Uint8Array} salt @param {Uint8Array} before */
const macOf = async (fileKey, salt, before) => hmac(await hkdf(fileKey, salt, utf8('chat/v1/header')), before);

/** @param {Uint8Array} fileKey @param {Uint8Array} salt @param {Stanza[]} stanzas @returns {Promise<Header>} */
async function makeHeader(fileKey, salt, stanzas) {
  if (stanzas.length === 0 || stanzas.length > STANZAS_MAX || !fits(stanzas)) throw new RangeError('1 to 200 recipients, at most one passphrase and one link');
  const parts = stanzas.map(one => join(one.type, one.body.length >> 8, one.body.length & 255, one.body));
  const length = STANZAS_AT + parts.reduce((sum, one) => sum + one.length, 0) + MAC;
  if (length > HEADER_MAX) throw new RangeError('the header would be too long');
  const before = join(COMMON, u32(length), salt, stanzas.length >> 8, stanzas.length & 255, ...parts);
  return parseHeader(join(before, await macOf(fileKey, salt, before)));
}

/** @param {number} type @param {Uint8Array} before @param {Uint8Array} kek @param {Uint8Array} fileKey @returns {Promise<Stanza>} */
const stanza = async (type, before, kek, fileKey) => ({ type, body: join(before, await wrap(kek, fileKey, join(type, before))) });

/** @param {Recipient} recipient @param {Uint8Array} fileKey @param {Uint8Array} salt @returns {Promise<Stanza>} */
async function stanzaFor(recipient, fileKey, salt) {
  if ('point' in recipient) {
    const once = await ephemeral();
    const z = await agree(once.privateKey, await importPoint(recipient.point));
    const kek = await hkdf(z, salt, join(utf8('chat/v1/wrap'), once.point, recipient.point));
    return stanza(PUBLIC_KEY, join(await keyId(recipient.point), once.point), kek, fileKey);
  }
  if ('passphrase' in recipient) {
    const kdfSalt = random(SALT);
    const kek = await hkdf(await pbkdf2(recipient.passphrase, kdfSalt, ITERATIONS), salt, utf8('chat/v1/pass'));
    return stanza(PASSPHRASE, join(kdfSalt, u32(ITERATIONS)), kek, fileKey);
  }
  const { link } = recipient;
  const kek = await hkdf(link.ikm, salt, utf8('chat/v1/link'));
  return stanza(LINK, join(link.iterations > 0 ? 1 : 0, link.salt, u32(link.iterations)), kek, fileKey);
}

/** A new file: its key, its header. @param {Recipient[]} recipients @returns {Promise<{header: Header, fileKey: Uint8Array}>} */
export async function createHeader(recipients) {
  const fileKey = random(32);
  const salt = random(SALT);
  return { header: await makeHeader(fileKey, salt, await Promise.all(recipients.map(one => stanzaFor(one, fileKey, salt)))), fileKey };
}

/** @param {Stanza} one @param {Uint8Array} kek */
const tryStanza = (one, kek) => unwrap(kek, one.body.slice(-WRAPPED), join(one.type, one.body.slice(0, -WRAPPED)));

/** The file keys that the stanzas yield, each still to be proven by the MAC. @param {Header} header @param {Opener} opener */
async function* fileKeys({ stanzas, salt: fileSalt }, opener) {
  if ('pair' in opener) {
    const { privateKey, point } = opener.pair;
    const id = await keyId(point);
    for (const one of stanzas.filter(({ type, body }) => type === PUBLIC_KEY && same(body.slice(0, KEY_ID), id))) {
      const theirs = one.body.slice(KEY_ID, KEY_ID + POINT);
      const z = await agree(privateKey, await importPoint(theirs));
      yield tryStanza(one, await hkdf(z, fileSalt, join(utf8('chat/v1/wrap'), theirs, point)));
    }
  } else if ('passphrase' in opener) {
    for (const one of stanzas.filter(({ type }) => type === PASSPHRASE)) {
      const ikm = await pbkdf2(opener.passphrase, one.body.slice(0, SALT), checkedIterations(readU32(one.body, SALT)));
      yield tryStanza(one, await hkdf(ikm, fileSalt, utf8('chat/v1/pass')));
    }
  } else {
    for (const one of stanzas.filter(({ type }) => type === LINK)) {
      const iterations = readU32(one.body, 1 + SALT);
      if (one.body[0] > 1 || (one.body[0] === 0) !== (iterations === 0)) throw damaged();
      const salt = one.body.slice(1, 1 + SALT);
      const known = opener.link && opener.link.iterations === iterations && same(opener.link.salt, salt) ? opener.link : null;
      const link = known ?? await linkOf(opener.secret, salt, iterations === 0 ? 0 : checkedIterations(iterations), iterations === 0 ? null : opener.password);
      yield tryStanza(one, await hkdf(link.ikm, fileSalt, utf8('chat/v1/link')));
    }
  }
}

/** @param {Header} header @param {Opener} opener @returns {Promise<Uint8Array>} the file key, proven by the MAC */
export async function openHeader(header, opener) {
  for await (const fileKey of fileKeys(header, opener)) {
    if (fileKey && same(await macOf(fileKey, header.salt, header.bytes.slice(0, -MAC)), header.bytes.slice(-MAC))) return fileKey;
  }
  throw damaged();
}

/** The header for a file that more people can open; its payload stays as it is. @param {Header} header @param {Opener} opener @param {Recipient[]} added */
export async function addRecipients(header, opener, added) {
  const fileKey = await openHeader(header, opener);
  return makeHeader(fileKey, header.salt, [...header.stanzas, ...await Promise.all(added.map(one => stanzaFor(one, fileKey, header.salt)))]);
}

/** What can be told of a header without a key. @param {Header} header */
export const describe = header => ({
  keyIds: header.stanzas.filter(one => one.type === PUBLIC_KEY).map(one => one.body.slice(0, KEY_ID)),
  hasPassphrase: header.stanzas.some(one => one.type === PASSPHRASE),
  hasLink: header.stanzas.some(one => one.type === LINK),
  linkHasPassword: header.stanzas.some(one => one.type === LINK && one.body[0] === 1),
});
