// What the person takes most often, kept on this device.

import { pref, setPref } from '../core/prefs.js';

const QUICK = ['👍', '❤️', '😂', '🎉', '👀', '✅', '🙏', '🚀'];

/** @param {number} most @returns {string[]} */
export const recentEmoji = most => [...new Set([...pref('emoji', []), ...QUICK])].slice(0, most);

/** @param {string} emoji */
export const rememberEmoji = emoji => setPref('emoji', [emoji, ...pref('emoji', []).filter(one => one !== emoji)].slice(0, 16));
