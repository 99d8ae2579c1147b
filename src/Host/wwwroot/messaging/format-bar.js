// The bar that a selection brings: the same marks as the keys, for those who do not know them.

import { h } from '../core/html.js';
import { t } from '../core/i18n.js';
import { iconButton } from '../core/ui.js';

const KINDS = [['bold', 'B'], ['italic', 'I'], ['strike', 'Shift X'], ['code', 'E'], ['link', 'Shift U'], ['quote', ''], ['list', ''], ['block', '']];
const KEYS = { b: 'bold', i: 'italic', e: 'code' };
const SHIFTED = { x: 'strike', u: 'link' };

/** @param {KeyboardEvent} event */
export function formatKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  return (event.shiftKey ? SHIFTED : KEYS)[event.key.toLowerCase()] ?? null;
}

/** @param {(kind: any) => void} apply */
export function formatBar(apply) {
  const command = /Mac/.test(navigator.platform) ? '⌘' : 'Ctrl';
  return h('div.format-bar', {
    key: 'format', role: 'toolbar', 'aria-label': t('format.label'), 'data-testid': 'format-bar',
    // The selection is what it works on, so it must not go.
    onpointerdown: event => event.preventDefault(),
    onkeydown: event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const buttons = [...event.currentTarget.querySelectorAll('button')];
      buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
    },
  }, KINDS.map(([kind, keys], i) => iconButton(kind, t(`format.${kind}`) + (keys ? ` (${command} ${keys})` : ''), { key: kind, tabindex: i ? '-1' : '0', 'data-testid': `format-${kind}`, onclick: () => apply(kind) })));
}
