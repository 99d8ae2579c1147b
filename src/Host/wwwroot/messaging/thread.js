// One thread beside its room: the message that it hangs from, the replies, and a composer of its own.

import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { isTouch } from '../core/prefs.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { empty, failure, skeleton } from '../core/ui.js';
import { readThread } from '../notifications/inbox-state.js';
import { messageActions } from './actions.js';
import { composer } from './composer.js';
import { bindGestures } from './gestures.js';
import { loadThread } from './thread-loader.js';
import { speakNew } from './speak.js';
import { ThreadList } from './thread-list.js';

/** @param {HTMLElement} root @param {string} roomId @param {{root: string, seq?: string}} params */
export function threadPanel(root, roomId, { root: rootId, seq }) {
  const scroller = h('div.thread-scroller', { own: true, 'data-testid': 'thread' });
  const foot = h('footer.room-foot.thread-foot', { own: true });
  const state = { error: /** @type {any} */ (null), loading: false, wanted: seq ? Number(seq) : null, focus: !seq && !isTouch() };
  root.classList.add('thread-body');
  patch(root, [scroller, foot]);

  const actions = messageActions({
    reply: message => writer.reply(message),
    edit: message => writer.edit(message),
    jump: to => (store.get().threads[rootId]?.items.some(one => one.id === to.id) ? list.show(to.seq) : navigate(`/rooms/${roomId}/m/${to.seq}`)),
  });
  const list = new ThreadList(scroller, roomId, rootId, actions);
  const gestures = bindGestures(list, actions, { leave: () => writer.focus() });
  const writer = composer(foot, roomId, {
    sent: () => list.toEnd(),
    editLast() {
      const own = store.get().threads[rootId]?.items.findLast(one => one.senderId === store.get().me?.id && !one.isDeleted && one.type === 'text');
      if (own) writer.edit(own);
    },
    leaveUp: () => list.roving.move('last'),
  }, { threadId: rootId });

  async function load() {
    Object.assign(state, { error: null, loading: true });
    draw();
    try {
      await loadThread(roomId, rootId);
    } catch (error) {
      state.error = error;
    }
    state.loading = false;
    draw();
    if (state.wanted !== null && store.get().threads[rootId]) {
      list.show(state.wanted);
      state.wanted = null;
    }
  }

  /** What others answer in the open thread is spoken. */
  function speak(now, before) {
    const old = before.threads[rootId];
    const thread = now.threads[rootId];
    if (old && thread && thread !== old) speakNew(thread.items, old.items, now.me?.id);
  }

  const seen = () => { if (store.get().threads[rootId] && document.visibilityState === 'visible' && document.hasFocus()) readThread(rootId); };

  function draw() {
    const thread = store.get().threads[rootId];
    const gone = state.error?.status === 404;
    foot.hidden = !thread;
    // Once it can be written into, unless the person went elsewhere meanwhile.
    if (thread && state.focus) {
      state.focus = false;
      const at = document.activeElement;
      if (!at || at === document.body || root.closest('.panel')?.contains(at)) writer.focus();
    }
    if (thread) list.render();
    else {
      list.nodes.clear();
      patch(list.list, gone ? empty('thread', t('thread.gone'), t('thread.goneText')) : state.error ? failure(state.error, load) : skeleton(5, 'message'));
    }
    gestures.refresh();
    seen();
  }

  draw();
  load();
  addEventListener('focus', seen);
  const off = store.subscribe((now, before) => {
    if (!now.rooms[roomId]) return;
    if (!now.threads[rootId] && before.threads[rootId] && !state.loading) return load();
    if ([now.threads[rootId] !== before.threads[rootId], now.outbox !== before.outbox, now.posts !== before.posts, now.users !== before.users].includes(true)) draw();
    speak(now, before);
    if (now.rooms[roomId] !== before.rooms[roomId] || now.members[roomId] !== before.members[roomId]) writer.draw();
  });
  return () => {
    off();
    removeEventListener('focus', seen);
    writer.stop();
    gestures.stop();
    list.stop();
  };
}
