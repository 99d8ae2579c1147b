// Slow mode: how long a person has to wait before the next message. The server decides; this only tells in advance.

/** @param {import('../core/types.js').State} state @param {string} roomId @returns {number} in milliseconds since 1970; 0: now */
export function slowUntil(state, roomId) {
  const room = state.rooms[roomId];
  if (!room || !room.slowModeSeconds || room.type === 'direct' || room.role !== 'member') return 0;
  const mine = one => one.senderId === state.me?.id && one.type !== 'system';
  const said = [
    state.logs[roomId]?.items.findLast(mine), ...Object.values(state.threads).filter(one => one.root.roomId === roomId).map(one => one.items.findLast(mine)),
    ...state.outbox.filter(one => one.roomId === roomId && one.state !== 'failed'),
  ].map(one => (one ? Date.parse(one.createdAt) : 0));
  const last = Math.max(0, ...said);
  return last ? last + room.slowModeSeconds * 1000 : 0;
}
