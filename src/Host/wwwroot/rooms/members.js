import { del, patchJson, post } from '../core/api.js';
import { watchPresence } from '../core/app-state.js';
import { avatar, presenceDot } from '../core/avatar.js';
import { formError } from '../core/forms.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { person } from '../core/people.js';
import { store, watch } from '../core/store.js';
import { confirm, debounce, failure, notify, notifyError, openDialog, openMenu, iconButton, skeleton } from '../core/ui.js';
import { openDirect } from './create.js';
import { invitePerson, mayInvite } from '../people/invite.js';
import { inviteLink } from './invites.js';
import { findMembers, hasMore, loadMembers } from './member-list.js';
import { peopleSearch } from './people-search.js';
import { rank } from './rank.js';

/** A list that is longer than a screen gets a field to narrow it. */
const FILTER_FROM = 12;
/** As many as the server takes in one request. */
const MOST_ADDED = 200;
const ORDER = { owner: 0, moderator: 1, member: 2 };

async function act(roomId, run) {
  try {
    await run();
    await loadMembers(roomId, { again: true });
  } catch (error) {
    notifyError(error);
  }
}

function menuItems(room, member) {
  const me = store.get().me;
  const path = `/rooms/${room.id}/members/${member.user.id}`;
  const name = member.user.displayName;
  const owner = room.role === 'owner';
  const above = owner || (room.role === 'moderator' && member.role === 'member');
  const items = [];
  if (member.user.id === me?.id) return items;
  items.push({ icon: 'compose', label: t('members.message'), run: () => openDirect(member.user.id) });
  if (owner && member.role === 'member') items.push({ icon: 'people', label: t('members.makeModerator'), run: () => act(room.id, () => patchJson(path, { role: 'moderator' })) });
  if (owner && member.role === 'moderator') items.push({ icon: 'people', label: t('members.makeMember'), run: () => act(room.id, () => patchJson(path, { role: 'member' })) });
  if (owner && member.role !== 'owner') {
    items.push({
      icon: 'check', label: t('members.handOver'), run: async () => {
        if (await confirm({ title: t('members.handOver'), text: t('members.handOverText', { name }), action: t('members.handOver'), danger: false })) act(room.id, () => patchJson(path, { role: 'owner' }));
      },
    });
  }
  if (above && member.role !== 'owner') {
    items.push({
      icon: 'trash', danger: true, label: t('members.remove'), testid: 'remove-member', run: async () => {
        if (await confirm({ title: t('members.removeTitle', { name }), text: t('members.removeText', { name }), action: t('members.remove') })) act(room.id, () => del(path));
      },
    });
  }
  return items;
}

/** Several in one go; all come in or none, and what is refused is told where they were chosen. */
export async function addPeople(roomId) {
  const inside = new Set((store.get().members[roomId] ?? []).map(one => one.user.id));
  const chosen = /** @type {Map<string, any>} */ (new Map());
  const state = { busy: false, error: /** @type {any} */ (null) };
  let view;
  const added = await openDialog(t('members.add'), (close, redraw) => {
    view ??= peopleSearch({ chosen, most: MOST_ADDED, redraw, leaveOut: one => inside.has(one.id) });
    return h('form.stack', {
      novalidate: true,
      onsubmit: async event => {
        event.preventDefault();
        if (!chosen.size || state.busy) return;
        Object.assign(state, { busy: true, error: null });
        redraw();
        try {
          await post(`/rooms/${roomId}/members`, { userIds: [...chosen.keys()] });
          close([...chosen.values()]);
        } catch (error) {
          Object.assign(state, { busy: false, error });
          redraw();
        }
      },
    }, view(), formError(state.error, []),
    h('footer.dialog-foot', null,
      h('button.secondary', { type: 'button', onclick: () => close() }, t('action.cancel')),
      h('button.primary', { type: 'submit', disabled: state.busy || chosen.size === 0, 'data-testid': 'add-chosen' }, chosen.size ? t('members.addMany', { n: chosen.size }) : t('members.add'))));
  }, { testid: 'add-dialog' });
  if (!added) return;
  notify(t(added.length > 1 ? 'members.addedMany' : 'command.invited', { name: added[0].displayName, n: added.length }), { ms: 3000 });
  await act(roomId, async () => {});
}

