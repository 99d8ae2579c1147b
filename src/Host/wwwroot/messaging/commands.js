// What a line that starts with "/" can do. Everything here has its button too; a command is the short way.

import { get, patchJson, post } from '../core/api.js';
import { t } from '../core/i18n.js';
import { roomName } from '../core/people.js';
import { navigate } from '../core/router.js';
import { notify } from '../core/ui.js';
import { leaveRoom } from '../rooms/leave.js';
import { setRoomPreference } from '../rooms/preferences.js';

const moderates = room => room.type !== 'direct' && room.role !== 'member';
const named = room => room.type !== 'direct';

async function personCalled(text) {
  const name = text.trim().replace(/^@/, '').toLowerCase();
  const page = name ? await get(`/users?query=${encodeURIComponent(name)}&limit=20`) : { items: [] };
  const found = page.items.find(one => one.username.toLowerCase() === name);
  if (!found) throw Object.assign(new Error(t('command.nobody', { name: text.trim() || '@' })), { code: 'nobody' });
  return found;
}

async function mute(room, muted) {
  await setRoomPreference(room, { muted });
  notify(t(muted ? 'command.muted' : 'command.unmuted', { name: roomName(room) }), { ms: 3000 });
}

const COMMANDS = [
  {
    name: 'topic', hint: 'command.topicHint', about: 'command.topic', may: moderates,
    // Without words it would take the topic away; who wants that sees it before them in the settings.
    run: async (room, text) => (text ? void await patchJson(`/rooms/${room.id}`, { topic: text.replace(/\s+/g, ' ') }) : navigate(`/rooms/${room.id}/settings`)),
  },
  {
    name: 'invite', hint: 'command.personHint', about: 'command.invite', may: room => named(room) && (moderates(room) || room.type === 'public'),
    async run(room, text) {
      const user = await personCalled(text);
      await post(`/rooms/${room.id}/members`, { userIds: [user.id] });
      notify(t('command.invited', { name: user.displayName }), { ms: 3000 });
    },
  },
  {
    name: 'msg', hint: 'command.personHint', about: 'command.msg', may: () => true,
    run: async (_, text) => (await import('../rooms/create.js')).openDirect((await personCalled(text)).id),
  },
  { name: 'search', hint: 'command.searchHint', about: 'command.search', may: () => true, run: (room, text) => navigate(`/rooms/${room.id}/search?q=${encodeURIComponent(text)}`) },
  { name: 'mute', hint: '', about: 'command.mute', may: room => !room.muted, run: room => mute(room, true) },
  { name: 'unmute', hint: '', about: 'command.unmute', may: room => room.muted, run: room => mute(room, false) },
  { name: 'leave', hint: '', about: 'command.leave', may: named, run: room => leaveRoom(room) },
];

/** What may be done in this room, as completion shows it. @param {any} room */
export const commandsFor = room => COMMANDS.filter(one => one.may(room)).map(one => ({ name: one.name, hint: one.hint && t(one.hint), about: t(one.about) }));

/**
 * The command that a text is, or null: "/etc/hosts" and "/shrug" are only texts.
 * @param {any} room @param {string} text @returns {(() => Promise<any>) | null}
 */
export function commandIn(room, text) {
  const found = /^\/([a-z]+)(?:\s+([^]*))?$/.exec(text.trim());
  const command = found && COMMANDS.find(one => one.name === found[1] && one.may(room));
  return command ? async () => command.run(room, (found?.[2] ?? '').trim()) : null;
}
