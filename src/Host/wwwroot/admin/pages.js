// Which pages the administration has, in the order in which they are named.

/** @type {[string, string[]][]} */
export const GROUPS = [
  ['now', ['overview', 'alerts', 'jobs', 'backups', 'mail']],
  ['people', ['users', 'tokens', 'invitations']],
  ['content', ['rooms', 'messages', 'files', 'transfers', 'invites', 'hooks']],
  ['server', ['audit', 'settings', 'nodes', 'announcements']],
];

export const PAGES = GROUPS.flatMap(([, pages]) => pages);

/** A job's page. What has a dot in its last part would be a file's address, not a page's. @param {string} name */
export const jobAddress = name => `/admin/jobs/${encodeURIComponent(name.replaceAll('.', ':')).replaceAll('%3A', ':')}`;
/** @param {string} id of such an address */
export const jobOf = id => id.replaceAll(':', '.');

/** @param {string} name */
export const isPage = name => PAGES.includes(name);
