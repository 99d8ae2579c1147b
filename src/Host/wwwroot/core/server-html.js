// The one function that knows the server's rendered Markdown. It is parsed inert, then copied node by node through an
// allow-list, so that nothing reaches the page which this file does not name, whatever the server sent.

import { h } from './html.js';
import { icon } from './icons.js';
import { t } from './i18n.js';
import { copyText } from './ui.js';
import { trustedMarkup } from './trusted.js';

/** Element name to the attributes it may keep. */
const ALLOWED = {
  A: ['href'], B: [], BLOCKQUOTE: [], BR: [], CODE: ['class'], DEL: [], EM: [], H1: [], H2: [], H3: [], H4: [], H5: [], H6: [],
  HR: [], I: [], LI: [], OL: ['start'], P: [], PRE: [], S: [], SPAN: [], STRONG: [], SUB: [], SUP: [], TABLE: [], TBODY: [],
  TD: [], TH: [], THEAD: [], TR: [], UL: [],
};
const DROPPED = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'IFRAME', 'OBJECT', 'SVG', 'MATH']);

/** @param {string} href */
export function safeLink(href) {
  try {
    const url = new URL(href, location.origin);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function copy(node) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.nodeName.toUpperCase())) return null;
  const children = [...node.childNodes].map(copy).filter(one => one !== null);
  const attributes = ALLOWED[node.nodeName];
  if (!attributes) {
    const fragment = document.createDocumentFragment();
    fragment.append(...children);
    return fragment;
  }
  const element = document.createElement(node.nodeName);
  for (const name of attributes) if (node.hasAttribute(name)) element.setAttribute(name, node.getAttribute(name));
  element.append(...children);
  if (node.nodeName === 'A') return link(element);
  if (node.nodeName === 'PRE') return codeBlock(element);
  return element;
}

function link(anchor) {
  const href = safeLink(anchor.getAttribute('href') ?? '');
  if (!href) return h('span', null, [...anchor.childNodes]);
  anchor.href = href;
  if (new URL(href).origin !== location.origin) {
    anchor.target = '_blank';
    anchor.rel = 'noopener noreferrer nofollow';
  }
  return anchor;
}

function codeBlock(pre) {
  pre.tabIndex = 0;
  const button = h('button.copy-code.icon-button', {
    type: 'button', 'aria-label': t('message.copyCode'), title: t('message.copyCode'),
    onclick: () => copyText(pre.textContent ?? ''),
  }, icon('copy'));
  return h('div.code-block', null, pre, button);
}

/** @param {string} markup rendered by the server @returns {DocumentFragment} */
export function serverHtml(markup) {
  const template = document.createElement('template');
  template.innerHTML = trustedMarkup(markup);
  const out = document.createDocumentFragment();
  for (const node of template.content.childNodes) {
    const one = copy(node);
    if (one) out.append(one);
  }
  return out;
}
