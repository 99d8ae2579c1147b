// The browser's code for encrypted files, by Node's WebCrypto: golden files, the negative corpus, vectors, ways through it.

import assert from 'node:assert/strict';
import { createECDH, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { only, open, openBytes, openRanges, piecesOf, seal, sealBytes, whole } from '../../src/Host/wwwroot/crypto/format.js';
import { addRecipients, describe, parseHeader } from '../../src/Host/wwwroot/crypto/header.js';
import { aesKey, hkdf, pbkdf2 } from '../../src/Host/wwwroot/crypto/kdf.js';
import { agree, createPair, createRecoveryCode, fingerprint, importPkcs8, importPoint, parsePublicKey, printRecoveryCode, readRecoveryCode, toPem, toSpki } from '../../src/Host/wwwroot/crypto/keys.js';
import { fromBase64Url, hex, join, sealedLength, toBase64Url, utf8 } from '../../src/Host/wwwroot/crypto/layout.js';
import { authHash, createLink, linkOf } from '../../src/Host/wwwroot/crypto/link.js';
import { readMetadata, writeMetadata } from '../../src/Host/wwwroot/crypto/metadata.js';

const folder = fileURLToPath(new URL('../encryption', import.meta.url));
const bytes = path => new Uint8Array(readFileSync(`${folder}/${path}`));
const json = path => JSON.parse(readFileSync(`${folder}/${path}`, 'utf8'));
const golden = json('golden/golden.json');
const unhex = text => new Uint8Array(Buffer.from(text.length % 2 ? `0${text}` : text, 'hex'));
const files = new Map();
const file = name => { if (!files.has(name)) files.set(name, bytes(`golden/${name}`)); return files.get(name); };
const openers = new Map();

async function openerOf(how) {
  const name = JSON.stringify(how);
  if (!openers.has(name)) openers.set(name, how.key ? { pair: await importPkcs8(unhex(golden.keys[how.key].pkcs8)) } : how.pass ? { passphrase: how.pass } : { secret: unhex(how.link), password: how.password ?? null });
  return openers.get(name);
}

function content(size) {
  const parts = [];
  for (let i = 0; i * 32 < size; i++) parts.push(createHash('sha256').update('golden').update(Buffer.from([i >> 24, i >> 16, i >> 8, i])).digest());
  return new Uint8Array(Buffer.concat(parts)).slice(0, size);
}

const reader = data => async (offset, length) => data.slice(offset, offset + length);
const equal = (a, b) => assert.ok(Buffer.compare(a, b) === 0);
const outcome = async run => {
  try {
    await run();
    return 'opened';
  } catch (error) {
    return { damaged_file: 'damaged', newer_version: 'newer' }[error.code] ?? String(error);
  }
};

test('every golden file opens as a stream and by ranges', async () => {
  for (const one of golden.files) {
    for (const how of one.openers) {
      const opener = await openerOf(how);
      equal(await openBytes(file(one.file), opener), content(one.size));
      const ranges = await openRanges(reader(file(one.file)), file(one.file).length, opener);
      assert.equal(ranges.size, one.size);
      equal(await ranges.read(0, one.size), content(one.size));
      equal(await ranges.read(Math.min(one.size, 65_500), Math.min(one.size, 65_600)), content(one.size).slice(65_500, 65_600));
    }
  }
});

test('A98 every case of the negative corpus fails with its one error', async () => {
  const failures = [];
  const corpus = json('golden/corpus.json');
  assert.ok(corpus.length > 1400);
  for (const one of corpus) {
    const data = join(...one.pieces.map(piece => (piece.hex !== undefined ? unhex(piece.hex) : file(piece.of).slice(piece.from, piece.to))));
    const opener = await openerOf(one.opener);
    const streamed = await outcome(() => openBytes(data, opener));
    const ranged = await outcome(async () => { const ranges = await openRanges(reader(data), data.length, opener); await ranges.read(0, ranges.size); });
    if (streamed !== one.error || ranged !== one.error) failures.push(`${one.name}: ${streamed} and ${ranged}`);
  }
  assert.deepEqual(failures, []);
});

test('what was sealed opens, whatever the sizes and the pieces', async () => {
  const { pair } = await createPair();
  for (const size of [0, 1, 65_535, 65_536, 65_537, 131_072, 1_048_576, 1_048_577, 10 << 20]) {
    const plain = content(size);
    for (const piece of [10_007, 65_536, 3_000_001]) {
      const { header, bytes: out } = await seal(piecesOf(new Blob([plain]), piece), [{ point: pair.point }]);
      const sealed = await whole(out);
      assert.equal(sealed.length, header.bytes.length + sealedLength(size));
      const { bytes: back } = await open(piecesOf(new Blob([sealed]), piece), { pair });
      equal(await whole(back), plain);
    }
  }
});

test('each kind of recipient opens, alone and beside others', async () => {
  const { pair } = await createPair();
  const link = await createLink('pässword');
  const sealed = await sealBytes(utf8('hello'), [{ point: pair.point }, { passphrase: 'Ångström' }, { link }]);
  for (const opener of [{ pair }, { passphrase: 'A\u030angstro\u0308m' }, { secret: link.secret, password: 'pässword' }]) assert.equal(new TextDecoder().decode(await openBytes(sealed, opener)), 'hello');
  const { header } = await open(only(sealed), { pair });
  assert.deepEqual({ ...describe(header), keyIds: 1 }, { keyIds: 1, hasPassphrase: true, hasLink: true, linkHasPassword: true });
  for (const opener of [{ pair: (await createPair()).pair }, { passphrase: 'x' }, { secret: link.secret, password: null }, { secret: link.secret, password: 'x' }, { secret: new Uint8Array(32), password: 'pässword' }]) {
    assert.equal(await outcome(() => openBytes(sealed, opener)), 'damaged');
  }
  const bare = await createLink(null);
  assert.equal(bare.iterations, 0);
  equal(await openBytes(await sealBytes(utf8('x'), [{ link: bare }]), { secret: bare.secret, password: null }), utf8('x'));
});

test('a recipient is added by the header alone', async () => {
  const [ann, bob] = [(await createPair()).pair, (await createPair()).pair];
  const sealed = await sealBytes(content(70_000), [{ point: ann.point }]);
  const { header } = await open(only(sealed), { pair: ann });
  const wider = await addRecipients(parseHeader(header.bytes), { pair: ann }, [{ point: bob.point }]);
  const rewritten = join(wider.bytes, sealed.slice(header.bytes.length));
  for (const pair of [ann, bob]) equal(await openBytes(rewritten, { pair }), content(70_000));
  await assert.rejects(addRecipients(header, { pair: bob }, [{ point: bob.point }]));
  await assert.rejects(addRecipients(header, { pair: ann }, Array(200).fill({ point: bob.point })), RangeError);
});

test('A99 the same file sealed twice has nothing in common', async () => {
  const { pair } = await createPair();
  const seen = new Set();
  for (let i = 0; i < 1000; i++) {
    const sealed = await sealBytes(new Uint8Array(100), [{ point: pair.point }]);
    for (const part of [sealed.slice(16, 48), sealed.slice(69, 166), sealed.slice(-116)]) {
      assert.equal(seen.has(hex(part)), false);
      seen.add(hex(part));
    }
  }
});

test('nothing is written of a source that fails before its end', async () => {
  const { pair } = await createPair();
  async function* broken() { yield content(2_000_000); throw new Error('the disk is gone'); }
  const parts = [];
  const { bytes: out } = await seal(broken(), [{ point: pair.point }]);
  await assert.rejects((async () => { for await (const part of out) parts.push(part); })(), /disk/);
  assert.equal(await outcome(() => openBytes(join(...parts), { pair })), 'damaged');
});

test('a large file goes through in a few megabytes', async () => {
  const { pair } = await createPair();
  const piece = new Uint8Array(1 << 20);
  async function* large() { for (let i = 0; i < 384; i++) yield piece; }
  const { bytes: sealed } = await seal(large(), [{ point: pair.point }]);
  const { bytes: out } = await open(sealed, { pair });
  let total = 0;
  let most = 0;
  for await (const part of out) {
    total += part.length;
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    most = Math.max(most, heapUsed + arrayBuffers);
  }
  assert.equal(total, 384 << 20);
  assert.ok(most < 200 << 20, `${most >> 20} MB`);
});

test('a link proves itself to the server without telling what opens', async () => {
  const link = await createLink('secret word');
  const again = await linkOf(fromBase64Url(toBase64Url(link.secret)), link.salt, link.iterations, 'secret word');
  equal(await authHash(link), await authHash(again));
  assert.notEqual(hex(await authHash(link)), hex(await authHash(await linkOf(link.secret, link.salt, link.iterations, 'another'))));
  for (const wrong of [[link.secret, link.salt, 99_999, 'x'], [link.secret, link.salt, 2_000_001, 'x'], [link.secret, link.salt, 0, 'x'], [link.secret, link.salt, 600_000, null], [new Uint8Array(31), link.salt, 0, null]]) {
    assert.equal(await outcome(() => linkOf(.../** @type {any} */ (wrong))), 'damaged');
  }
});

test('metadata belongs to one payload', () => {
  const salt = new Uint8Array(32).fill(7);
  const one = { name: 'Übersicht "1".pdf', type: 'application/pdf', size: 3, salt: hex(salt), index: 0, count: 1 };
  assert.equal(writeMetadata(one).length, writeMetadata({ ...one, name: 'a' }).length);
  assert.deepEqual(readMetadata(writeMetadata(one), salt), one);
  for (const wrong of [new Uint8Array(0), new Uint8Array(256), writeMetadata(one).slice(1), new Uint8Array(8192).fill(32)]) assert.throws(() => readMetadata(wrong, salt));
  assert.throws(() => readMetadata(writeMetadata(one), new Uint8Array(32)));
});

test('keys are written and read in the usual ways, and a private key is not handed out', async () => {
  const { pair, pkcs8 } = await createPair();
  equal(await parsePublicKey(toPem(pair.point)), pair.point);
  equal(await parsePublicKey(Buffer.from(toSpki(pair.point)).toString('base64')), pair.point);
  assert.equal(await fingerprint(pair.point), createHash('sha256').update(pair.point).digest('hex'));
  assert.equal(pair.privateKey.extractable, false);
  await assert.rejects(crypto.subtle.exportKey('pkcs8', pair.privateKey));
  equal((await importPkcs8(pkcs8)).point, pair.point);
  for (const wrong of ['', 'nothing', toPem(pair.point).replace('PUBLIC', 'PRIVATE'), Buffer.from(toSpki(pair.point).slice(0, -1)).toString('base64')]) assert.equal(await outcome(() => parsePublicKey(wrong)), 'damaged');
  const ann = await importPkcs8(unhex(golden.keys.ann.pkcs8));
  assert.equal(hex(ann.point), golden.keys.ann.point);
});

test('a recovery code is read as people type it', () => {
  const code = createRecoveryCode();
  assert.equal(readRecoveryCode(printRecoveryCode(code).toLowerCase()), code);
  assert.equal(readRecoveryCode(` ${printRecoveryCode(code).replaceAll('0', 'o').replaceAll('1', 'i')}`), code);
  for (const wrong of ['', code.slice(1), `${code}0`, `${code.slice(1)}U`]) assert.equal(readRecoveryCode(wrong), null);
});

test('hkdf answers the vectors of RFC 5869, and pbkdf2 those of RFC 7914', async () => {
  const range = (from, count) => Uint8Array.from({ length: count }, (_, i) => from + i);
  const vectors = [
    [new Uint8Array(22).fill(0x0b), range(0, 13), range(0xf0, 10), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf'],
    [range(0, 80), range(0x60, 80), range(0xb0, 80), 'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c'],
    [new Uint8Array(22).fill(0x0b), new Uint8Array(0), new Uint8Array(0), '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d'],
  ];
  for (const [ikm, salt, info, okm] of /** @type {any[]} */ (vectors)) assert.equal(hex(await hkdf(ikm, salt, info)), okm);
  assert.equal(hex(await pbkdf2('passwd', utf8('salt'), 1)), '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc');
  assert.equal(hex(await pbkdf2('Password', utf8('NaCl'), 80_000)), '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56');
});

const wycheproof = name => json(`vectors/wycheproof/${name}`).testGroups.flatMap(group => group.tests.map(one => ({ group, ...one })));

test('A102 hkdf and aes-gcm answer the sets of Wycheproof', async () => {
  let count = 0;
  for (const one of wycheproof('hkdf_sha256_test.json').filter(({ size, okm }) => size >= 32 && okm.length >= 64)) {
    assert.equal(hex(await hkdf(unhex(one.ikm), unhex(one.salt), unhex(one.info))), one.okm.slice(0, 64), `${one.tcId}`);
    count += 1;
  }
  assert.ok(count > 50);
  for (const one of wycheproof('aes_gcm_test.json').filter(({ group }) => group.keySize === 256 && group.ivSize === 96 && group.tagSize === 128)) {
    const key = await aesKey(unhex(one.key), 'decrypt');
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: unhex(one.iv), additionalData: unhex(one.aad), tagLength: 128 }, key, join(unhex(one.ct), unhex(one.tag))).then(plain => hex(new Uint8Array(plain)), () => null);
    assert.equal(opened, one.result === 'valid' ? one.msg : null, `${one.tcId}`);
  }
});

