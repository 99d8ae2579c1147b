import { post } from '../core/api.js';
import { applier } from '../core/app-state.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { goBack, navigate } from '../core/router.js';
import { errorText, failure, iconButton, skeleton } from '../core/ui.js';

/** An invitation's page: what it leads to, then yes or no. The code stays in the fragment and goes out in bodies only. */
export function joinView(root, { code }) {
  const state = { preview: /** @type {any} */ (null), error: /** @type {any} */ (null), busy: false };

  async function load() {
    state.error = null;
    draw();
    try {
      state.preview = await post('/invites/preview', { code });
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  async function accept() {
    Object.assign(state, { busy: true, error: null });
    draw();
    try {
      const answer = await post('/invites/accept', { code });
      const roomId = answer?.id ?? answer?.roomId ?? answer?.room?.id ?? state.preview?.roomId ?? state.preview?.room?.id;
      await applier.fetchRoom(roomId);
      navigate(`/rooms/${roomId}`, { replace: true });
    } catch (error) {
      Object.assign(state, { busy: false, error });
      draw();
    }
  }

  function content() {
    if (!state.preview && !state.error) return skeleton(4);
    const gone = state.error && ['gone', 'not_found'].includes(state.error.code);
    if (gone) return h('div.state.failed', { role: 'alert' }, icon('warning'), h('p', null, t('join.gone')), h('div.state-actions', null, h('a.button.secondary', { href: '/' }, t('home.rooms'))));
    if (!state.preview) return failure(state.error, load);
    const room = state.preview.room ?? state.preview;
    const members = room.memberCount ?? state.preview.memberCount;
    return h('div.join-card', null,
      h('p.muted', null, t('join.invited')), h('h2', null, room.name ?? state.preview.roomName ?? t('join.aRoom')),
      room.topic && h('p', null, room.topic), members ? h('p.muted', null, t('room.members', { n: members })) : null,
      state.error && h('p.form-error', { role: 'alert' }, errorText(state.error)),
      h('button.primary.wide', { type: 'button', disabled: state.busy, 'data-testid': 'join-accept', autofocus: true, onclick: accept }, t('join.accept')));
  }

  function draw() {
    patch(root, h('div.page', null,
      h('header.page-head', null, iconButton('back', t('action.back'), { onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('join.title'))),
      h('div.page-body.narrow', null, content())));
  }
  if (code) load();
  else {
    state.error = { code: 'not_found' };
    draw();
  }
  return () => {};
}
