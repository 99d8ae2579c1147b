// Cutting a square out of a picture before it is sent: drag or arrow keys to move, a slider or the wheel to come closer.

import { h } from './html.js';
import { t } from './i18n.js';
import { notify, openDialog } from './ui.js';

const SIZE = 512;
const VIEW = 280;
const CLOSEST = 5;

/**
 * Keeps the square inside the picture.
 * @param {{width: number, height: number}} picture @param {{x: number, y: number, zoom: number}} view the square's middle, in the picture's pixels
 * @returns {{x: number, y: number, zoom: number, side: number}}
 */
export function clampView(picture, view) {
  const zoom = Math.min(CLOSEST, Math.max(1, view.zoom));
  const side = Math.min(picture.width, picture.height) / zoom;
  const inside = (at, length) => Math.min(length - side / 2, Math.max(side / 2, at));
  return { x: inside(view.x, picture.width), y: inside(view.y, picture.height), zoom, side };
}

/** @param {File} file @returns {Promise<Blob | null>} a square picture, or null when the person thought better of it */
export async function cropSquare(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    notify(t('crop.notAPicture'), { kind: 'failed' });
    return null;
  }
  let view = clampView(picture, { x: picture.width / 2, y: picture.height / 2, zoom: 1 });
  const canvas = h('canvas.crop-view', { own: true, width: String(VIEW * 2), height: String(VIEW * 2), tabindex: '0', role: 'img', 'aria-label': t('crop.move') });
  const zoom = h('input.crop-zoom', { own: true, type: 'range', min: '1', max: String(CLOSEST), step: '0.05', 'aria-label': t('crop.zoom') });
  zoom.value = '1';

  function paint(target, size) {
    const context = target.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, view.x - view.side / 2, view.y - view.side / 2, view.side, view.side, 0, 0, size, size);
  }
  function look(change) {
    view = clampView(picture, { ...view, ...change });
    zoom.value = String(view.zoom);
    paint(canvas, VIEW * 2);
  }
  const by = pixels => (pixels * view.side) / canvas.getBoundingClientRect().width;
  zoom.addEventListener('input', () => look({ zoom: Number(zoom.value) }));
  canvas.addEventListener('wheel', event => { event.preventDefault(); look({ zoom: view.zoom * (event.deltaY < 0 ? 1.08 : 1 / 1.08) }); }, { passive: false });
  canvas.addEventListener('pointerdown', event => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener('pointermove', event => { if (canvas.hasPointerCapture(event.pointerId)) look({ x: view.x - by(event.movementX), y: view.y - by(event.movementY) }); });
  canvas.addEventListener('keydown', event => {
    const move = { ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8] }[event.key];
    if (move) look({ x: view.x + by(move[0]), y: view.y + by(move[1]) });
    else if (event.key === '+' || event.key === '-') look({ zoom: view.zoom * (event.key === '+' ? 1.1 : 1 / 1.1) });
    else return;
    event.preventDefault();
  });
  look({});
  const sure = await openDialog(t('crop.title'), close => [
    h('div.crop', { key: 'crop' }, canvas, h('label.crop-label', null, h('span', { 'aria-hidden': 'true' }, t('crop.zoom')), zoom)),
    h('footer.dialog-foot', { key: 'foot' },
      h('button.secondary', { type: 'button', onclick: () => close(false) }, t('action.cancel')),
      h('button.primary', { type: 'button', 'data-testid': 'crop-done', autofocus: true, onclick: () => close(true) }, t('crop.use'))),
  ], { testid: 'crop' });
  if (!sure) return null;
  const out = document.createElement('canvas');
  out.width = out.height = Math.min(SIZE, Math.round(view.side));
  paint(out, out.width);
  picture.close();
  return new Promise(resolve => { out.toBlob(resolve, 'image/png'); });
}
