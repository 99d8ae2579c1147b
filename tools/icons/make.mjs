// Draws the app's icons as PNG from the same shapes as src/Host/wwwroot/favicon.svg: node tools/icons/make.mjs
// Maskable ones fill the whole square and keep the sign inside the circle that every mask leaves (80 % of the width).

import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const TEAL = [0x0f, 0x6e, 0x78];
const WHITE = [255, 255, 255];
const SAMPLES = 4;
const target = new URL('../../src/Host/wwwroot/icons/', import.meta.url);

/** Distance to a rounded box around the middle of 32 × 32 units; below 0 is inside. */
function box(x, y, half, radius) {
  const dx = Math.max(Math.abs(x - 16) - half + radius, 0);
  const dy = Math.max(Math.abs(y - 16) - half + radius, 0);
  return Math.hypot(dx, dy) - radius;
}

/** Distance to a stroke from (x1, y) to (x2, y) with round ends. */
const stroke = (px, py, x1, x2, y, width) => Math.hypot(px - Math.max(x1, Math.min(x2, px)), py - y) - width / 2;

const sign = (x, y) => Math.min(stroke(x, y, 9, 23, 11, 2.6), stroke(x, y, 9, 23, 16, 2.6), stroke(x, y, 9, 17, 21, 2.6));

/** @returns {[number, number, number, number]} the colour at a place in 32 × 32 units */
function colourAt(kind, x, y) {
  if (kind === 'badge') return sign(16 + (x - 16) * 0.62, 16 + (y - 16) * 0.62) <= 0 ? [...WHITE, 255] : [0, 0, 0, 0];
  if (kind === 'maskable') return sign(16 + (x - 16) * 1.2, 16 + (y - 16) * 1.2) <= 0 ? [...WHITE, 255] : [...TEAL, 255];
  if (sign(x, y) <= 0) return [...WHITE, 255];
  return box(x, y, 14, 8) <= 0 ? [...TEAL, 255] : [0, 0, 0, 0];
}

function pixels(kind, size) {
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let py = 0; py < size; py++) {
    for (let px = 0; px < size; px++) {
      const sum = [0, 0, 0, 0];
      for (let s = 0; s < SAMPLES * SAMPLES; s++) {
        const [r, g, b, a] = colourAt(kind, (px + (s % SAMPLES + 0.5) / SAMPLES) * 32 / size, (py + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES) * 32 / size);
        sum[0] += r * a; sum[1] += g * a; sum[2] += b * a; sum[3] += a;
      }
      const at = py * (size * 4 + 1) + 1 + px * 4;
      for (let i = 0; i < 3; i++) rows[at + i] = sum[3] ? Math.round(sum[i] / sum[3]) : 0;
      rows[at + 3] = Math.round(sum[3] / (SAMPLES * SAMPLES));
    }
  }
  return rows;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** PNG (ISO/IEC 15948): 8 bits, red, green, blue and alpha, no filters. */
function png(kind, size) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('IDAT', deflateSync(pixels(kind, size), { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

for (const [name, kind, size] of [['192', 'any', 192], ['512', 'any', 512], ['maskable-192', 'maskable', 192], ['maskable-512', 'maskable', 512], ['apple-180', 'maskable', 180], ['badge', 'badge', 96]]) {
  writeFileSync(new URL(`${name}.png`, target), png(kind, size));
}
