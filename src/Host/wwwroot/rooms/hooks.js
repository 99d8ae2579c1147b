// What connects a room with other programs: URLs that post into it, addresses that are told of it, commands that ask one. For its owners.

import '../core/security-texts.js';
import { del, get, patchJson, post } from '../core/api.js';
import { dialogForm, field } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { withStepUp } from '../core/step-up.js';
import { store, watch } from '../core/store.js';
import { shortDate } from '../core/time.js';
import { confirm, empty, errorText, failure, fieldError, iconButton, notify, openDialog, skeleton } from '../core/ui.js';
import { forgetCommands } from '../messaging/room-commands.js';
import { tellUnlessDeclined } from '../settings/set-up.js';
import { shownOnce } from '../settings/tokens.js';

const KINDS = /** @type {const} */ (['incoming', 'outgoing', 'commands']);
const SIGNS = { incoming: 'down', outgoing: 'send', commands: 'command' };

/** @param {Element} root @param {string} roomId */
export function hooksPanel(root, roomId) {
  const paths = { incoming: `/rooms/${roomId}/hooks/incoming`, outgoing: `/rooms/${roomId}/hooks`, commands: `/rooms/${roomId}/commands` };
  const state = { lists: /** @type {Record<string, any[]> | null} */ (null), error: /** @type {any} */ (null), made: /** @type {{kind: string, label: string, secret: string} | null} */ (null), testing: '' };

  async function load() {
    state.error = null;
    draw();
    try {
      const pages = await Promise.all(KINDS.map(kind => get(paths[kind])));
      state.lists = Object.fromEntries(KINDS.map((kind, i) => [kind, pages[i].items]));
    } catch (error) {
      state.error = error;
    }
    draw();
  }

  const name = error => field(t('security.name'), { name: 'name', maxlength: '80', autocomplete: 'off', required: true, autofocus: true, 'data-testid': 'hook-name' }, { error: fieldError(error, 'name') });
  const address = error => field(t('hooks.url'), { name: 'url', type: 'url', maxlength: '1000', autocomplete: 'off', spellcheck: 'false', required: true, 'data-testid': 'hook-url' }, { hint: t('hooks.urlHint'), error: fieldError(error, 'url') });
  const FIELDS = {
    incoming: error => name(error),
    outgoing: error => [name(error), address(error)],
    commands: error => [
      field(t('hooks.command'), { name: 'command', maxlength: '33', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', required: true, autofocus: true, placeholder: '/deploy', 'data-testid': 'command-name' }, { hint: t('hooks.commandHint'), error: fieldError(error, 'name') && t('hooks.commandHint') }),
      address(error),
      field(t('hooks.arguments'), { name: 'hint', maxlength: '80', autocomplete: 'off', 'data-testid': 'command-hint' }, { hint: t('hooks.argumentsHint') }),
      field(t('hooks.about'), { name: 'description', maxlength: '200', autocomplete: 'off', 'data-testid': 'command-about' }, { hint: t('hooks.aboutHint') }),
    ],
  };

  async function make(kind) {
    const made = await openDialog(t(`hooks.make.${kind}`), (close, redraw) => dialogForm(close, redraw, {
      action: t('hooks.create'), testid: 'hook-make',
      fields: error => [h('p.muted', null, t(`hooks.text.${kind}`)), FIELDS[kind](error)],
      submit(data) {
        const value = one => String(data.get(one) ?? '').trim();
        const body = kind === 'incoming' ? { name: value('name') } : kind === 'outgoing' ? { name: value('name'), url: value('url') }
          : { name: value('command').replace(/^\//, ''), url: value('url'), hint: value('hint'), description: value('description') };
        return withStepUp(() => post(paths[kind], body));
      },
    }), { testid: 'hook-dialog' });
    if (!made) return;
    forgetCommands(roomId);
    state.made = kind === 'incoming' ? { kind, label: t('hooks.onceUrl'), secret: location.origin + made.path } : { kind, label: t('hooks.onceSecret'), secret: made.secret };
    await load();
  }

  async function remove(kind, one) {
    if (!await confirm({ title: t('hooks.remove', { name: kind === 'commands' ? `/${one.name}` : one.name }), text: t(`hooks.removeText.${kind}`), action: t('security.remove') })) return;
    try {
      await del(`${paths[kind]}/${one.id}`);
      state.made = null;
      forgetCommands(roomId);
    } catch (error) {
      tellUnlessDeclined(error);
    }
    await load();
  }

  async function enable(one) {
    try {
      await patchJson(`${paths.outgoing}/${one.id}`, { enabled: true });
      notify(t('hooks.enabled'));
    } catch (error) {
      tellUnlessDeclined(error);
    }
    await load();
  }

  async function test(one) {
    state.testing = one.id;
    draw();
    try {
      const answer = await post(`${paths.outgoing}/${one.id}/test`);
      if (answer.taken) notify(t('hooks.tested', { status: answer.status }));
      else notify(t('hooks.testFailed', { problem: answer.problem }), { kind: 'failed', ms: 10_000 });
    } catch (error) {
      notify(errorText(error), { kind: 'failed' });
    }
    state.testing = '';
    draw();
  }

  /** How an outgoing hook is doing, in a word. */
  const standing = one => (one.disabledAt ? 'off' : one.failures > 0 ? 'failing' : 'well');

  function row(kind, one) {
    const now = standing(one);
    const small = kind === 'incoming' ? t('security.since', { date: shortDate(one.createdAt) }) : kind === 'outgoing' ? one.host : [one.host, one.description].filter(Boolean).join(' · ');
    return h('li.hook', { key: one.id, 'data-testid': 'hook', 'data-kind': kind, 'data-state': kind === 'outgoing' ? now : null },
      h('div.grow', null, h('strong', null, kind === 'commands' ? `/${one.name}${one.hint ? ` ${one.hint}` : ''}` : one.name),
        kind === 'outgoing' && h('span.tag', { class: now === 'well' && 'accent' }, t(`hooks.state.${now}`)),
        h('small', null, small),
        kind === 'outgoing' && one.problem && h('p.hook-problem', null, icon('warning'), h('span', null, one.disabledAt ? t('hooks.offSince', { date: shortDate(one.disabledAt), problem: one.problem }) : t('hooks.failing', { n: one.failures, problem: one.problem })))),
      h('div.hook-do', null,
        kind === 'outgoing' && one.disabledAt && h('button.secondary', { type: 'button', 'data-testid': 'hook-enable', onclick: () => enable(one) }, t('hooks.enable')),
        kind === 'outgoing' && h('button.secondary', { type: 'button', disabled: state.testing === one.id, 'data-testid': 'hook-test', onclick: () => test(one) }, t('hooks.test')),
        iconButton('trash', t('hooks.remove', { name: one.name }), { 'data-testid': 'hook-remove', onclick: () => remove(kind, one) })));
  }

  const once = kind => state.made && state.made.kind === kind && shownOnce(state.made.label, state.made.secret, 'hook-secret');
  const section = kind => h('section.factor', { key: kind, 'data-testid': `hooks-${kind}` }, h('h3', null, icon(/** @type {any} */ (SIGNS[kind])), t(`hooks.${kind}`)),
    state.lists?.[kind].length ? h('ul.sessions', null, state.lists[kind].map(one => row(kind, one))) : h('p.muted', null, t(`hooks.text.${kind}`)),
    once(kind),
    h('div', null, h('button.secondary', { type: 'button', 'data-testid': `new-${kind}`, onclick: () => make(kind) }, icon('plus'), t(`hooks.make.${kind}`))));

  function draw() {
    const room = store.get().rooms[roomId];
    if (!room) return;
    if (room.type === 'direct' || room.role !== 'owner') return patch(root, empty('lock', t('hooks.not'), t('hooks.notText')));
    if (state.error) return patch(root, failure(state.error, load));
    patch(root, h('div.stack.hooks', { 'data-testid': 'hooks-panel' }, h('p.muted', null, t('hooks.intro')), state.lists ? KINDS.map(section) : skeleton(5, 'row')));
  }

  let asked = false;
  return watch(now => [now.rooms[roomId]?.role], () => {
    draw();
    if (asked || store.get().rooms[roomId]?.role !== 'owner') return;
    asked = true;
    load();
  });
}
