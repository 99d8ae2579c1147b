import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restOf } from '../../src/Host/wwwroot/core/drafts.js';
import { beginningOf, plain } from '../../src/Host/wwwroot/core/plain.js';
import { commands, emoji, people, rooms, tokenAt } from '../../src/Host/wwwroot/messaging/complete.js';
import { format, pastedLink } from '../../src/Host/wwwroot/messaging/format.js';
import { cut, isOnlyEmoji, mentionsMe, taskOf } from '../../src/Host/wwwroot/messaging/mentions.js';

test('a room is completed after #, a command only at the start of the text', () => {
  assert.deepEqual(tokenAt('see #gen', 8), { kind: '#', query: 'gen', start: 4 });
  assert.deepEqual(tokenAt('/to', 3), { kind: '/', query: 'to', start: 0 });
  assert.equal(tokenAt('either/or', 9), null);
  assert.equal(tokenAt('see /to', 7), null);
  assert.deepEqual(tokenAt('/invite @an', 11), { kind: '@', query: 'an', start: 8 });
});

const users = [{ id: '1', username: 'zoe', displayName: 'Ann Zoe' }, { id: '2', username: 'ann', displayName: 'Winter' }, { id: '3', username: 'bob', displayName: 'Bob Annis' }];

test('all are offered last, and only where they may be called', () => {
  assert.deepEqual(people({ query: 'a' }, users, { all: 'calls all' }).map(one => one.insert), ['@ann', '@zoe', '@bob', '@all']);
  assert.deepEqual(people({ query: 'al' }, users, { all: 'calls all' }).map(one => one.insert), ['@all']);
  assert.deepEqual(people({ query: 'al' }, users).map(one => one.insert), []);
});

test('a room of one word is written as it is, any other as a link that says where it ends', () => {
  const list = [{ id: 'r1', name: 'general', type: 'public' }, { id: 'r2', name: 'Release 0.1', type: 'private' }, { id: 'r3', name: 'Twin', type: 'public' }, { id: 'r4', name: 'twin', type: 'public' }];
  const insert = query => rooms({ query }, list, 'https://chat.example').map(one => one.insert);
  assert.deepEqual(insert('gen'), ['#general']);
  assert.deepEqual(insert('rel'), ['[#Release 0.1](https://chat.example/rooms/r2)']);
  assert.ok(insert('twin').every(one => one.startsWith('[#')));
});

test('emoji and commands are completed', () => {
  assert.equal(emoji({ query: 'roc' }, () => [{ emoji: '🚀', name: 'rocket' }])[0].insert, '🚀');
  assert.deepEqual(commands({ query: 'm' }, [{ name: 'mute', hint: '', about: '' }, { name: 'topic', hint: 'words', about: '' }]).map(one => one.label), ['/mute']);
});

const on = (kind, text) => {
  const start = text.indexOf('[');
  const end = text.indexOf(']') - 1;
  const next = format(kind, text.replace(/[[\]]/g, ''), start, end);
  return `${next.text.slice(0, next.start)}[${next.text.slice(next.start, next.end)}]${next.text.slice(next.end)}`;
};

test('formatting is its own undoing', () => {
  for (const kind of ['bold', 'italic', 'strike', 'code', 'quote', 'list']) {
    const text = 'one [two] three';
    const once = on(kind, kind === 'quote' || kind === 'list' ? '[one two]' : text);
    assert.equal(on(kind, once), kind === 'quote' || kind === 'list' ? '[one two]' : text, `${kind}: ${once}`);
  }
});

test('marks stand close to the words, bold and italic do not take each other for themselves', () => {
  assert.equal(on('bold', 'a[ b ]c'), 'a **[b]** c');
  assert.equal(on('italic', '**[b]**'), '***[b]***');
  assert.equal(on('bold', '***[b]***'), '*[b]*');
});

test('whole lines are quoted and listed, several lines become a block of code', () => {
  assert.equal(on('quote', 'a\nb[c\nd]e'), 'a\n[> bc\n> de]');
  assert.equal(on('code', 'x\n[a\nb]\ny'), 'x\n```\n[a\nb]\n```\ny');
  assert.equal(on('block', 'x [a]'), 'x \n```\n[a]\n```');
});

test('an address pasted over words makes a link of them, over an address it takes its place', () => {
  assert.equal(pastedLink('https://example.org/a(b)', 'here'), '[here](https://example.org/a%28b%29)');
  for (const [pasted, chosen] of [['https://example.org', ''], ['words', 'here'], ['https://example.org', 'https://old.example'], ['javascript:alert(1)', 'here']]) assert.equal(pastedLink(pasted, chosen), null);
});

test('names stand out where they are meant, and end where only they end', () => {
  const known = { people: new Map([['ann', 'u1'], ['bob.k', 'u2']]), all: true, rooms: new Map([['general', 'r1'], ['twin', '']]) };
  const shown = text => cut(text, known).map(part => (typeof part === 'string' ? part : `<${part.kind} ${part.text}>`)).join('');
  assert.equal(shown('Hi @Ann. and (@bob.k): @all, see #General-'), 'Hi <person @Ann>. and (<person @bob.k>): <all @all>, see <room #General>-');
  assert.equal(shown('ann@ann.example, x#general, #twin, @anna'), 'ann@ann.example, x#general, #twin, @anna');
  assert.deepEqual(cut('@all', { ...known, all: false }), ['@all']);
  assert.equal(mentionsMe({ mentions: [], mentionsAll: true, senderId: 'me' }, 'me'), false);
});

test('one to three emoji alone are shown large', () => {
  for (const yes of ['🎉', '🎉 🚀', '👩‍👩‍👧', '🇩🇪', '👍🏽👍🏽👍🏽', '❤️']) assert.equal(isOnlyEmoji(yes), true, yes);
  for (const no of ['', '12', '🎉🎉🎉🎉', 'ok 🎉', '#', '3 🎉']) assert.equal(isOnlyEmoji(no), false, no);
});

test('tasks are known by their box', () => {
  assert.deepEqual(taskOf('[x] done'), { done: true, length: 4 });
  assert.deepEqual(taskOf('[ ] open'), { done: false, length: 4 });
  assert.equal(taskOf('[y] neither'), null);
});

test('a preview shows no signs of Markdown, and leaves what only looks like them', () => {
  assert.equal(plain('**Yes**, _really_: `x` and ~~no~~ [a link](https://example.org)\n> quoted\n- [x] task'), 'Yes, really: x and no a link quoted task');
  assert.equal(plain('2 * 3 * 4, snake_case_name, a ** b'), '2 * 3 * 4, snake_case_name, a ** b');
  assert.equal(plain('```js\nrun()\n```'), 'run()');
});

test('a message that is only a file is told by its name', () => {
  assert.equal(beginningOf({ text: 'see this', attachments: [{ name: 'hill.png' }] }), 'see this');
  assert.equal(beginningOf({ text: ' ', attachments: [{ name: 'hill.png' }, { name: 'b' }] }), 'hill.png');
  assert.equal(beginningOf({ text: '', attachments: [] }), '');
});

test('what was typed while a command ran is left', () => {
  assert.equal(restOf('/topic tea', '/topic tea'), '');
  assert.equal(restOf(' /topic tea and then this', '/topic tea'), 'and then this');
  assert.equal(restOf('something else', '/topic tea'), 'something else');
});