test('A102 ecdh on P-384 answers the sets of Wycheproof', async () => {
  for (const [name, most] of [['ecdh_secp384r1_ecpoint_test.json', 180], ['ecdh_secp384r1_test.json', 300]]) {
    let taken = 0;
    for (const one of wycheproof(name)) {
      const label = `${name} ${one.tcId} ${one.comment}`;
      let key;
      try {
        key = await importPoint(String(name).includes('ecpoint') ? unhex(one.public) : await parsePublicKey(Buffer.from(one.public, 'hex').toString('base64')));
      } catch (error) {
        assert.equal(error.code, 'damaged_file', label);
        assert.notEqual(one.result, 'valid', label);
        continue;
      }
      assert.notEqual(one.result, 'invalid', label);
      const d = Buffer.from(one.private, 'hex');
      const scalar = Buffer.concat([Buffer.alloc(48), d]).subarray(-48);
      const ecdh = createECDH('secp384r1');
      ecdh.setPrivateKey(scalar);
      const point = ecdh.getPublicKey();
      const jwk = { kty: 'EC', crv: 'P-384', d: scalar.toString('base64url'), x: point.subarray(1, 49).toString('base64url'), y: point.subarray(49).toString('base64url') };
      const mine = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDH', namedCurve: 'P-384' }, false, ['deriveBits']);
      assert.equal(hex(await agree(mine, key)), one.shared, label);
      taken += 1;
    }
    assert.ok(taken > Number(most) / 2, `${name}: ${taken}`);
  }
});
