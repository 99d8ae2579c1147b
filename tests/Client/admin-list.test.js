import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, allOrNone, allSorts, csvOf, isNarrowed, joined, kept, MOST_SELECTED, nextSort, reached, readQuery, requestOf, toggled } from '../../src/Host/wwwroot/admin/list-state.js';
import { GROUPS, isPage, jobAddress, jobOf, PAGES } from '../../src/Host/wwwroot/admin/pages.js';
import { match } from '../../src/Host/wwwroot/core/router.js';

const users = { path: '/admin/users', address: '/admin/users', searches: true, sorts: ['-createdAt', 'username'], filters: [{ name: 'role', options: ['admin', 'member'] }, { name: 'userId', kind: /** @type {const} */ ('person') }, { name: 'after', kind: /** @type {const} */ ('date') }, { name: 'before', kind: /** @type {const} */ ('date') }] };
const ID = '01900000-0000-7000-8000-000000000001';
const read = text => readQuery(users, new URLSearchParams(text));

test('an address says what a list is narrowed and sorted by, and nothing that is usual', () => {
  for (const text of ['', '?query=ann+b&sort=username', '?sort=-username&role=admin', `?userId=${ID}&after=2026-03-01`]) assert.equal(addressOf(users, read(text)), `/admin/users${text}`);
  assert.equal(addressOf(users, read('?sort=-createdAt&query=')), '/admin/users');
});

test('what a list does not know is left out of its request', () => {
  const query = read(`?role=owner&sort=password&userId=../rooms&after=yesterday&color=red&query=${'x'.repeat(300)}`);
  assert.deepEqual(query, { query: 'x'.repeat(200), sort: '', role: '', userId: '', after: '', before: '' });
  assert.equal(readQuery({ ...users, searches: false }, new URLSearchParams('query=ann')).query, '');
});

test('a request carries the filters, a page its cursor, and a file neither page nor limit', () => {
  const query = read('?query=%26x&role=admin&sort=username');
  assert.equal(requestOf(users, query), '/admin/users?query=%26x&sort=username&role=admin&limit=50');
  assert.equal(requestOf(users, query, 'a+b/', 200), '/admin/users?query=%26x&sort=username&role=admin&limit=200&cursor=a%2Bb%2F');
  assert.equal(csvOf(users, query), '/admin/users?query=%26x&sort=username&role=admin&format=csv');
});

test('a day lasts from its beginning to the beginning of the next, on the local clock', () => {
  const asked = new URLSearchParams(requestOf(users, read('?after=2026-03-01&before=2026-03-01')).split('?')[1]);
  assert.equal(asked.get('after'), new Date(2026, 2, 1).toISOString());
  assert.equal(asked.get('before'), new Date(2026, 2, 2).toISOString());
});

test('a column is sorted its own way first, then turned round; the usual order is left out', () => {
  assert.equal(nextSort(users, read(''), 'username'), 'username');
  assert.equal(nextSort(users, read('?sort=username'), 'username'), '-username');
  assert.equal(nextSort(users, read('?sort=username'), 'createdAt'), '');
  assert.equal(nextSort(users, read(''), 'createdAt'), 'createdAt');
  assert.deepEqual(allSorts(users), ['-createdAt', 'createdAt', 'username', '-username']);
});

test('a list knows whether anything narrows it', () => {
  assert.equal(isNarrowed(users, read('?sort=username')), false);
  assert.equal(isNarrowed(users, read('?query=+')), false);
  assert.equal(isNarrowed(users, read('?query=ann')), true);
  assert.equal(isNarrowed(users, read('?role=admin')), true);
});

test('what moved to the next page meanwhile stands once', () => {
  const id = one => one.id;
  assert.deepEqual(joined([{ id: 'a' }, { id: 'b' }], [{ id: 'b' }, { id: 'c' }], id).map(id), ['a', 'b', 'c']);
});

test('rows are selected one by one, from one to another either way, all, and none', () => {
  const ids = ['a', 'b', 'c', 'd'];
  let selected = toggled(new Set(), 'b');
  assert.deepEqual([...toggled(selected, 'b')], []);
  selected = reached(selected, ids, 'd', 'c');
  assert.deepEqual([...selected].sort(), ['b', 'c', 'd']);
  assert.deepEqual([...reached(new Set(), ids, 'gone', 'c')], ['c']);
  assert.deepEqual([...allOrNone(selected, ids)], ids);
  assert.equal(allOrNone(new Set(ids), ids).size, 0);
  assert.deepEqual([...kept(selected, ['a', 'c'])], ['c']);
});

test('no more is selected than one bulk act takes', () => {
  const many = Array.from({ length: MOST_SELECTED + 5 }, (_, i) => `u${i}`);
  assert.equal(allOrNone(new Set(), many).size, MOST_SELECTED);
  assert.equal(reached(new Set(), many, many[0], many[many.length - 1]).size, MOST_SELECTED);
  assert.equal(toggled(new Set(many.slice(0, MOST_SELECTED)), 'one more').size, MOST_SELECTED);
});

test('every page of the administration is an address, and a job with a dot in its name has one too', () => {
  for (const page of PAGES) assert.equal(match(`/admin/${page}`).params.page, page);
  assert.equal(new Set(PAGES).size, GROUPS.reduce((n, [, pages]) => n + pages.length, 0));
  assert.equal(isPage('constructor'), false);
  const at = match(jobAddress('files.remove-bytes'));
  assert.deepEqual([at.name, jobOf(at.params.id)], ['admin', 'files.remove-bytes']);
  assert.equal(/\.[^/]*$/.test(at.path), false);
});
