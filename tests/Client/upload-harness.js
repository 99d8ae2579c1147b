// A tus server in memory that fails as it is told, a device's database and locks, and tabs on them.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Tus } from '../../src/Host/wwwroot/files/tus.js';
import { Uploads } from '../../src/Host/wwwroot/files/uploads.js';

globalThis.isSecureContext = true;
export const MB = 1024 * 1024;
export const until = async (condition, what = condition.toString()) => {
  const end = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < end, what);
    await new Promise(resolve => setImmediate(resolve));
  }
};
export const bytesOf = size => Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8) * 7) & 0xff);
export const hash = bytes => createHash('sha256').update(bytes).digest('hex');
export const cut = () => Object.assign(new Error('cut'), { status: 0, code: 'network' });

/** A tus server in memory. `script` meets each request: it may answer, cut the line before or after the request counts, or let it pass. */
export class FakeServer {
  constructor(script = () => null) {
    this.script = script;
    this.uploads = new Map();
    this.log = [];
  }

  answer(status, headers = {}, problem = null) { return { status, header: name => headers[name.toLowerCase()] ?? null, text: problem ? JSON.stringify(problem) : '' }; }

  async send(what) {
    await new Promise(resolve => setImmediate(resolve));
    if (what.signal?.aborted) throw new DOMException('stopped', 'AbortError');
    this.log.push(`${what.method} ${what.headers['Upload-Offset'] ?? ''}`.trim());
    const act = this.script(what, this.log.length, this);
    if (act === 'before') throw cut();
    if (act === 'half') {
      const upload = this.uploads.get(what.path.split('/').at(-1));
      what.sent?.(what.body.length);
      // Without the whole piece its checksum cannot be right, so that nothing of it is kept; without one what came stays.
      if (!what.headers['Upload-Checksum']) upload.bytes = Buffer.concat([upload.bytes, what.body.subarray(0, what.body.length >> 1)]);
      throw cut();
    }
    if (act && act !== 'after') return act;
    const answer = this.take(what);
    if (act === 'after') throw cut();
    if (what.signal?.aborted) throw new DOMException('stopped', 'AbortError');
    return answer;
  }

  take({ method, path, headers, body, sent }) {
    if (method === 'POST') {
      const id = `u${this.uploads.size + 1}`;
      this.uploads.set(id, { size: Number(headers['Upload-Length']), bytes: Buffer.alloc(0), metadata: headers['Upload-Metadata'] });
      return this.answer(201, { location: `/api/v1/uploads/${id}` });
    }
    const id = path.split('/').at(-1);
    const upload = this.uploads.get(id);
    if (!upload) return this.answer(404, {}, { code: 'not_found' });
    if (upload.gone) return this.answer(410, {}, { code: 'gone' });
    if (method === 'DELETE') { this.uploads.delete(id); return this.answer(204); }
    if (method === 'PATCH') {
      if (Number(headers['Upload-Offset']) !== upload.bytes.length) return this.answer(409, {}, { code: 'conflict' });
      const sum = headers['Upload-Checksum'];
      if (sum && sum !== `sha256 ${createHash('sha256').update(body).digest('base64')}`) return this.answer(460, {}, { code: 'checksum_mismatch' });
      sent?.(body.length);
      upload.bytes = Buffer.concat([upload.bytes, body]);
    }
    return this.answer(method === 'HEAD' ? 200 : 204, { 'upload-offset': String(upload.bytes.length) });
  }

  async look(path) {
    const id = path.split('/').at(-1);
    const upload = this.uploads.get(id);
    const isComplete = upload.bytes.length === upload.size;
    return { isComplete, file: isComplete ? { id, name: 'x', size: upload.size, hasThumbnail: true } : null, messageId: isComplete ? `m-${id}` : null };
  }

  hash(id = [...this.uploads.keys()].at(-1)) { return hash(this.uploads.get(id).bytes); }
}

export function database(rows = new Map(), bytes = new Map()) {
  return {
    rows, kept: bytes,
    all: async () => [...rows.values()].map(one => ({ ...one })),
    get: async id => (rows.has(id) ? { ...rows.get(id) } : null),
    put: async record => { rows.set(record.id, structuredClone(record)); },
    putBytes: async (id, file) => { bytes.set(id, file); },
    bytes: async id => bytes.get(id) ?? null,
    remove: async id => { rows.delete(id); bytes.delete(id); },
  };
}

/** Locks as a browser's: one holder per name, the others wait. */
export function lockTable() {
  const turns = new Map();
  return (id, run) => {
    const turn = (turns.get(id) ?? Promise.resolve()).then(run);
    turns.set(id, turn.catch(() => null));
    return turn;
  };
}

export function tab(server, { db = database(), lock = lockTable(), me = 'ann', rests = [], rest = async ms => { rests.push(ms); }, finish, sum } = {}) {
  const tus = new Tus({ send: what => server.send(what), renew: run => run(), look: path => server.look(path) });
  const seen = [];
  const uploads = new Uploads({ db, tus, me: () => me, lock, ...(finish ? { finish } : {}), changed: list => { seen.push(list); }, later: run => setImmediate(run), upload: { rest, random: () => 0.5, ...(sum ? { sum } : {}) } });
  uploads.serve('plain', async (record, file) => sourceOf(file, record.name));
  return { uploads, db, lock, seen, rests, state: id => uploads.list().find(one => one.id === id)?.state, cause: id => uploads.list().find(one => one.id === id)?.cause };
}

export const fileOf = (bytes, name = 'a.bin', lastModified = 7) => Object.assign(new Blob([bytes]), { name, lastModified });
export const sourceOf = (file, name = file.name) => ({ name, type: file.type, size: file.size, slice: async (offset, length) => file.slice(offset, offset + length) });
export const add = (one, file, more = {}) => one.uploads.add({ source: sourceOf(file), file, ...more });
