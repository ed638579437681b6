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
    const early = this.#next - nowMs;
    // A picture that comes a little early is taken: the next one would be late.
    if (early > period / 4 && early < 2 * period) return false;
    // By the plan, so that nothing adds up; a plan that was missed, or a clock that was set back, begins anew.
    this.#next = (Math.abs(early) < period ? this.#next : nowMs) + period;
    return true;
  }
}
