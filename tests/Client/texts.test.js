import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { errorText } from '../../src/Host/wwwroot/core/ui.js';

const root = fileURLToPath(new URL('../../src/Host/wwwroot', import.meta.url));
/** The table of the start, and those that come with single pages. @param {string} language */
const tableOf = async language => Object.assign({}, ...await Promise.all(readdirSync(`${root}/core/texts`).filter(one => one.startsWith(language)).map(async one => (await import(`${root}/core/texts/${one}`)).default)));
const [en, de] = [await tableOf('en'), await tableOf('de')];
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(one => one.endsWith('.js') && !one.includes('texts')).map(one => readFileSync(`${root}/${one}`, 'utf8'));
const names = entry => [...JSON.stringify(entry).matchAll(/\{(\w+)\}/g)].map(one => one[1]);

test('both languages have the same keys', () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
});

test('plural entries agree and have the categories that their language needs', () => {
  for (const key of Object.keys(en)) {
    assert.equal(typeof de[key], typeof en[key], key);
    for (const [language, table] of [['en', en], ['de', de]]) {
      if (typeof table[key] === 'string') continue;
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      assert.deepEqual(Object.keys(table[key]).sort(), [...needed].sort(), `${language} ${key}`);
    }
  }
});

test('a translation fills in what the original fills in', () => {
  for (const key of Object.keys(en)) assert.deepEqual(new Set(names(de[key]).filter(one => one !== 'n')), new Set(names(en[key]).filter(one => one !== 'n')), key);
});

test('every text that the code asks for exists', () => {
  const asked = sources.flatMap(text => [...text.matchAll(/\bt\('([\w.]+)'/g)].map(one => one[1]));
  assert.ok(asked.length > 150);
  assert.deepEqual([...new Set(asked)].filter(key => !(key in en)), []);
});

/** The server's own words stand in for a text that is missing: English, whatever language somebody reads. */
test('every code and every reason of the server has its text', () => {
  const named = name => [...readFileSync(fileURLToPath(new URL(`../../src/BuildingBlocks/Errors/${name}.cs`, import.meta.url)), 'utf8').matchAll(/const string \w+ = "(\w+)"/g)].map(one => one[1]);
  const wanted = [...named('ErrorCodes').map(one => `error.${one}`), ...named('ConflictReasons').map(one => `reason.${one}`)];
  assert.ok(wanted.length > 50);
  assert.deepEqual(wanted.filter(one => !(one in en && one in de)), []);
});

test('a conflict is told by its reason, and in the words of the server where that is new', () => {
  assert.equal(errorText({ code: 'conflict', reason: 'message_deleted', message: 'x' }), en['reason.message_deleted']);
  assert.equal(errorText({ code: 'conflict', reason: 'of_tomorrow', message: 'The server knows.' }), 'The server knows.');
  assert.equal(errorText({ code: 'conflict', message: 'x' }), en['error.conflict']);
});

test('every text is used', () => {
  const all = sources.join('\n');
  const made = [...all.matchAll(/t\(`([\w.]+)\$\{/g)].map(one => one[1]);
  assert.deepEqual(Object.keys(en).filter(key => !all.includes(`'${key}'`) && !made.some(prefix => key.startsWith(prefix))), []);
});
