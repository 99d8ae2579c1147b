// Frames leave out what is null, false, 0 or empty. Here it is filled in, once, at the border.

/** @returns {import('./types.js').Message} */
export function normalMessage(raw, asOf = 0) {
  return {
    id: raw.id, roomId: raw.roomId, seq: raw.seq ?? 0, senderId: raw.senderId ?? '', clientId: raw.clientId ?? '', type: raw.type ?? 'text',
    text: raw.text ?? '', html: raw.html ?? null, replyTo: raw.replyTo ?? null, threadId: raw.threadId ?? null, replyCount: raw.replyCount ?? 0,
    lastReplyAt: raw.lastReplyAt ?? null, replierIds: raw.replierIds ?? [], mentionsAll: raw.mentionsAll ?? false,
    attachments: raw.attachments ?? [], reactions: (raw.reactions ?? []).map(one => ({ emoji: one.emoji, count: one.count ?? 0, userIds: one.userIds ?? [] })),
    mentions: raw.mentions ?? [], isEdited: raw.isEdited ?? false, editedAt: raw.editedAt ?? null, isDeleted: raw.isDeleted ?? false,
    pinned: raw.pinned ?? false, createdAt: raw.createdAt, asOf: Math.max(asOf, raw.asOf ?? 0),
  };
}

/** @returns {import('./types.js').Room} */
export function normalRoom(raw) {
  return {
    ...raw, name: raw.name ?? null, topic: raw.topic ?? '', memberCount: raw.memberCount ?? 0, lastSeq: raw.lastSeq ?? 0, role: raw.role ?? 'member',
    lastReadSeq: raw.lastReadSeq ?? 0, unreadCount: raw.unreadCount ?? 0, mentionCount: raw.mentionCount ?? 0, muted: raw.muted ?? false, notify: raw.notify ?? 'mentions',
    avatarUrl: raw.avatarUrl ?? null, slowModeSeconds: raw.slowModeSeconds ?? 0, retentionDays: raw.retentionDays ?? 0,
    lastMessage: raw.lastMessage ? normalMessage(raw.lastMessage) : null, atSeq: raw.atSeq ?? raw.lastSeq ?? 0,
  };
}

/** @returns {import('./types.js').User} */
export function normalUser(raw) {
  return {
    ...raw, displayName: raw.displayName || raw.username, bio: raw.bio ?? '', avatarUrl: raw.avatarUrl ?? null, isAdmin: raw.isAdmin ?? false,
    role: raw.role ?? 'member', isBot: raw.isBot ?? false, isActive: raw.isActive ?? true,
  };
}

/** @returns {import('./types.js').Log} */
export function normalPage(page) {
  const atSeq = page.atSeq ?? 0;
  return {
    items: (page.items ?? []).map(one => normalMessage(one, atSeq)), hasBefore: page.hasBefore ?? false, hasAfter: page.hasAfter ?? false, atSeq,
  };
}
