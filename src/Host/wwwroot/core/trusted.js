// The one Trusted Types policy of the client, for the two places that need it: the server's rendered Markdown, which is
// parsed inert (server-html.js), and the service worker.

/** @type {any} */
let policy = null;
const types = /** @type {any} */ (globalThis).trustedTypes;
const WORKER = '/sw.js';

const made = () => (policy ??= types.createPolicy('chat', {
  createHTML: text => text,
  createScriptURL: () => WORKER,
}));

/** @param {string} markup to be parsed outside of the page @returns {any} */
export const trustedMarkup = markup => (types ? made().createHTML(markup) : markup);

/** The address of the service worker, the only script that is not loaded by the page itself. @returns {any} */
export const trustedWorker = () => (types ? made().createScriptURL(WORKER) : WORKER);
