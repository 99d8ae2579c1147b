// Whose key is whose: what a person has compared, on this device.

import { get } from '../core/api.js';
import { pref, setPref } from '../core/prefs.js';
import { fingerprint, parsePublicKey } from './keys.js';

/** @returns {Record<string, string>} fingerprints by the person's id */
const all = () => pref('verifiedKeys', {});

/** @param {string} userId @returns {string | null} the fingerprint that was compared */
export const verifiedKey = userId => all()[userId] ?? null;

/** @param {string} userId @param {string | null} compared null: no longer */
export function setVerified(userId, compared) {
  const { [userId]: _, ...others } = all();
  setPref('verifiedKeys', compared ? { ...others, [userId]: compared } : others);
}

/** @param {{id: string, keyFingerprint?: string | null}} user @returns {'none' | 'unverified' | 'verified' | 'changed'} */
export function standing({ id, keyFingerprint }) {
  const compared = verifiedKey(id);
  if (!keyFingerprint) return compared ? 'changed' : 'none';
  if (!compared) return 'unverified';
  return compared === keyFingerprint ? 'verified' : 'changed';
}

/**
 * The key to encrypt with for a person. The fingerprint is computed here: what the server says of its own keys proves nothing.
 * @param {string} userId @returns {Promise<{point: Uint8Array, fingerprint: string, standing: ReturnType<typeof standing>}>}
 */
export async function keyOf(userId) {
  const point = await parsePublicKey((await get(`/users/${userId}/key`)).publicKey);
  const own = await fingerprint(point);
  return { point, fingerprint: own, standing: standing({ id: userId, keyFingerprint: own }) };
}
