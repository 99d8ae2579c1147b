// The only door to the DOM. Text becomes text nodes and attributes, never markup; server-rendered Markdown has one
// function that knows it (server-html.js).

const ON = Symbol('listeners');
const KEY = Symbol('key');
const OWN = Symbol('own');
const GIVEN = Symbol('given');
const KEPT = Symbol('kept');
const LIVE = new Set(['value', 'checked', 'disabled', 'selected', 'indeterminate', 'hidden', 'readOnly', 'required']);

/** @param {Event} event */
function dispatch(event) {
  const target = /** @type {any} */ (event.currentTarget);
  return target[ON]?.[event.type]?.call(target, event);
}

/** @param {any} element @param {string} name @param {any} value */
function setProp(element, name, value) {
  if (name === 'key') element[KEY] = value;
  else if (name === 'own') element[OWN] = value;
  else if (name.startsWith('on')) listen(element, name.slice(2).toLowerCase(), value);
  else if (name === 'vars') for (const [key, one] of Object.entries(value)) element.style.setProperty(key, String(one));
  else if (LIVE.has(name)) {
    element[name] = value ?? '';
    (element[GIVEN] ??= {})[name] = value;
  }
  else if (value === true) element.setAttribute(name, '');
  else if (value !== false && value != null) {
    const text = Array.isArray(value) ? value.filter(Boolean).join(' ') : String(value);
    element.setAttribute(name, text);
  }
}

function listen(element, type, handler) {
  if (!handler) return;
  element[ON] ??= {};
  if (!(type in element[ON])) element.addEventListener(type, dispatch);
  element[ON][type] = handler;
}

/** @param {any} child @param {Node[]} into */
function flatten(child, into) {
  if (child == null || child === false || child === true || child === '') return into;
  if (Array.isArray(child)) for (const one of child) flatten(one, into);
  else into.push(child instanceof Node ? child : document.createTextNode(String(child)));
  return into;
}

/**
 * Builds one element. `tag` may carry classes ("button.primary.small"). Children are nodes, text, or nested arrays.
 * `key` names a child among its siblings for patch(); `own` marks an element that looks after itself.
 * @param {string} tag @param {Record<string, any> | null} [props] @param {...any} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  if (props?.class) {
    element.className = [...classes, ...[props.class].flat()].filter(Boolean).join(' ');
  }
  for (const one of flatten(children, [])) element.append(one);
  if (props) for (const prop of Object.keys(props)) if (prop !== 'class') setProp(element, prop, props[prop]);
  return element;
}

/**
 * Stands for an element that is in the page already, in a tree that is built for patch(): building it in directly would
 * take it out of the page, and with it focus, scroll and animation.
 * @param {any} element with `own` @returns {Comment}
 */
export function keep(element) {
  const stand = document.createComment('');
  /** @type {any} */ (stand)[KEPT] = element;
  return stand;
}

function insert(parent, node, cursor) {
  if (node.nodeType === Node.ELEMENT_NODE) {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_COMMENT);
    const stands = /** @type {any[]} */ ([]);
    while (walker.nextNode()) stands.push(walker.currentNode);
    for (const one of stands) if (one[KEPT]) one.replaceWith(one[KEPT]);
  }
  parent.insertBefore(node, cursor);
}

const same = (a, b) => a === b || (!a[OWN] && !b[OWN] && a.nodeType === b.nodeType && a.nodeName === b.nodeName && a[KEY] === b[KEY]);

/** Makes `old` look like `next`, keeping the element and with it focus, scroll and selection. */
function morph(old, next) {
  if (old === next) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && name !== 'style') old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value && name !== 'style') old.setAttribute(name, value);
  // A live property is written only when the view changed its mind, so that what a person typed or ticked stays.
  for (const prop of Object.keys(next[GIVEN] ?? {})) if (old[GIVEN]?.[prop] !== next[GIVEN][prop]) old[prop] = next[prop];
  old[GIVEN] = next[GIVEN];
  if (next[ON]) for (const type of Object.keys(next[ON])) listen(old, type, next[ON][type]);
  if (old.nodeName !== 'SELECT' && old.nodeName !== 'TEXTAREA') patch(old, [...next.childNodes]);
}

/**
 * Makes the children of `parent` be `next`: keyed ones are found again, unkeyed ones are matched by place.
 * @param {any} parent @param {any} next
 */
export function patch(parent, next) {
  const list = flatten([next], []).map(one => /** @type {any} */ (one)[KEPT] ?? one);
  const wanted = new Set(list);
  const keys = new Set(list.map(one => /** @type {any} */ (one)[KEY]).filter(key => key != null));
  const known = new Map();
  for (const child of [...parent.childNodes]) {
    if (child[OWN] && !wanted.has(child)) child.remove();
    if (child[KEY] == null) continue;
    if (keys.has(child[KEY])) known.set(child[KEY], child);
    else child.remove();
  }
  let cursor = parent.firstChild;
  for (const node of /** @type {any[]} */ (list)) {
    const candidate = node.parentNode === parent ? node : node[KEY] != null ? known.get(node[KEY]) : cursor;
    if (candidate && candidate.parentNode === parent && same(candidate, node) && (node[KEY] != null || candidate[KEY] == null)) {
      morph(candidate, node);
      if (candidate === cursor) cursor = cursor.nextSibling;
      else parent.insertBefore(candidate, cursor);
    } else {
      insert(parent, node, cursor);
    }
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}
