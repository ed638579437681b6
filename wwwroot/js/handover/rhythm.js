// How regularly something comes.

const SMOOTHING = 0.2;
/** Late by more than it usually varies, and a little. */
const GRACE_MS = 4;
const DEVIATIONS = 1;
/** Later than this it does not come in a rhythm any more. */
const MAX_GAP_MS = 1_000;

/** The usual time from one to the next, and how much that varies; the next one is late when it is past both. */
export class Rhythm {
  #last = NaN;
  #interval = NaN;
  #deviation = 0;

  /** @param {number} nowMs */
  beat(nowMs) {
    const gap = nowMs - this.#last;
    this.#last = nowMs;
    if (!(gap <= MAX_GAP_MS)) return;
    const off = Number.isNaN(this.#interval) ? 0 : gap - this.#interval;
    this.#interval = Number.isNaN(this.#interval) ? gap : this.#interval + SMOOTHING * off;
    this.#deviation += SMOOTHING * (Math.abs(off) - this.#deviation);
  }

  /** How long the last one is ago; infinite before the first. @param {number} nowMs */
  silentMs(nowMs) {
    return Number.isNaN(this.#last) ? Infinity : nowMs - this.#last;
  }

  /** @param {number} nowMs */
  isLate(nowMs) {
    if (Number.isNaN(this.#interval)) return false;
    return this.silentMs(nowMs) > this.#interval + GRACE_MS + DEVIATIONS * this.#deviation;
  }

  clear() {
    this.#last = NaN;
    this.#interval = NaN;
    this.#deviation = 0;
  }
}
