// The wire's objects as the client keeps them: every member that a frame may leave out is filled in (see normal.js).

/** @typedef {{id: string, username: string, displayName: string, bio: string, avatarUrl: string | null, keyFingerprint?: string | null, isAdmin: boolean, role: string, isBot: boolean, isActive: boolean, createdAt: string, email?: string, emailVerified?: boolean}} User */
/** @typedef {'owner' | 'moderator' | 'member'} Role */
/** @typedef {{user: User, role: Role, joinedAt: string}} Member */
/** @typedef {{emoji: string, count: number, userIds: string[]}} Reaction */
/** @typedef {{id: string, seq: number, senderId: string, excerpt: string}} Quote */

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} roomId
 * @property {number} seq
 * @property {string} senderId
 * @property {string} clientId
 * @property {'text' | 'file' | 'system'} type
 * @property {string} text
 * @property {string | null} html
 * @property {Quote | null} replyTo
 * @property {string | null} threadId
 * @property {number} replyCount
 * @property {string | null} lastReplyAt
 * @property {string[]} replierIds
 * @property {boolean} mentionsAll  it calls everybody in the room
 * @property {FileView[]} attachments
 * @property {Reaction[]} reactions
 * @property {string[]} mentions
 * @property {boolean} isEdited
 * @property {string | null} editedAt
 * @property {boolean} isDeleted
 * @property {boolean} pinned
 * @property {string} createdAt
 * @property {number} asOf  the log's number up to which this copy is true; events up to there change nothing
 */

/**
 * @typedef {object} Room
 * @property {string} id
 * @property {'public' | 'private' | 'direct'} type
 * @property {string | null} name
 * @property {string} topic
 * @property {string} createdBy
 * @property {string} createdAt
 * @property {number} memberCount
 * @property {number} lastSeq
 * @property {Role} role
 * @property {number} lastReadSeq
 * @property {boolean} [unsure] the counts may be too high; the server is being asked
 * @property {number} unreadCount
 * @property {number} mentionCount
 * @property {boolean} muted
 * @property {'all' | 'mentions'} notify
 * @property {string | null} avatarUrl
 * @property {number} slowModeSeconds
 * @property {number} retentionDays  0: as the server has it
 * @property {Message | null} lastMessage
 * @property {number} atSeq  the last entry of the room's log that has been applied here
 * @property {User} [peer]
 */

/** @typedef {{items: Message[], hasBefore: boolean, hasAfter: boolean, atSeq: number, held?: boolean, kept?: boolean, stale?: boolean}} Log  `held`: somebody reads further up; `kept`: from this device, not yet compared with the server; `stale`: and known to be behind */
/** @typedef {{root: Message, items: Message[], atSeq: number}} Thread */
/** @typedef {{id: string, kind: 'mention' | 'reply' | 'added' | 'transfer' | 'system', roomId: string | null, messageId: string | null, transferId: string | null, actorId: string | null, seq: number, threadId: string | null, text: string, readAt: string | null, createdAt: string}} Notification */
/** @typedef {{items: Notification[], nextCursor: string | null, unreadCount: number, loaded: boolean}} Inbox */
/** @typedef {{status: 'online' | 'away' | 'busy' | 'offline', lastSeenAt?: string}} Presence */

/**
 * @typedef {object} OutboxEntry
 * @property {string} clientId
 * @property {string | undefined} userId  who wrote it
 * @property {string} roomId
 * @property {string} text
 * @property {Quote | null} replyTo
 * @property {string} createdAt
 * @property {number} order
 * @property {'queued' | 'sending' | 'acked' | 'failed'} state
 * @property {string} [threadId]
 * @property {FileView[]} [attachments]
 * @property {string} [code]
 * @property {number} [seq]
 */

/**
 * @typedef {object} Connection
 * @property {'idle' | 'connecting' | 'live' | 'waiting' | 'offline' | 'ended'} state
 * @property {number} [retryAt]
 * @property {number} [restored]  how many messages the last resume brought, while that is shown
 * @property {boolean} [everLive]
 */

/**
 * @typedef {object} State
 * @property {User | null} me
 * @property {any} config
 * @property {string | null} epoch
 * @property {number} userSeq
 * @property {boolean} roomsLoaded
 * @property {any} roomsError
 * @property {Record<string, Room>} rooms
 * @property {Record<string, User>} users
 * @property {Record<string, Presence>} presence
 * @property {Record<string, Log>} logs
 * @property {Record<string, Member[]>} members
 * @property {Record<string, Record<string, number>>} receipts
 * @property {Record<string, Record<string, number>>} typing
 * @property {OutboxEntry[]} outbox
 * @property {Connection} conn
 * @property {Record<string, Thread>} threads  by the id of the message that they hang from
 * @property {Inbox} inbox
 * @property {any} preferences  what to be notified of
 * @property {OutboxEntry[]} posts  sent off by their writer, and waiting for their files
 * @property {any} [lastTransfer]  what came last, as `transfer.received` told it
 * @property {Upload[]} uploads  of this tab, in the order in which they were begun
 */

/** The wire's `file`. @typedef {{id: string, name: string, size: number, contentType: string, sha256: string, width: number | null, height: number | null, ownerId: string, roomId: string | null, recipientId: string | null, version: number, encrypted: boolean, expiresAt: string | null, hasThumbnail: boolean, downloadCount: number, createdAt: string}} FileView */

/**
 * @typedef {object} Upload  an upload as it is shown; what it is made of is in files/uploads.js
 * @property {string} id  on this device
 * @property {string} name
 * @property {string} type
 * @property {number} size
 * @property {string} kind  who makes its bytes: `plain`, or a word of who called
 * @property {{roomId?: string, recipientId?: string, clientId?: string}} to
 * @property {any} tag  whose it is, as its caller said
 * @property {any} post  the message that it goes with, once that was sent off
 * @property {'waiting' | 'running' | 'paused' | 'failed' | 'done'} state
 * @property {string | null} cause  of failing, or of waiting (`network`, and such); `needs_file`: it has to be chosen again
 * @property {number | null} retryAt  when it is tried again
 * @property {number} sent  bytes, those on their way included
 * @property {number | null} speed  bytes a second
 * @property {number | null} secondsLeft
 * @property {FileView | null} file  once it is done
 * @property {string | null} messageId
 * @property {string} createdAt
 * @property {boolean} again  it was begun anew, since what was there was gone
 */

export {};
