// Which pages the administration has, in the order in which they are named.

/** @type {[string, string[]][]} */
export const GROUPS = [
  ['now', ['overview', 'jobs', 'backups', 'mail']],
  ['people', ['users', 'tokens', 'invitations']],
  ['content', ['rooms', 'messages', 'files', 'transfers', 'invites', 'hooks']],
  ['server', ['audit', 'settings', 'announcements']],
];

export const PAGES = GROUPS.flatMap(([, pages]) => pages);

/** @param {string} name */
export const isPage = name => PAGES.includes(name);
