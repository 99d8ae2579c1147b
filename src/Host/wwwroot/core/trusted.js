// The one Trusted Types policy of the client, for the places that need it: the server's rendered Markdown, which is
// parsed inert (server-html.js), and the scripts that are not loaded by the page itself.

/** @type {any} */
let policy = null;
const types = /** @type {any} */ (globalThis).trustedTypes;
const WORKERS = {
  notices: '/sw.js',
  downloads: '/download-sw.js',
  seal: new URL('../crypto/worker.js', import.meta.url).href,
  local: new URL('../local/worker.js', import.meta.url).href,
};

const made = () => (policy ??= types.createPolicy('chat', {
  createHTML: text => text,
  createScriptURL: which => WORKERS[which],
}));

/** @param {string} markup to be parsed outside of the page @returns {any} */
export const trustedMarkup = markup => (types ? made().createHTML(markup) : markup);

/** @param {keyof typeof WORKERS} which @returns {any} the address of one of these and no other */
export const trustedWorker = which => (types ? made().createScriptURL(which) : WORKERS[which]);
