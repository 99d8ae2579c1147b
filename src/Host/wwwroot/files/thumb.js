// Small pictures, made by the sender's browser where the server makes none: drawn anew, so that nothing but the picture
// is in them, no place and no camera.

const SIDE = 640;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_PIXELS = 64_000_000;
const KINDS = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);

/**
 * @param {Blob} blob @param {{width: number | null, height: number | null, contentType: string, size: number}} file what the server has read of it: a header that claims too much is not decoded
 * @returns {Promise<Blob | null>} at most 640 pixels a side
 */
export async function makeThumbnail(blob, file) {
  if (!KINDS.has(file.contentType) || !file.width || !file.height || file.width * file.height > MOST_PIXELS || file.size > MOST_BYTES) return null;
  const picture = await createImageBitmap(blob).catch(() => null);
  if (!picture) return null;
  const scale = Math.min(1, SIDE / picture.width, SIDE / picture.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await new Promise(resolve => canvas.toBlob(resolve, 'image/webp', 0.75));
  return small && small.size <= 2 * 1024 * 1024 ? small : null;
}
