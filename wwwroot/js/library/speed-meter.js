/** Bytes a second over the last seconds: long enough to be steady, short enough to be of now. */
const WINDOW_MS = 4_000;
const MIN_MS = 400;

export class SpeedMeter {
  /** @type {() => number} */ #now;
  /** @type {{at: number, bytes: number}[]} */ #readings = [];

  /** @param {() => number} now in milliseconds */
  constructor(now) {
    this.#now = now;
  }

  /** @param {number} bytes in all so far */
  add(bytes) {
    const at = this.#now();
    this.#readings.push({ at, bytes });
    while (this.#readings.length > 2 && at - this.#readings[0].at > WINDOW_MS) this.#readings.shift();
  }

  get perSecond() {
    const [first, last] = [this.#readings[0], this.#readings.at(-1)];
    if (!first || !last || last.at - first.at < MIN_MS) return 0;
    return Math.max(0, ((last.bytes - first.bytes) / (last.at - first.at)) * 1000);
  }

  /** What came before a rest says nothing of now. */
  restart() {
    this.#readings = [];
  }
}
