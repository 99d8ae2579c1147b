// An open room: head, timeline, who is typing, composer.

import { outbox, watchPresence } from '../core/app-state.js';
import { presenceDot } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { list, t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { nameOf, presenceText, roomName } from '../core/people.js';
import { isTouch } from '../core/prefs.js';
import { goBack, navigate } from '../core/router.js';
import { store, watch } from '../core/store.js';
import { iconButton } from '../core/ui.js';
import { readAdded } from '../notifications/inbox-state.js';
import { loadMembers } from '../rooms/member-list.js';
import { messageActions } from './actions.js';
import { composer } from './composer.js';
import { bindGestures } from './gestures.js';
import { loadReceipts, markRead } from './reading.js';
import { speakNew } from './speak.js';
import { Timeline } from './timeline.js';

const AWAY_MS = 10_000;
const MINUTE_MS = 60_000;

/** @param {Element} root @param {string} roomId @param {{seq: number | null}} options */
export function roomView(root, roomId, { seq }) {
  const head = h('header.room-head', { own: true });
  const stage = h('div.stage', { own: true });
  const jump = h('div.jump', { own: true });
  const typing = h('div.typing', { own: true, 'aria-live': 'off', 'data-testid': 'typing' });
  const foot = h('footer.room-foot', { own: true });
  patch(root, [head, stage, typing, foot]);

  const actions = messageActions({
    reply: message => writer.reply(message),
    edit: message => writer.edit(message),
    jump: to => navigate(`/rooms/${roomId}/m/${to.seq}`),
    thread: message => navigate(`/rooms/${roomId}/thread/${message.id}`),
  });
  const timeline = new Timeline(stage, roomId, { actions, moved: () => moved() });
  stage.append(jump);
  const gestures = bindGestures(timeline, actions, { leave: () => writer.focus() });
  const writer = composer(foot, roomId, {
    sent: () => timeline.toEnd(),
    editLast() {
      const own = store.get().logs[roomId]?.items.findLast(one => one.senderId === store.get().me?.id && !one.isDeleted && one.type === 'text');
      if (own) writer.edit(own);
    },
    leaveUp: () => timeline.roving.move('last'),
  });

  const focused = () => document.visibilityState === 'visible' && document.hasFocus();

  function moved() {
    const room = store.get().rooms[roomId];
    // On a narrow screen a panel stands before the room.
    if (timeline.atEnd && focused() && !root.closest('[inert]')) markRead(roomId);
    const unread = room?.unreadCount ?? 0;
    const away = timeline.log && !timeline.atEnd;
    patch(jump, away && h('button.jump-button', { type: 'button', 'data-testid': 'jump-latest', class: unread > 0 && 'has-new', onclick: () => { timeline.toEnd(); writer.focus(); } },
      icon('down'), unread > 0 ? t('timeline.newCount', { n: unread }) : t('timeline.latest')));
    gestures.refresh();
  }

  function drawHead() {
    const state = store.get();
    const room = state.rooms[roomId];
    if (!room) return;
    const peer = room.peer;
    const under = room.type === 'direct' ? presenceText(peer?.id ?? '') : room.topic;
    const panel = name => (location.pathname === `/rooms/${roomId}/${name}` ? navigate(`/rooms/${roomId}`, { replace: true }) : navigate(`/rooms/${roomId}/${name}`));
    patch(head, [
      iconButton('back', t('action.back'), { class: 'only-narrow', 'data-testid': 'back', onclick: () => goBack('/') }),
      h('div.room-title', null,
        h('h1', { tabindex: '-1' }, h('span.room-sign', null, room.type === 'direct' ? presenceDot(peer?.id ?? '') : icon(room.type === 'private' ? 'lock' : 'hash')), h('span', null, roomName(room))),
        under && h('p', { title: under }, under)),
      room.type !== 'direct' && h('button.count-button', { type: 'button', 'data-testid': 'open-members', 'aria-label': t('room.members', { n: room.memberCount }), title: t('panel.members'), onclick: () => panel('members') }, icon('people'), h('span', null, room.memberCount)),
      iconButton('search', t('search.inRoom'), { class: 'only-wide', 'data-testid': 'open-search', onclick: () => panel('search') }),
      iconButton('pin', t('panel.pins'), { 'data-testid': 'open-pins', onclick: () => panel('pins') }),
      iconButton('info', t('panel.details'), { 'data-testid': 'open-details', onclick: () => panel('details') }),
    ]);
  }

  function drawTyping() {
    const now = Date.now();
    const names = Object.entries(store.get().typing[roomId] ?? {}).filter(([id, until]) => until > now && id !== store.get().me?.id).map(([id]) => nameOf(id));
    const text = names.length > 3 ? t('typing.many') : names.length ? t('typing.some', { names: list(names), n: names.length }) : '';
    patch(typing, text && h('span', null, h('span.dots', { 'aria-hidden': 'true' }, h('i', null), h('i', null), h('i', null)), text));
  }

  /** New messages of others are spoken, in the open room only. */
  function speak(now, before) {
    const log = now.logs[roomId];
    const old = before.logs[roomId];
    if (log && old && !log.hasAfter && log !== old) speakNew(log.items, old.items, now.me?.id);
  }

  let losing;
  /** After a loss of more than a moment, what was missed is marked, and not followed. */
  function connected(state) {
    clearTimeout(losing);
    if (state === 'offline') timeline.away();
    else if (state !== 'live') losing = setTimeout(() => timeline.away(), AWAY_MS);
    else {
      timeline.back();
      moved();
      loadReceipts(roomId);
    }
  }

  const offs = [
    watch(state => [state.rooms[roomId], state.presence, state.users], () => { drawHead(); moved(); }),
    store.subscribe((now, before) => {
      if (!now.rooms[roomId]) return;
      const own = s => [s.logs[roomId], s.outbox, s.posts, s.receipts[roomId], s.users, s.inbox];
      if (now.logs[roomId] === undefined && before.logs[roomId] !== undefined) timeline.reopen();
      else if (own(now).some((one, i) => one !== own(before)[i])) timeline.render();
      if (now.typing[roomId] !== before.typing[roomId] || now.users !== before.users) drawTyping();
      if (now.rooms[roomId]?.name !== before.rooms[roomId]?.name || now.members[roomId] !== before.members[roomId]) writer.draw();
      if (now.conn.state !== before.conn.state) connected(now.conn.state);
      if (now.inbox.loaded && !before.inbox.loaded) readAdded(roomId);
      speak(now, before);
    }),
  ];
  const tick = setInterval(drawTyping, 2000);
  // "2 minutes ago" and "today" are true for a while only.
  const minute = setInterval(() => { drawHead(); timeline.render(); }, MINUTE_MS);

  /** What comes while nobody looks is new when they come back. */
  function looked() {
    const room = store.get().rooms[roomId];
    if (focused()) moved();
    else if (room && timeline.newAfter === null && room.unreadCount === 0) timeline.newAfter = Math.max(room.lastReadSeq, store.get().logs[roomId]?.items.at(-1)?.seq ?? 0);
  }
  addEventListener('focus', looked);
  addEventListener('blur', looked);
  document.addEventListener('visibilitychange', looked);

  timeline.open(seq);
  readAdded(roomId);
  loadReceipts(roomId);
  loadMembers(roomId).then(() => watchPresence((store.get().members[roomId] ?? []).slice(0, 100).map(one => one.user.id)), error => console.warn('members not loaded', error.code));
  if (!isTouch() && seq === null) writer.focus();
  else head.querySelector('h1')?.focus({ preventScroll: true });

  return {
    show: to => timeline.open(to),
    uncovered: moved,
    stop() {
      for (const off of offs) off();
      clearInterval(tick);
      clearInterval(minute);
      clearTimeout(losing);
      removeEventListener('focus', looked);
      removeEventListener('blur', looked);
      document.removeEventListener('visibilitychange', looked);
      writer.stop();
      gestures.stop();
      timeline.stop();
      outbox.pump();
    },
  };
}
