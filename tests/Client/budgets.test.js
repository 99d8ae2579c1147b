import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';

const root = fileURLToPath(new URL('../../src/Host/wwwroot', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map(one => one.replaceAll('\\', '/'));
const read = file => readFileSync(join(root, file), 'utf8');
const shell = read('index.html');

/** Every module that `start` leads to by static imports. */
function reachable(start, found = new Set()) {
  if (found.has(start)) return found;
  found.add(start);
  for (const [, path] of read(start).matchAll(/from '(\.[^']+)'/g)) reachable(normalize(join(dirname(start), path)).replaceAll('\\', '/'), found);
  return found;
}

/** As the server sends it to a browser of today. What a build has compressed beforehand is smaller still. */
function sent(file) {
  const server = readFileSync(new URL('../../src/Host/ClientAssets.cs', import.meta.url), 'utf8');
  const [quality, window] = ['BrotliQuality', 'BrotliWindow'].map(name => Number(new RegExp(`const int ${name} = (\\d+);`).exec(server)?.[1]));
  return brotliCompressSync(read(file), { params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: window } }).length;
}

test('the first load is at most 120 KB compressed', () => {
  const styles = [...shell.matchAll(/rel="stylesheet" href="\/([^"]+)"/g)].map(one => one[1]);
  const size = ['index.html', ...styles, ...reachable('app.js')].reduce((sum, file) => sum + sent(file), 0);
  assert.ok(size <= 120 * 1024, `${Math.round(size / 1024)} KB`);
});

test('the shell preloads exactly the modules that the start imports', () => {
  const listed = [...shell.matchAll(/rel="modulepreload" href="\/([^"]+)"/g)].map(one => one[1]);
  assert.deepEqual(listed, [...reachable('app.js')].filter(one => one !== 'app.js').sort());
});

test('the shell has nothing inline and nothing foreign', () => {
  assert.equal(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i.test(shell), false);
  assert.equal(/(src|href)="(?!\/|#)/.test(shell), false);
});

test('markup is parsed in one place only', () => {
  const doors = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\(|new Function|setHTML|srcdoc/;
  assert.deepEqual(files.filter(one => one.endsWith('.js') && doors.test(read(one))), ['core/server-html.js']);
});

test('no file but the tables of texts is longer than 300 lines', () => {
  assert.deepEqual(files.filter(one => /\.(js|css)$/.test(one) && !one.startsWith('core/texts/') && read(one).split('\n').length > 301), []);
});

test('no token is ever put where scripts can read it', () => {
  assert.deepEqual(files.filter(one => one.endsWith('.js') && /accessToken|refreshToken/.test(read(one))), []);
});
