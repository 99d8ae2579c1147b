// How fast something goes, and how long it takes yet: over the last seconds, so that neither the first burst nor a pause
// long ago is believed.

const WINDOW_MS = 6000;
/** Sooner nothing is said: the first bytes only fill buffers. */
const LEAST_MS = 600;
const STEP_MS = 150;

export class Rate {
  /** @param {() => number} [now] in milliseconds */
  constructor(now = () => performance.now()) {
    this.now = now;
    /** @type {{at: number, bytes: number}[]} */
    this.samples = [];
  }

  /** After a pause or a cut time has passed in which nothing was tried. @param {number} bytes that are there */
  begin(bytes) { this.samples = [{ at: this.now(), bytes }]; }

  /** @param {number} bytes that are there now */
  note(bytes) {
    const at = this.now();
    const last = this.samples.at(-1);
    // What was sent and then lost is not counted twice.
    if (last && bytes < last.bytes) return this.begin(bytes);
    if (last && this.samples.length > 1 && at - this.samples[this.samples.length - 2].at < STEP_MS) Object.assign(last, { at, bytes });
    else this.samples.push({ at, bytes });
    while (this.samples.length > 2 && at - this.samples[1].at >= WINDOW_MS) this.samples.shift();
  }

  /** @returns {number | null} bytes a second; null while that is not known */
  get speed() {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (!first || !last) return null;
    // Up to now, not up to the last byte: what stands still gets slower.
    const passed = this.now() - first.at;
    return passed < LEAST_MS ? null : (last.bytes - first.bytes) / passed * 1000;
  }

  /** @param {number} size in all @returns {number | null} whole seconds; null while that is not known, or when nothing moves */
  secondsLeft(size) {
    const { speed } = this;
    const left = size - (this.samples.at(-1)?.bytes ?? 0);
    if (left <= 0) return 0;
    return speed === null || speed < 1 ? null : Math.ceil(left / speed);
  }
}
