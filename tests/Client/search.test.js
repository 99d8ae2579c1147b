import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, asRead, excerpt, isEnough, readQuery, requestOf } from '../../src/Host/wwwroot/search/query.js';
import { match } from '../../src/Host/wwwroot/core/router.js';

const query = more => ({ q: 'tea', room: '', from: '', after: '', before: '', has: '', ...more });

test('a search is its address, and reads back from it', () => {
  const all = query({ q: 'green tea & milk', room: 'r1', from: 'u1', after: '2026-03-01', before: '2026-03-31', has: 'file' });
  assert.deepEqual(readQuery(new URL(addressOf(all), 'https://chat.example').searchParams), all);
  assert.equal(addressOf(query({ q: '' })), '/search');
  assert.deepEqual(readQuery(new URLSearchParams('q=x&after=yesterday&has=everything')), query({ q: 'x' }));
});

test('days are whole and local: from the first midnight to the one after the last', () => {
  const params = new URL(requestOf(query({ after: '2026-03-01', before: '2026-03-31' }), 'c1', 30), 'https://chat.example').searchParams;
  assert.equal(params.get('after'), new Date(2026, 2, 1).toISOString());
  assert.equal(params.get('before'), new Date(2026, 3, 1).toISOString());
  assert.deepEqual([params.get('cursor'), params.get('limit'), params.has('roomId')], ['c1', '30', false]);
});

test('two characters are enough, and one of a script without spaces', () => {
  assert.deepEqual(['a', ' a ', 'ab', '茶', 'é', '🎉'].map(isEnough), [false, false, true, true, false, true]);
});

const text = parts => parts.map(part => (part.mark ? `[${part.text}]` : part.text)).join('');

test('an excerpt is cut at words around the first hit, with every hit in it marked', () => {
  const long = `${'before '.repeat(20)}green tea and ${'after '.repeat(80)}tea`;
  const first = long.indexOf('tea');
  const shown = text(excerpt(long, [{ start: first, length: 3 }, { start: long.lastIndexOf('tea'), length: 3 }]));
  assert.match(shown, /^… before .*green \[tea\] and after .*after …$/);
  assert.ok(shown.length < 320);
  assert.equal(text(excerpt('tea for two, tea', [{ start: 0, length: 3 }, { start: 13, length: 3 }])), '[tea] for two, [tea]');
  assert.equal(text(excerpt('no marks', [])), 'no marks');
});

test('an excerpt of text without spaces breaks no character apart', () => {
  const long = '🎉'.repeat(400);
  for (const part of excerpt(long, [{ start: 200, length: 2 }])) assert.equal(part.text.isWellFormed?.() ?? true, true);
});

test('threads and searches have addresses of their own', () => {
  assert.deepEqual(match('/rooms/r1/thread/m1/12').params, { id: 'r1', root: 'm1', seq: '12' });
  assert.equal(match('/rooms/r1/thread/m1/x').name, 'unknown');
  assert.equal(match('/search', '', '?q=tea').query.get('q'), 'tea');
  assert.equal(match('/rooms/r1/settings').name, 'panel');
});

test('a hit is shown as it is read: without Markdown signs, and still marked', () => {
  const text = 'Then **yes**, see `kettle` and\n\n- [ ] one *more* kettle';
  const at = [text.indexOf('kettle'), text.lastIndexOf('kettle')].map(start => ({ start, length: 6 }));
  const read = asRead(text, at);
  assert.equal(read.text, 'Then yes, see kettle and one more kettle');
  assert.deepEqual(read.highlights.map(one => read.text.slice(one.start, one.start + one.length)), ['kettle', 'kettle']);
});

test('what was found only in the address of a link is shown as it was written', () => {
  const text = '[the plan](https://example.org/kettle)';
  const highlights = [{ start: text.indexOf('kettle'), length: 6 }];
  assert.deepEqual(asRead(text, highlights), { text, highlights });
  assert.deepEqual(asRead(text, []), { text: 'the plan', highlights: [] });
});

test('characters that stand for a mark in between do not become one', () => {
  assert.deepEqual(asRead('a\uE0F0b\uE0F1 tea', [{ start: 5, length: 3 }]), { text: 'a b tea', highlights: [{ start: 4, length: 3 }] });
});
