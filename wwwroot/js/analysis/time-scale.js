// Which part of a video the timeline shows, and where a time lies on it.

const MAX_ZOOM = 200;
const TICK_STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
const TICK_WIDTH = 64;

/** A span of time on a width of pixels. */
export class TimeScale {
  #from = 0;
  #to;
  width = 1;

  /** @param {number} duration in seconds */
  constructor(duration) {
    this.duration = Math.max(duration, 1e-3);
    this.#to = this.duration;
  }

  get from() {
    return this.#from;
  }

  get to() {
    return this.#to;
  }

  get isWhole() {
    return this.#to - this.#from >= this.duration;
  }

  /** @param {number} seconds */
  x(seconds) {
    return ((seconds - this.#from) / (this.#to - this.#from)) * this.width;
  }

  /** @param {number} x */
  seconds(x) {
    return Math.min(this.duration, Math.max(0, this.#from + (x / this.width) * (this.#to - this.#from)));
  }

  /** A factor over 1 shows less, larger; the middle stays where it is. @param {number} factor @param {number} middle in seconds */
  zoom(factor, middle) {
    const span = Math.min(this.duration, Math.max(this.duration / MAX_ZOOM, (this.#to - this.#from) / factor));
    const part = Math.min(1, Math.max(0, (middle - this.#from) / (this.#to - this.#from)));
    this.#place(middle - part * span, span);
  }

  /** @param {number} seconds */
  pan(seconds) {
    this.#place(this.#from + seconds, this.#to - this.#from);
  }

  /** Moves on where a time has left what is shown. @param {number} seconds @returns {boolean} whether it moved */
  follow(seconds) {
    if (seconds >= this.#from && seconds <= this.#to) return false;
    const span = this.#to - this.#from;
    this.#place(seconds - span * 0.1, span);
    return true;
  }

  /** Round times, far enough from each other to be read. @returns {number[]} */
  ticks() {
    const span = this.#to - this.#from;
    const step = TICK_STEPS.find((one) => (one / span) * this.width >= TICK_WIDTH) ?? TICK_STEPS[TICK_STEPS.length - 1];
    const first = Math.ceil(this.#from / step - 1e-9);
    return Array.from({ length: Math.floor(this.#to / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
  }

  /** @param {number} from @param {number} span */
  #place(from, span) {
    this.#from = Math.min(this.duration - span, Math.max(0, from));
    this.#to = this.#from + span;
  }
}
