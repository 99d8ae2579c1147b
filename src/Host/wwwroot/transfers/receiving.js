// A transfer from the side of who gets it: opened by its link or as its recipient, its names read where they are encrypted, its files
// fetched. Knows no page, so that its rules can be tested with answers alone.

import { fetched } from '../crypto/fetched.js';
import { openBytes, whole } from '../crypto/format.js';
import { describe, headerLength, parseHeader } from '../crypto/header.js';
import { damaged, fromBase64, fromBase64Url, HEADER_MAX, hex, PREFIX, toBase64 } from '../crypto/layout.js';
import { authKey, linkOf } from '../crypto/link.js';
import { readMetadata } from '../crypto/metadata.js';

const META = '.meta.cmfile';
const META_MAX = 1 << 16;
/** Enough for the header of a file for some people; a longer one is asked for once more. */
const HEAD = 4096;
/** A token is not used in its last minute. */
const SPARE_MS = 60_000;

/**
 * @typedef {{id: string, name: string, size: number, type: string, sealedSize: number, salt: Uint8Array | null, keyIds: Uint8Array[], tag: string | null}} Item  `size` of what is inside
 * @typedef {'loading' | 'password' | 'open' | 'over' | 'unknown' | 'incomplete' | 'wait' | 'failed' | 'insecure'} Phase
 * @typedef {{transfer: any, downloadToken: string, expiresAt: string, senderName: string, link: {salt: string, iterations: number, ikm: string} | null}} Opened
 */

/** 32 bytes in hex, base64 or base64url, as a sender's client wrote them. @param {string} text */
const saltOf = text => (/^[0-9a-f]{64}$/i.test(text) ? Uint8Array.from(text.match(/../g) ?? [], one => parseInt(one, 16)) : fromBase64Url(text));

/** @param {string} text */
function secretOf(text) {
  try {
    const secret = fromBase64Url(text);
    return secret.length === 32 ? secret : null;
  } catch {
    return null;
  }
}

export class Receiving {
  /**
   * @param {{id: string, secret: string, api: {post: (path: string, body: any) => Promise<any>, me: () => Promise<any>}, kept?: {read: () => Opened | null, write: (opened: Opened | null) => void},
   *   pairFor?: (keyIds: Uint8Array[]) => Promise<import('../crypto/keys.js').Pair | null>, changed?: () => void, now?: () => number}} parts
   *   `secret`: what stands behind the link's #, or nothing; `pairFor`: the person's own key that opens a header, asked for if need be
   */
  constructor({ id, secret, api, kept = { read: () => null, write: () => {} }, pairFor = async () => null, changed = () => {}, now = Date.now }) {
    this.id = id;
    this.secret = secret;
    this.api = api;
    this.kept = kept;
    this.pairFor = pairFor;
    this.changed = changed;
    this.now = now;
    this.phase = /** @type {Phase} */ ('loading');
    this.error = /** @type {any} */ (null);
    this.wrong = false;
    this.busy = false;
    this.kdf = /** @type {any} */ (null);
    this.opened = /** @type {Opened | null} */ (null);
    /** Null until an encrypted transfer's names were read. @type {Item[] | null} */
    this.items = null;
    this.me = /** @type {any} */ (undefined);
    this.link = /** @type {import('../crypto/link.js').Link | null} */ (null);
  }

  get transfer() { return this.opened?.transfer ?? null; }
  get headers() { return { authorization: `Transfer ${this.opened?.downloadToken}` }; }
  url(fileId) { return `/api/v1/transfers/${this.id}/files/${fileId}/content`; }

  /** @param {Phase} phase @param {any} [error] */
  be(phase, error = null) {
    Object.assign(this, { phase, error, busy: false });
    this.changed();
  }

  /** What this tab has opened already costs nothing again, also when it is used up for others. */
  async start() {
    const kept = this.kept.read();
    if (kept && kept.transfer?.id === this.id && Date.parse(kept.expiresAt) - this.now() > SPARE_MS) {
      const secret = secretOf(this.secret);
      if (kept.link && secret) this.link = { secret, salt: fromBase64(kept.link.salt), iterations: kept.link.iterations, ikm: fromBase64(kept.link.ikm) };
      return this.take(kept);
    }
    await this.open(null);
  }

  /** @param {string | null} password as it was typed */
  async open(password) {
    Object.assign(this, { busy: true, wrong: false });
    if (this.phase !== 'password') this.phase = 'loading';
    this.changed();
    try {
      this.take(await this.ask(password));
    } catch (error) {
      this.refused(error, password);
    }
  }

  /** @param {string | null} password @returns {Promise<Opened>} */
  async ask(password) {
    const opened = answer => ({ ...answer, link: this.link && { salt: toBase64(this.link.salt), iterations: this.link.iterations, ikm: toBase64(this.link.ikm) } });
    try {
      return opened(await this.api.post(`/transfers/${this.id}/open`, this.kdf ? await this.proof(password) : { ...(this.secret ? { secret: this.secret } : {}), ...(password ? { password } : {}) }));
    } catch (error) {
      if (error.code !== 'invalid_credentials') throw error;
      // A login that only has to be renewed may be all that is missing.
      if (this.me === undefined && !password) {
        this.me = await this.api.me().catch(() => null);
        if (this.me) return this.ask(password);
      }
      const known = this.kdf;
      this.kdf = error.linkKdf ?? known;
      if (!known && this.kdf && this.secret && (!this.kdf.hasPassword || password)) return this.ask(password);
      throw error;
    }
  }

