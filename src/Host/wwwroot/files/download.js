// Downloads, by the browser itself. What is not there any more is found out before, so that nobody saves an error.

import { notifyError } from '../core/ui.js';
import { ApiError, renewing } from '../core/api.js';
import { contentOf } from './kinds.js';

/** Files of which the server said that they are no more. @type {Set<string>} */
export const goneFiles = new Set();

/** A picture that did not come because the session had to be renewed is asked for once more; one that is not there goes. @param {any} event */
export function orNothing(event) {
  const picture = event.currentTarget;
  if (picture.dataset.asked) return picture.remove();
  picture.dataset.asked = 'again';
  renewing(async () => {
    const answer = await fetch(picture.src, { credentials: 'same-origin' });
    if (!answer.ok) throw new ApiError(answer.status, answer.status === 401 ? 'unauthenticated' : 'not_found');
  }, { quiet: true }).then(() => { picture.src = `${picture.src}&again`; }, () => picture.remove());
}

/** HEAD counts as no download. @param {string} address */
const look = address => renewing(async () => {
  let answer;
  try {
    answer = await fetch(address, { method: 'HEAD', credentials: 'same-origin' });
  } catch (error) {
    throw new ApiError(0, 'network', { detail: error.message });
  }
  if (!answer.ok) throw new ApiError(answer.status, answer.status === 401 ? 'unauthenticated' : answer.status === 410 ? 'gone' : answer.status === 404 ? 'not_found' : 'unavailable');
});

/** @param {{id: string, name: string}} file @param {number} [version] @returns {Promise<boolean>} false when there is nothing any more */
export async function download(file, version = 0) {
  const address = contentOf(file.id, version);
  try {
    await look(address);
  } catch (error) {
    notifyError(error);
    if (error.status !== 410 && error.status !== 404) return true;
    if (!version) goneFiles.add(file.id);
    return false;
  }
  const link = document.createElement('a');
  link.href = address;
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  return true;
}
