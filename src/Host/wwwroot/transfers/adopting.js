// What a closed tab left of encrypted files and transfers is gone on with, by what is loaded only then; and a transfer that is done while
// nobody looks shows its link, since it is shown once.

import { store } from '../core/store.js';
import { notifyError } from '../core/ui.js';

let begun = false;

function look() {
  const { uploads, me } = store.get();
  if (begun || !me || !uploads.some(one => one.kind === 'sealed' || one.tag?.transfer)) return;
  begun = true;
  Promise.all([import('./sealed-uploads.js'), import('./sending.js').then(module => module.adopt())]).catch(error => { begun = false; console.warn('uploads wait', error.message); });
}

addEventListener('chat:transfer-sent', event => {
  const { id } = /** @type {CustomEvent} */ (event).detail;
  if (document.querySelector('dialog[open]')) return;
  import('./send-dialog.js').then(module => module.openSending(id), () => notifyError({ code: 'network' }));
});
store.subscribe((now, before) => { if (now.uploads !== before.uploads || now.me !== before.me) look(); });
look();
