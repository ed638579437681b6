// How often something happens.

const WINDOW_MS = 2_000;

/** Counts what happened in the last two seconds. */
export class RateCount {
  /** @type {number[]} */ #times = [];

  /** @param {number} nowMs */
  add(nowMs) {
    this.#times.push(nowMs);
  }

  /** A second, over the last two. @param {number} nowMs */
  perSecond(nowMs) {
    while (this.#times.length > 0 && nowMs - this.#times[0] > WINDOW_MS) this.#times.shift();
    const span = this.#times.length > 1 ? this.#times[this.#times.length - 1] - this.#times[0] : 0;
    return span > 0 ? ((this.#times.length - 1) * 1000) / span : 0;
  }
}
