// How often a picture is taken.

/** Lets so many pictures a second through, evenly, however many come. */
export class Pace {
  #next = 0;

  /** @param {number} perSecond */
  constructor(perSecond) {
    this.perSecond = perSecond;
  }

  /** Whether this picture is one to take. @param {number} nowMs */
  takes(nowMs) {
    const period = 1000 / this.perSecond;
    // A picture that comes a little early is taken: the next one would be late.
    if (nowMs < this.#next - period / 4 && this.#next - nowMs < 2 * period) return false;
    this.#next = Math.max(nowMs, Math.min(this.#next, nowMs)) + period;
    return true;
  }
}
