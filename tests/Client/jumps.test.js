import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { page, ROOM, stateWith } from './support.js';
import { heldServer, standInForPage } from './page.js';

const server = heldServer();
standInForPage({ fetch: server.fetch });
const { store } = await import('../../src/Host/wwwroot/core/store.js');
const { loadAround, loadLatest } = await import('../../src/Host/wwwroot/messaging/loader.js');
const { Timeline } = await import('../../src/Host/wwwroot/messaging/timeline.js');
const { opening } = await import('../../src/Host/wwwroot/messaging/wanted.js');

const around = (from, to) => page(from, to, { hasAfter: true, atSeq: 900 });
const seqs = () => store.get().logs[ROOM]?.items.map(one => one.seq);

/** The timeline's own dealings with what it asked for, without a page to draw on. */
function timeline() {
  const drawn = [];
  return Object.assign(Object.create(Timeline.prototype), {
    roomId: ROOM, drawn, busy: '', error: null, wanted: null, newAfter: null, turn: 0, stick: true, stopped: false, pauseUntil: 0,
    roving: { goOn() {} }, render() { drawn.push(this.busy); }, away() {},
  });
}

beforeEach(() => store.set(stateWith({ atSeq: 900 })));

test('a jump is not ended by the page that was asked for before it, whichever comes first', async () => {
  for (const first of ['around', 'limit=80']) {
    store.set(stateWith({ atSeq: 900 }));
    const view = timeline();
    const entered = view.open();
    const latest = await server.call('limit=80');
    const jumped = view.open(300);
    const far = await server.call('around=300');
    const answers = { around: () => far.answer(around(290, 310)), 'limit=80': () => latest.answer(page(821, 900)) };
    answers[first]();
    await (first === 'around' ? jumped : entered);
    assert.deepEqual([view.busy, view.wanted], first === 'around' ? ['', { seq: 300 }] : ['all', { seq: 300 }]);
    answers[first === 'around' ? 'limit=80' : 'around']();
    await Promise.all([entered, jumped]);
    assert.deepEqual([view.busy, view.wanted, seqs()?.[0], seqs()?.at(-1)], ['', { seq: 300 }, 290, 310]);
  }
});

test('a room that was left draws nothing when its page comes', async () => {
  const view = timeline();
  const entered = view.open();
  view.stopped = true;
  const before = view.drawn.length;
  (await server.call('limit=80')).answer(page(821, 900));
  await entered;
  assert.equal(view.drawn.length, before);
  assert.equal(seqs()?.length, 80, 'for when it is entered again');
});

test('the later of two pages stays, unless it fails', async () => {
  const [one, two] = [loadLatest(ROOM), loadAround(ROOM, 300)];
  const [latest, far] = [await server.call('limit=80'), await server.call('around=300')];
  far.fail();
  await assert.rejects(two, { code: 'network' });
  latest.answer(page(821, 900));
  await one;
  assert.equal(seqs()?.at(-1), 900);
});

test('a room is entered at a message, at what is new, at the place that was left, or at its end', () => {
  const room = unreadCount => ({ ...stateWith({ room: { unreadCount, lastReadSeq: 40 } }).rooms[ROOM] });
  const how = more => ({ seq: null, newAfter: null, busy: false, ...more });
  const log = page(30, 60);
  const place = { key: 'k', down: 3 };
  assert.deepEqual(opening(room(0), log, how({ seq: 50 })), { wanted: { seq: 50 }, newAfter: null, fetch: null });
  assert.deepEqual(opening(room(5), log, how({ seq: 50 })), { wanted: { seq: 50 }, newAfter: 40, fetch: null }, 'the line before what is new is drawn also there');
  assert.deepEqual(opening(room(5), log, how({ seq: 50, busy: true, newAfter: 38 })), { wanted: { seq: 50 }, newAfter: 38, fetch: { around: 50 } }, 'another page is on its way');
  assert.deepEqual(opening(room(5), log, how({ place })), { wanted: { divider: true }, newAfter: 40, stick: false, fetch: null });
  assert.deepEqual(opening(room(5), page(41, 60), how({})).fetch, { around: 40 });
  assert.deepEqual(opening(room(0), log, how({ place })), { wanted: { place }, newAfter: null, fetch: null });
  assert.deepEqual(opening(room(0), undefined, how({ place })), { wanted: null, newAfter: null, stick: true, fetch: 'latest' });
});
