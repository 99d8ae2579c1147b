// A person's own keys: fetched wrapped, opened with their passphrase, and held for as long as the page is open. What is held
// cannot be taken out of the browser again.

import { get, put } from '../core/api.js';
import { withStepUp } from '../core/step-up.js';
import { store } from '../core/store.js';
import { openBytes, sealBytes } from './format.js';
import { createPair, createRecoveryCode, importPkcs8, keyId, parsePublicKey, readRecoveryCode, toSpki } from './keys.js';
import { damaged, fromBase64, same, toBase64 } from './layout.js';

/** What a new passphrase must have: whoever has the wrapped key may guess as long as they like. */
export const PASSPHRASE_MIN = 12;

/** @typedef {{fingerprint: string, publicKey: string, wrappedKey: string, recoveryKey: string, createdAt: string, retiredAt: string | null}} OwnKey */

/** @type {Map<string, import('./keys.js').Pair>} */
const pairs = new Map();
store.subscribe((now, before) => { if (now.me?.id !== before.me?.id) pairs.clear(); });

/** @returns {Promise<OwnKey[]>} the current one first */
export const loadKeys = async () => (await get('/users/me/keys')).items;

export const isUnlocked = fingerprint => pairs.has(fingerprint);
export const lock = () => pairs.clear();

/** @param {OwnKey} key @param {string} secret its passphrase, or its recovery code as printed @returns {Promise<Uint8Array>} the private key in the clear, to be wiped */
async function unwrap(key, secret) {
  const code = readRecoveryCode(secret);
  if (code) {
    const opened = await openBytes(fromBase64(key.recoveryKey), { passphrase: code }).catch(() => null);
    if (opened) return opened;
  }
  return openBytes(fromBase64(key.wrappedKey), { passphrase: secret });
}

/** A server that hands out another wrapped key than it was given is found out here. @param {OwnKey} key @param {Uint8Array} pkcs8 */
async function pairOf(key, pkcs8) {
  const pair = await importPkcs8(pkcs8);
  if (!same(pair.point, await parsePublicKey(key.publicKey))) throw damaged();
  return pair;
}

/** Opens all of the keys that this secret opens; fails if that is none. @param {OwnKey[]} keys @param {string} secret */
export async function unlock(keys, secret) {
  let opened = 0;
  for (const key of keys) {
    const pkcs8 = await unwrap(key, secret).catch(() => null);
    if (!pkcs8) continue;
    pairs.set(key.fingerprint, await pairOf(key, pkcs8));
    pkcs8.fill(0);
    opened += 1;
  }
  if (opened === 0) throw damaged();
  return opened;
}

/** The opened key among these ids of a header, if there is one. @param {Uint8Array[]} keyIds @returns {Promise<import('./keys.js').Pair | null>} */
export async function pairFor(keyIds) {
  for (const pair of pairs.values()) {
    const id = await keyId(pair.point);
    if (keyIds.some(one => same(one, id))) return pair;
  }
  return null;
}

/** @param {Uint8Array} pkcs8 @param {string} secret */
const wrapped = async (pkcs8, secret) => toBase64(await sealBytes(pkcs8, [{ passphrase: secret }]));

/**
 * A new pair, wrapped twice. Nothing is kept anywhere until its person has entered the recovery code once again.
 * @param {string} passphrase
 */
export async function makeKey(passphrase) {
  const { pair, pkcs8 } = await createPair();
  const code = createRecoveryCode();
  const [wrappedKey, recoveryKey] = await Promise.all([wrapped(pkcs8, passphrase), wrapped(pkcs8, code)]);
  pkcs8.fill(0);
  return { pair, code, publicKey: toBase64(toSpki(pair.point)), wrappedKey, recoveryKey };
}

/** Does what was typed from the recovery kit open the copy that it is for? @param {{recoveryKey: string, pair: import('./keys.js').Pair}} made @param {string} typed */
export async function provesRecovery(made, typed) {
  const code = readRecoveryCode(typed);
  if (!code) return false;
  const pkcs8 = await openBytes(fromBase64(made.recoveryKey), { passphrase: code }).catch(() => null);
  return pkcs8 !== null && same((await importPkcs8(pkcs8)).point, made.pair.point);
}

/** @param {{publicKey: string, wrappedKey: string, recoveryKey: string, pair?: import('./keys.js').Pair}} made @returns {Promise<OwnKey>} */
export async function upload({ publicKey, wrappedKey, recoveryKey, pair }) {
  const key = await withStepUp(() => put('/users/me/key', { publicKey, wrappedKey, recoveryKey }));
  if (pair) pairs.set(key.fingerprint, pair);
  return key;
}

/** Another passphrase for the same key; the recovery code stays. @param {OwnKey} key @param {string} secret the one until now, or the recovery code @param {string} passphrase */
export async function rewrap(key, secret, passphrase) {
  const pkcs8 = await unwrap(key, secret);
  const pair = await pairOf(key, pkcs8);
  const wrappedKey = await wrapped(pkcs8, passphrase);
  pkcs8.fill(0);
  return upload({ publicKey: key.publicKey, wrappedKey, recoveryKey: key.recoveryKey, pair });
}
