// What a file is to whoever looks at it. Decided by the server, from the bytes; the name only helps where they tell nothing.

/** As the server serves them: shown by a browser as what they are, and never run. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);
const SOUNDS = new Set(['audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/wav', 'audio/flac', 'audio/webm']);
const FILMS = new Set(['video/mp4', 'video/webm']);

/** @param {{contentType: string, encrypted?: boolean}} file @returns {'picture' | 'sound' | 'film' | 'text' | 'pdf' | 'archive' | 'other'} */
export function kindOf({ contentType, encrypted }) {
  if (encrypted) return 'other';
  if (PICTURES.has(contentType)) return 'picture';
  if (SOUNDS.has(contentType)) return 'sound';
  if (FILMS.has(contentType)) return 'film';
  if (contentType === 'text/plain') return 'text';
  if (contentType === 'application/pdf') return 'pdf';
  return /^application\/(zip|gzip|x-7z)/.test(contentType) ? 'archive' : 'other';
}

const ICONS = { picture: 'picture', sound: 'sound', film: 'film', text: 'file', pdf: 'file', archive: 'archive', other: 'file' };
/** @param {{contentType: string, encrypted?: boolean}} file @returns {any} the name of an icon */
export const iconOf = file => (file.encrypted ? 'lock' : ICONS[kindOf(file)]);

/** What stands behind the last dot, if that looks like an ending. @param {string} name */
export const endingOf = name => /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1].toUpperCase() ?? '';

/** @param {{contentType: string, encrypted?: boolean}} file whether the viewer shows more than that there is something */
export const isViewable = file => ['picture', 'sound', 'film', 'text'].includes(kindOf(file));

export const contentOf = (id, version = 0) => `/api/v1/files/${id}/content${version ? `?version=${version}` : ''}`;
/** The number of the version stands in it so that a new picture is not taken for the old one. @param {{id: string, version?: number}} file */
export const thumbnailOf = file => `/api/v1/files/${file.id}/thumbnail?v=${file.version ?? 1}`;
