// Which picture of a clip is shown at which time.

// Browsers and files round differently, by far less than a picture lasts.
const SLACK = 0.002;

/** When each picture of a clip is shown, as the server decoded it. */
export class FrameTimes {
  #times;
  #last;

  /** @param {number[]} times in seconds, rising @param {number} fps for the length of the last picture */
  constructor(times, fps) {
    this.#times = times;
    this.#last = fps > 0 ? 1 / fps : 0.04;
  }

  get count() {
    return this.#times.length;
  }

  /** The picture that is shown then. @param {number} seconds */
  at(seconds) {
    let [from, to] = [0, this.#times.length - 1];
    while (from < to) {
      const middle = (from + to + 1) >> 1;
      if (this.#times[middle] <= seconds + SLACK) from = middle;
      else to = middle - 1;
    }
    return from;
  }

  /** A time at which a picture is surely shown: its middle. @param {number} frame */
  middleOf(frame) {
    const own = this.#times[frame];
    const next = this.#times[frame + 1] ?? own + this.#last;
    return own + (next - own) / 2;
  }

  /** @param {number} frame */
  startOf(frame) {
    return this.#times[frame] ?? 0;
  }

  /** A number that a picture has. @param {number} frame */
  clamp(frame) {
    return Math.min(this.count - 1, Math.max(0, frame));
  }
}
