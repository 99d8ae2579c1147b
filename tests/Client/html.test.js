import assert from 'node:assert/strict';
import { before, test } from 'node:test';

/** Just enough of a document to see which of its doors a value goes through. */
class FakeNode {
  constructor(name) { this.nodeName = name; this.children = []; this.attributes = {}; this.className = ''; this.listeners = []; }
  append(...nodes) { this.children.push(...nodes); }
  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener(type) { this.listeners.push(type); }
  set innerHTML(_) { throw new Error('markup'); }
  set outerHTML(_) { throw new Error('markup'); }
  insertAdjacentHTML() { throw new Error('markup'); }
}

let h;
before(async () => {
  Object.assign(globalThis, {
    Node: FakeNode,
    document: { createElement: name => new FakeNode(name), createTextNode: data => Object.assign(new FakeNode('#text'), { data }) },
    location: new URL('https://chat.example/rooms/1'),
  });
  ({ h } = await import('../../src/Host/wwwroot/core/html.js'));
});

const HOSTILE = ['<img src=x onerror=alert(1)>', '</script><script>alert(1)</script>', '"><svg onload=alert(1)>', "' onmouseover='alert(1)", '&lt;b&gt;'];

test('text becomes a text node, whatever it says', () => {
  for (const text of HOSTILE) {
    const [child] = h('p', null, text).children;
    assert.deepEqual([child.nodeName, child.data], ['#text', text]);
  }
});

test('an attribute is set as one value and cannot become another', () => {
  for (const text of HOSTILE) {
    const node = h('a', { title: text, class: text });
    assert.deepEqual(node.attributes, { title: text });
    assert.equal(node.className, text);
  }
});

test('handlers are functions only, never attributes', () => {
  const node = h('button', { onclick: () => {} });
  assert.deepEqual([node.listeners, node.attributes], [['click'], {}]);
});

test('nothing, false and nested lists are children too', () => {
  const node = h('ul', null, null, false, '', [h('li', null), [h('li', null, 0)]]);
  assert.deepEqual(node.children.map(one => one.nodeName), ['li', 'li']);
  assert.equal(node.children[1].children[0].data, '0');
});

test('only links that cannot run code stay links', async () => {
  const { safeLink } = await import('../../src/Host/wwwroot/core/server-html.js');
  for (const bad of ['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'https://']) assert.equal(safeLink(bad), null, bad);
  assert.equal(safeLink('https://example.org/a b'), 'https://example.org/a%20b');
  assert.equal(safeLink('/rooms/1/m/2'), 'https://chat.example/rooms/1/m/2');
});
