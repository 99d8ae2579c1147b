// What can be done to a file of one's list: one list for the menu and the details.

import { del, get, post } from '../core/api.js';
import { avatar, roomAvatar } from '../core/avatar.js';
import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { newId } from '../core/id.js';
import { findPeople, roomName } from '../core/people.js';
import { openPicker } from '../core/picker.js';
import { navigate } from '../core/router.js';
import { store } from '../core/store.js';
import { confirm, notify, notifyError } from '../core/ui.js';
import { rank } from '../rooms/rank.js';
import { download } from './download.js';
import { isViewable } from './kinds.js';

const roomSign = room => (room.type === 'direct' ? avatar(room.peer, 'small') : room.avatarUrl ? roomAvatar(room) : icon(room.type === 'private' ? 'lock' : 'hash'));

/** Rooms first, then people one has not talked with yet. @param {string} text */
async function targets(text) {
  const rooms = Object.values(store.get().rooms).map(room => ({ room, rank: rank(roomName(room), text) })).filter(one => one.rank !== null)
    .sort((a, b) => Number(a.rank) - Number(b.rank) || roomName(a.room).localeCompare(roomName(b.room))).slice(0, 12);
  const peers = new Set(Object.values(store.get().rooms).map(one => one.peer?.id));
  const people = text.length > 1 ? (await findPeople(text)).filter(one => !peers.has(one.id) && one.id !== store.get().me?.id) : [];
  return [
    ...rooms.map(({ room }) => ({ key: room.id, roomId: room.id, sign: roomSign(room), label: roomName(room) })),
    ...people.slice(0, 8).map(user => ({ key: user.id, userId: user.id, sign: avatar(user, 'small'), label: user.displayName, note: `@${user.username}` })),
  ];
}

/** Puts a file that is one's own alone into a room, or before a person. @param {any} file @param {Element} anchor @param {(file: any) => void} changed */
function share(file, anchor, changed) {
  openPicker(anchor, {
    label: t('files.share'), placeholder: t('files.shareWith'), find: targets,
    pick: async one => {
      try {
        const roomId = one.roomId ?? (await post('/rooms', { type: 'direct', memberIds: [one.userId] })).id;
        await post(`/rooms/${roomId}/messages`, { clientId: newId(), text: '', attachments: [file.id] });
        changed(await get(`/files/${file.id}`));
        notify(t('files.shared', { name: one.label }));
      } catch (error) {
        notifyError(error);
      }
    },
  });
}

/** @param {any} file */
export function standing(file) {
  const { me, rooms } = store.get();
  const mine = file.ownerId === me?.id;
  const moderates = ['owner', 'moderator'].includes(rooms[file.roomId]?.role ?? '');
  return { mine, moderates, hides: !mine && !moderates && file.recipientId === me?.id, deletes: mine || moderates };
}

/** Says what goes with it before anything goes. @param {any} file @returns {Promise<boolean>} whether it is gone from the list */
async function remove(file) {
  const { hides, mine } = standing(file);
  const room = store.get().rooms[file.roomId];
  const goes = [
    file.roomId && t('files.deleteRoom', { room: room ? roomName(room) : t('files.elsewhere') }), file.version > 1 && t('files.deleteVersions', { n: file.version - 1 }), mine && t('files.deleteTransfers'),
  ].filter(Boolean);
  const sure = await confirm(hides ? { title: t('files.hideTitle'), text: t('files.hideText', { name: file.name }), action: t('files.hide'), danger: false }
    : { title: t('files.deleteTitle'), text: h('div', null, h('p', null, t('files.deleteText', { name: file.name })), goes.length > 0 && h('ul.bullets', null, goes.map(one => h('li', null, one)))), action: t('action.delete') });
  if (!sure) return false;
  try {
    await del(`/files/${file.id}`);
    return true;
  } catch (error) {
    notifyError(error);
    return error.status === 404;
  }
}

/** @param {{changed: (file: any) => void, removed: (file: any) => void}} on */
export function fileActions({ changed, removed }) {
  const details = file => import('./details.js').then(module => module.openDetails(file, { changed, ...api }), () => notifyError({ code: 'network' }));
  const fetchIt = async file => { if (!await download(file)) removed(file); };
  const api = {
    details, download: fetchIt, remove: async file => { if (await remove(file)) { removed(file); return true; } return false; },
    /** What a click does: shows it, or tells of it. @param {any} file @param {HTMLElement} anchor */
    open: (file, anchor) => (isViewable(file) ? import('./viewer.js').then(module => module.openViewer(file, [file], anchor), () => notifyError({ code: 'network' })) : details(file)),
    /** @param {any} file @returns {any[]} */
    listOf: file => {
      const { mine, deletes, hides } = standing(file);
      return [
        ...(isViewable(file) ? [{ id: 'open', icon: 'picture', label: t('files.open'), run: (_, anchor) => api.open(file, anchor) }] : []),
        { id: 'fetch', icon: 'download', label: t('files.download'), run: () => fetchIt(file) },
        { id: 'details', icon: 'info', label: t('files.details'), run: () => details(file) },
        ...(mine && !file.roomId ? [{ id: 'share', icon: 'send', label: t('files.share'), run: (_, anchor) => share(file, anchor, changed) }] : []),
        ...(file.roomId && store.get().rooms[file.roomId] ? [{ id: 'room', icon: 'hash', label: t('files.toRoom'), run: () => navigate(`/rooms/${file.roomId}`) }] : []),
        ...(deletes || hides ? [{ id: 'delete', icon: 'trash', danger: true, label: hides ? t('files.hide') : t('action.delete'), run: () => api.remove(file) }] : []),
      ];
    },
  };
  return api;
}
