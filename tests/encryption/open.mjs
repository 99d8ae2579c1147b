// The browser's code at the command line, for the tests that hand files from one program to another.
//   node open.mjs open (--key PKCS8.der | --pass TEXT | --link HEX [--password TEXT]) FILE     plaintext to standard output
//   node open.mjs seal [--to SPKI.der] [--pass TEXT] [--link HEX [--password TEXT]] FILE       encrypted file to standard output
// Exit code 1: damaged or not for this key. 3: made by a newer version.

import { createReadStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { open, seal } from '../../src/Host/wwwroot/crypto/format.js';
import { importPkcs8, parsePublicKey } from '../../src/Host/wwwroot/crypto/keys.js';
import { linkOf } from '../../src/Host/wwwroot/crypto/link.js';

const text = { type: /** @type {const} */ ('string') };
const { values, positionals: [act, path] } = parseArgs({ allowPositionals: true, options: { key: text, pass: text, link: text, password: text, to: { ...text, multiple: true } } });
const hex = value => new Uint8Array(Buffer.from(value, 'hex'));
const source = createReadStream(path, { highWaterMark: 1 << 20 });

async function recipients() {
  const all = [];
  for (const one of values.to ?? []) all.push({ point: await parsePublicKey(readFileSync(one).toString('base64')) });
  if (values.pass !== undefined) all.push({ passphrase: values.pass });
  if (values.link) all.push({ link: await linkOf(hex(values.link), crypto.getRandomValues(new Uint8Array(32)), values.password === undefined ? 0 : 600_000, values.password ?? null) });
  return all;
}

async function opener() {
  if (values.key) return { pair: await importPkcs8(new Uint8Array(readFileSync(values.key))) };
  return values.pass !== undefined ? { passphrase: values.pass } : { secret: hex(values.link), password: values.password ?? null };
}

try {
  const { bytes } = act === 'seal' ? await seal(source, /** @type {any} */ (await recipients())) : await open(source, /** @type {any} */ (await opener()));
  for await (const part of bytes) if (!process.stdout.write(part)) await new Promise(resolve => process.stdout.once('drain', resolve));
} catch (error) {
  process.exitCode = { damaged_file: 1, newer_version: 3 }[error.code] ?? 2;
  if (process.exitCode === 2) console.error(error);
}
