// To whom: people with an account, found by name, and addresses; with what is known of their keys.

import { get } from '../core/api.js';
import { avatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { findPeople } from '../core/people.js';
import { store } from '../core/store.js';
import { debounce, errorText, iconButton } from '../core/ui.js';
import { fingerprint, parsePublicKey } from '../crypto/keys.js';
import { keyOf, standing } from '../crypto/trust.js';

/** `key` is undefined while it is being asked for, and null where there is none. @typedef {{id: string, user: any, email: string | null, key: {point: Uint8Array, standing: string} | null | undefined}} Recipient */

const isEmail = text => /^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 254;

/** @param {Recipient} one */
export const nameOfRecipient = one => one.user?.displayName ?? one.email ?? '';

/** @param {Recipient} one */
async function lookForKey(one) {
  try {
    if (one.user) return await keyOf(one.user.id);
    const found = await get(`/keys?email=${encodeURIComponent(one.email ?? '')}`);
    // An address that its owner has only claimed proves nothing of whose key it is.
    if (!found.emailVerified) return null;
    const point = await parsePublicKey(found.publicKey);
    return { point, standing: standing({ id: found.userId, keyFingerprint: await fingerprint(point) }) };
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** @param {() => void} redraw */
export function recipientField(redraw) {
  const state = { chosen: /** @type {Recipient[]} */ ([]), text: '', found: /** @type {any[]} */ ([]), at: 0, error: /** @type {any} */ (null), keys: false };

  const search = debounce(async text => {
    try {
      const found = text ? await findPeople(text) : [];
      if (text !== state.text) return;
      const taken = new Set([store.get().me?.id, ...state.chosen.map(one => one.user?.id)]);
      Object.assign(state, { found: found.filter(one => !taken.has(one.id)).slice(0, 6), at: 0, error: null });
    } catch (error) {
      state.error = error;
    }
    redraw();
  }, 180);

  async function ask(one) {
    try {
      one.key = await lookForKey(one);
    } catch (error) {
      state.error = error;
    }
    redraw();
  }

  /** @param {any} user @param {string | null} email */
  function add(user, email) {
    if (email && state.chosen.some(one => one.email?.toLowerCase() === email.toLowerCase())) return;
    const one = /** @type {Recipient} */ ({ id: user?.id ?? email ?? '', user, email, key: undefined });
    Object.assign(state, { chosen: [...state.chosen, one], text: '', found: [], at: 0 });
    const input = /** @type {HTMLInputElement | null} */ (document.getElementById('send-to'));
    if (input) input.value = '';
    if (state.keys) ask(one);
    redraw();
  }

  const offers = () => [...state.found.map(user => ({ key: user.id, user, email: null })), ...(isEmail(state.text) ? [{ key: 'email', user: null, email: state.text }] : [])];

  function onkeydown(event) {
    const list = offers();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') {
      event.preventDefault();
      const one = list[state.at];
      if (one) add(one.user, one.email);
    } else if (event.key === 'Backspace' && !event.currentTarget.value && state.chosen.length) {
      state.chosen = state.chosen.slice(0, -1);
      redraw();
    } else if (step && list.length) {
      event.preventDefault();
      state.at = (state.at + step + list.length) % list.length;
      redraw();
    }
  }

  /** @param {Recipient} one */
  function chip(one) {
    const note = !state.keys || one.key === undefined ? '' : one.key === null ? t('transfers.keyNone') : one.key.standing === 'verified' ? t('transfers.keyVerified') : one.key.standing === 'changed' ? t('keys.person.changed') : t('transfers.keyOk');
    return h('li', { key: one.id, 'data-testid': 'recipient', 'data-key': one.key === undefined ? null : one.key?.standing ?? 'none' },
      h('span', null, nameOfRecipient(one), note && h('small', { class: one.key === null || one.key?.standing === 'changed' ? 'warn' : null }, ` · ${note}`)),
      iconButton('close', t('transfers.remove', { name: nameOfRecipient(one) }), { onclick: () => { state.chosen = state.chosen.filter(other => other !== one); redraw(); } }));
  }

  return {
    get chosen() { return state.chosen; },
    /** From now on each one's key matters. @param {boolean} on */
    withKeys(on) {
      state.keys = on;
      if (on) for (const one of state.chosen) if (one.key === undefined) ask(one);
    },
    /** What was typed and not chosen yet. */
    settle() { if (isEmail(state.text)) add(null, state.text); },
    /** @param {string} error */
    draw(error) {
      const list = offers();
      return h('div.field', { key: 'recipients' }, h('label', { for: 'send-to' }, t('transfers.recipients')),
        state.chosen.length > 0 && h('ul.chips', null, state.chosen.map(chip)),
        h('input', {
          id: 'send-to', autocomplete: 'off', spellcheck: 'false', placeholder: t('transfers.recipientAdd'), role: 'combobox', 'aria-expanded': String(list.length > 0), 'aria-controls': 'send-to-list', 'data-testid': 'send-to',
          'aria-activedescendant': list.length ? `send-to-${state.at}` : null, 'aria-invalid': error ? 'true' : null, 'aria-describedby': error ? 'send-to-error' : null, onkeydown,
          oninput: event => { state.text = event.currentTarget.value.trim(); search(state.text); redraw(); },
        }),
        h('ul.switch-list', { id: 'send-to-list', role: 'listbox', 'aria-label': t('people.found'), hidden: list.length === 0 }, list.map((one, i) => h('li', {
          key: one.key, id: `send-to-${i}`, role: 'option', 'aria-selected': String(i === state.at), 'data-testid': 'send-to-option', onclick: () => add(one.user, one.email),
        }, h('span.room-sign', null, one.user ? avatar(one.user, 'small') : icon('at')), h('span.room-name', null, one.user ? one.user.displayName : t('transfers.recipientEmail', { email: one.email })), one.user && h('small.muted', null, `@${one.user.username}`)))),
        state.error && h('p.field-error', { role: 'alert' }, errorText(state.error)),
        error && h('p.field-error', { id: 'send-to-error' }, error));
    },
  };
}
