import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('../../src/Host/wwwroot/styles/tokens.css', import.meta.url), 'utf8');

/** OKLCH to linear sRGB (Björn Ottosson, "A perceptual color space for image processing", 2020). */
function linear([l, c, hue]) {
  const a = c * Math.cos((hue * Math.PI) / 180);
  const b = c * Math.sin((hue * Math.PI) / 180);
  const [x, y, z] = [l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b, l - 0.0894841775 * a - 1.291485548 * b].map(one => one ** 3);
  return [4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z, -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z, -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z];
}

const clamp = one => Math.min(1, Math.max(0, one));
const luminance = colour => { const [r, g, b] = linear(colour).map(clamp); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const tokens = { light: {}, dark: {} };
for (const [, name, light, dark] of css.matchAll(/--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\);/g)) {
  tokens.light[name] = light.split(' ').map(Number);
  tokens.dark[name] = dark.split(' ').map(Number);
}

const SURFACES = ['surface-0', 'surface-1', 'surface-2', 'surface-raised'];
const people = Array.from({ length: 12 }, (_, i) => `person-${i}`);
const TEXT = [
  ...['text-strong', 'text-normal', 'text-muted'].flatMap(text => SURFACES.map(surface => [text, surface])),
  ...['text-strong', 'text-normal'].map(text => [text, 'surface-3']),
  ...['text-strong', 'text-normal', 'text-muted'].map(text => [text, 'mention-soft']),
  ...['warn-soft', 'ok-soft', 'danger-soft', 'accent-soft'].flatMap(soft => [['text-strong', soft], ['text-normal', soft]]),
  ['accent', 'surface-0'], ['accent', 'surface-1'], ['accent', 'surface-raised'], ['accent', 'danger-soft'], ['accent', 'warn-soft'], ['accent-hover', 'surface-0'],
  ['text-strong', 'mark'], ['on-accent', 'accent'], ['on-accent', 'accent-hover'], ['on-accent-soft', 'accent-soft'], ['on-danger', 'danger-fill'],
  ['danger', 'surface-0'], ['danger', 'surface-raised'], ['danger', 'danger-soft'], ['surface-0', 'text-strong'],
  ...people.map(person => ['on-person', person]),
];
const SIGNS = [
  ...['focus', 'line-strong'].flatMap(sign => ['surface-0', 'surface-1', 'surface-raised'].map(surface => [sign, surface])),
  ...['ok', 'warn', 'danger'].flatMap(sign => ['surface-0', 'surface-1'].map(surface => [sign, surface])), ['warn', 'warn-soft'], ['warn', 'mention-soft'],
];

test('the sums are right: black on white is 21, and a known colour comes out as known', () => {
  assert.equal(Math.round(contrast([0, 0, 0], [1, 0, 0])), 21);
  assert.deepEqual(linear([0.62796, 0.25768, 29.234]).map(one => Math.round(one * 100)), [100, 0, 0]);
});

for (const scheme of ['light', 'dark']) {
  test(`text stands out at 4.5:1 or more (${scheme})`, () => {
    for (const [text, surface] of TEXT) {
      const ratio = contrast(tokens[scheme][text], tokens[scheme][surface]);
      assert.ok(ratio >= 4.5, `${text} on ${surface}: ${ratio.toFixed(2)}`);
    }
  });

  test(`signs stand out at 3:1 or more (${scheme})`, () => {
    const weak = SIGNS.map(([sign, surface]) => [sign, surface, contrast(tokens[scheme][sign], tokens[scheme][surface])])
      .filter(([sign, , ratio]) => ratio < 3);
    assert.deepEqual(weak, []);
  });
}