  /** @param {string | null} password */
  async proof(password) {
    const secret = secretOf(this.secret);
    if (!secret || (this.kdf.hasPassword && !password)) return {};
    if (!globalThis.crypto?.subtle) throw Object.assign(new Error('no encryption here'), { code: 'insecure' });
    this.link = await linkOf(secret, saltOf(this.kdf.salt), this.kdf.iterations, this.kdf.hasPassword ? password : null);
    return { authKey: toBase64(await authKey(this.link)) };
  }

  /** @param {any} error @param {string | null} password */
  refused(error, password) {
    if (error.code === 'insecure') return this.be('insecure');
    if (error.status === 404) return this.be('unknown');
    if (error.status === 410) return this.be('over');
    if (error.status === 429) return this.be('wait', error);
    if (error.code !== 'invalid_credentials') return this.be('failed', error);
    const asks = error.hasPassword || (this.kdf?.hasPassword && secretOf(this.secret));
    if (!asks) return this.be('incomplete');
    this.wrong = Boolean(password);
    this.be('password');
  }

  /** @param {Opened} opened */
  take(opened) {
    this.opened = opened;
    this.kept.write(opened);
    const { transfer } = opened;
    // Encrypted files without names of this kind were encrypted by their sender's own hand; they are fetched as they are.
    const sealed = transfer.encrypted && transfer.files.some(one => one.name.endsWith(META));
    if (sealed && !globalThis.crypto?.subtle) return this.be('insecure');
    this.items = sealed ? null : transfer.files.map(one => ({ id: one.id, name: one.name, size: one.size, type: one.contentType, sealedSize: one.size, salt: null, keyIds: [], tag: null }));
    this.be('open');
  }

  /** @param {Uint8Array[]} keyIds @returns {Promise<import('../crypto/header.js').Opener>} */
  async opener(keyIds) {
    if (this.link) return { secret: this.link.secret, password: null, link: this.link };
    const pair = await this.pairFor(keyIds);
    if (!pair) throw Object.assign(new Error('no key'), { code: 'no_key' });
    return { pair };
  }

  /** @param {string} fileId @param {number} to @returns {Promise<{bytes: Uint8Array, tag: string | null}>} the first bytes, and whose they are */
  async head(fileId, to) {
    const answer = await fetch(this.url(fileId), { headers: { ...this.headers, range: `bytes=0-${to - 1}` }, cache: 'no-store' });
    if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { code: answer.status === 410 ? 'gone' : 'network', status: answer.status });
    return { bytes: new Uint8Array(await answer.arrayBuffer()).slice(0, to), tag: answer.headers.get('etag') };
  }

  /** What the names of an encrypted transfer are. It is its first byte that is fetched, so this takes a download. */
  async readNames() {
    Object.assign(this, { busy: true, error: null });
    this.changed();
    try {
      this.items = await this.names();
      this.be('open');
    } catch (error) {
      if (error.code === 'gone') this.be('over');
      else this.be('open', error);
    }
  }

  /** @returns {Promise<Item[]>} */
  async names() {
    const { files } = this.transfer;
    const payloads = files.filter(one => !one.name.endsWith(META));
    const texts = /** @type {Uint8Array[]} */ ([]);
    const never = new AbortController().signal;
    for (const file of files.filter(one => one.name.endsWith(META))) {
      if (file.size > META_MAX + HEADER_MAX) throw damaged();
      const sealed = await whole(fetched({ url: this.url(file.id), headers: this.headers }, never));
      const header = parseHeader(sealed.slice(0, headerLength(sealed.subarray(0, PREFIX))));
      texts.push(await openBytes(sealed, await this.opener(describe(header).keyIds)));
    }
    const items = /** @type {any[]} */ ([]);
    for (const file of payloads) {
      let { bytes, tag } = await this.head(file.id, HEAD);
      const length = headerLength(bytes.subarray(0, PREFIX));
      if (length > bytes.length) ({ bytes, tag } = await this.head(file.id, length));
      const header = parseHeader(bytes.slice(0, length));
      const { salt } = header;
      const mine = texts.find(one => new TextDecoder().decode(one).includes(hex(salt)));
      if (!mine) throw damaged();
      const { name, type, size, index, count } = readMetadata(mine, salt);
      if (count !== payloads.length) throw damaged();
      items.push({ id: file.id, name, type, size, index, sealedSize: file.size, salt, keyIds: describe(header).keyIds, tag });
    }
    return items.sort((a, b) => a.index - b.index);
  }

  /** @param {Item} item @returns {Promise<import('../crypto/jobs.js').Order>} */
  async orderOf(item) {
    const source = { url: this.url(item.id), headers: this.headers, tag: item.tag };
    if (!item.salt) return { op: 'copy', source };
    return { op: 'open', source, salt: item.salt, opener: await this.opener(item.keyIds) };
  }
}