function row(room, member) {
  const items = menuItems(room, member);
  return h('li.member', { key: member.user.id, 'data-testid': 'member', 'data-user-id': member.user.id },
    h('span.avatar-wrap', { 'data-person': member.user.id }, avatar(member.user), presenceDot(member.user.id)),
    h('a.grow.member-name', { href: `/people/${member.user.id}`, 'data-person': member.user.id }, h('strong', { title: member.user.displayName }, member.user.displayName || '…'), h('small', null, `@${member.user.username}`)),
    member.role !== 'member' && h('span.tag', null, t(`role.${member.role}`)),
    items.length > 0 && iconButton('more', t('members.actions', { name: member.user.displayName }), { 'aria-haspopup': 'menu', 'data-testid': 'member-menu', onclick: event => openMenu(event.currentTarget, items) }));
}

/** @param {Element} root @param {string} roomId */
export function membersPanel(root, roomId) {
  let error = null;
  let text = '';
  /** In a large room, whom the server found by `asked`. */
  let found = /** @type {import('../core/types.js').Member[]} */ ([]);
  let asked = '';
  const ask = debounce(async () => {
    const query = text;
    if (!hasMore(roomId)) return;
    const some = query ? await findMembers(roomId, query).catch(() => []) : [];
    if (query !== text) return;
    [found, asked] = [some, query];
    draw();
  }, 180);
  const load = () => loadMembers(roomId).then(() => watchPresence((store.get().members[roomId] ?? []).slice(0, 150).map(one => one.user.id)), failed => { error = failed; draw(); });
  function draw() {
    const state = store.get();
    const room = state.rooms[roomId];
    if (!room) return;
    const members = state.members[roomId];
    const may = room.type !== 'direct' && (room.role !== 'member' || room.type === 'public');
    let body;
    if (error) body = failure(error, () => { error = null; draw(); load(); });
    else if (!members) body = skeleton(6, 'row');
    else {
      const known = new Set(members.map(one => one.user.id));
      // Who came in just now may not be known yet; they are fetched.
      const all = [...members, ...found.filter(one => !known.has(one.user.id))].map(one => ({ ...one, user: person(one.user.id) ?? one.user }));
      const sorted = all.sort((a, b) => ORDER[a.role] - ORDER[b.role] || a.user.displayName.localeCompare(b.user.displayName));
      const shown = text ? sorted.filter(one => rank(one.user.displayName, text) !== null || rank(one.user.username, text) !== null) : sorted;
      body = [
        members.length > FILTER_FROM && h('input.search-input', { key: 'filter', type: 'search', 'aria-label': t('members.filter'), placeholder: t('members.filter'), 'data-testid': 'members-filter', oninput: event => { text = event.currentTarget.value.trim(); draw(); ask(); } }),
        h('ul.members', { key: 'list' }, shown.map(one => row(room, one))),
        !shown.length && (asked === text || !hasMore(roomId)) && h('p.muted.center', null, t('people.noneFound', { text })),
      ];
    }
    patch(root, h('div', { 'data-testid': 'members-panel' },
      may && h('div.panel-actions', null,
        h('button.secondary', { type: 'button', 'data-testid': 'add-people', onclick: () => addPeople(roomId) }, icon('plus'), t('members.add')),
        h('button.secondary', { type: 'button', 'data-testid': 'make-invite', onclick: () => inviteLink(roomId) }, icon('link'), t('invite.title')),
        mayInvite() && h('button.secondary', { type: 'button', 'data-testid': 'invite-person', onclick: () => invitePerson() }, icon('send'), t('person.invite'))),
      body));
  }
  load();
  return watch(state => [state.members[roomId], state.rooms[roomId], state.presence, state.users], draw);
}
