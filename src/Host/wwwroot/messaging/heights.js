// How high rows are: measured where they have been shown, estimated where they have not.

const LINE = 22.5;
const LETTER = 7.4;
/** Text is at most so wide, and beside it stand the picture and the margins. */
const WIDEST = 600;
const BESIDE = 104;
/** Of a file: as a picture, whose place is kept by its sides, or as a card. @param {any} file */
function fileHeight({ width, height, hasThumbnail, contentType }) {
  if (contentType?.startsWith('audio/')) return 98;
  if (!hasThumbnail && !contentType?.startsWith('video/')) return 66;
  return (width && height ? Math.max(48, height * Math.min(1, 360 / width, 280 / height)) : 180) + 36;
}
const FIXED = { day: 44, new: 36, beginning: 72, empty: 240 };
/** Browsers hold elements of some 16 million pixels; a room is never shown as higher than this, above and below. */
const HIGHEST = 5_000_000;
const LEAST_UNLOADED = 400;

/** @param {any} message @param {boolean} first of its group @param {number} width of the list */
export function estimate(message, first, width) {
  if (message.isDeleted) return LINE + (first ? 41 : 4);
  const letters = Math.max(16, Math.min(WIDEST, width - BESIDE) / LETTER);
  let lines = 0;
  for (const line of message.text.split('\n')) lines += Math.max(1, Math.ceil(line.length / letters));
  return lines * LINE + (first ? 41 : 4) + (message.replyTo ? 30 : 0) + (message.reactions.length ? 32 : 0) + (message.replyCount ? 26 : 0) + message.attachments.reduce((sum, one) => sum + fileHeight(one), 0);
}

export class Heights {
  constructor() {
    /** @type {Map<string, number>} */
    this.known = new Map();
    this.width = 0;
    this.sum = 0;
    this.messages = 0;
  }

  /** Another width breaks lines elsewhere, so all that was measured is void. */
  setWidth(width) {
    if (width === this.width) return;
    this.width = width;
    this.known.clear();
    this.sum = this.messages = 0;
  }

  /** @param {{key: string, kind: string, message?: any, first?: boolean}} row */
  of(row) {
    return this.known.get(row.key) ?? (row.kind === 'message' ? estimate(row.message, row.first ?? false, this.width) : FIXED[row.kind] ?? LINE);
  }

  /** @param {any} row @param {number} height */
  set(row, height) {
    const before = this.known.get(row.key);
    if (before === height) return;
    this.known.set(row.key, height);
    if (row.kind !== 'message') return;
    this.sum += height - (before ?? 0);
    if (before === undefined) this.messages += 1;
  }

  /** Only what is in memory is remembered. @param {any[]} rows */
  keepOnly(rows) {
    if (this.known.size < rows.length + 1000) return;
    const keys = new Set(rows.map(row => row.key));
    for (const key of this.known.keys()) if (!keys.has(key)) this.known.delete(key);
  }

  get average() { return this.messages >= 10 ? this.sum / this.messages : 48; }
}

/**
 * How high the messages that are not in memory would be, so that the scroll bar tells where in the room one is.
 * @param {any[]} items in memory, ascending @param {number} numbers how many entries of the log are on that side
 * @param {number} average height of a message
 */
export function unloaded(items, numbers, average) {
  const first = items[0]?.seq ?? 0;
  const last = items.findLast(one => Number.isFinite(one.seq))?.seq ?? first;
  const density = last > first ? Math.min(1, items.length / (last - first + 1)) : 1;
  return Math.round(Math.max(LEAST_UNLOADED, Math.min(HIGHEST, numbers * density * average)));
}

/**
 * Which message would stand where the scroll bar was pulled to, when that is far from all that is in memory.
 * @param {{view: number, height: number, top: number, foot: number, end: number}} at the view, the rows in memory, the whole
 * @param {import('../core/types.js').Log} log @param {number} lastSeq of the room
 * @returns {number | null}
 */
export function seqAt({ view, height, top, foot, end }, log, lastSeq) {
  const first = log.items[0]?.seq ?? 1;
  const last = log.items.at(-1)?.seq ?? 0;
  let seq = /** @type {number | null} */ (null);
  if (log.hasBefore && view + height < top - height * 2) seq = first * Math.max(0, view) / Math.max(1, top);
  else if (log.hasAfter && view > foot + height * 2) seq = last + (lastSeq - last) * Math.min(1, (view - foot) / Math.max(1, end - height - foot));
  return seq === null ? null : Math.max(1, Math.round(seq));
}
