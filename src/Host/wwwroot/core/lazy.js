// Views that the start does not need come when they are first opened.

import { patch } from './html.js';
import { failure, skeleton } from './ui.js';

/**
 * Loads a module and opens its view in `root`; until then lines in its shape, and a way out when it does not come.
 * @template T
 * @param {Element} root @param {() => Promise<T>} load @param {(module: T) => any} open answers how to stop, or an object with it @param {() => void} [opened]
 * @returns {{stop: () => void, view: any}}
 */
export function lazyView(root, load, open, opened = () => {}) {
  const it = { stopped: false, view: /** @type {any} */ (null), stop };
  function stop() {
    it.stopped = true;
    if (typeof it.view === 'function') it.view();
    else it.view?.stop?.();
  }
  const go = () => {
    patch(root, skeleton(7));
    load().then(module => {
      if (it.stopped) return;
      patch(root, []);
      it.view = open(module) ?? (() => {});
      opened();
    }, () => { if (!it.stopped) patch(root, failure({ code: 'network' }, go)); });
  };
  go();
  return it;
}
