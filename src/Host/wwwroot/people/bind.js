// A click on a face or a name opens the person's card; with a modifier key it stays a link to their page.

import { notifyError } from '../core/ui.js';

export function bindPeople() {
  document.addEventListener('click', event => {
    const at = /** @type {Element} */ (event.target).closest?.('[data-person]');
    if (!(at instanceof HTMLElement) || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    import('./card.js').then(module => module.openCard(at, at.dataset.person ?? ''), () => notifyError({ code: 'network' }));
  }, true);
}
