// What the holder of a link has: the secret of the URL's fragment, and the password where there is one.

import { checkedIterations, hkdf, pbkdf2, sha256 } from './kdf.js';
import { damaged, ITERATIONS, join, random, utf8 } from './layout.js';

/**
 * All files of one transfer share it, so that the password is stretched once.
 * @typedef {{secret: Uint8Array, salt: Uint8Array, iterations: number, ikm: Uint8Array}} Link  `iterations` is 0 without a password
 */

/** @param {Uint8Array} secret 32 bytes @param {Uint8Array} salt 32 bytes @param {number} iterations @param {string | null} password @returns {Promise<Link>} */
export async function linkOf(secret, salt, iterations, password) {
  if (secret.length !== 32 || salt.length !== 32 || (password === null) !== (iterations === 0)) throw damaged();
  const ikm = password === null ? secret : join(secret, await pbkdf2(password, salt, checkedIterations(iterations)));
  return { secret, salt, iterations, ikm };
}

/** @param {string | null} password null: the link alone opens */
export const createLink = password => linkOf(random(32), random(32), password === null ? 0 : ITERATIONS, password);

/** What proves to the server that one may open the transfer. @param {Link} link */
export const authKey = link => hkdf(link.ikm, link.salt, utf8('chat/v1/auth'));
/** What the server keeps of it (`linkAuthHash`). @param {Link} link */
export const authHash = async link => sha256(await authKey(link));
