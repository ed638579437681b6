/** Waits that grow: half a second, then double, up to eight, each a little random so that a crowd does not return as one. */
const FIRST_MS = 500;
const MAX_MS = 8_000;

export class Backoff {
  #attempt = 0;
  /** @type {(() => void)|null} */
  #wake = null;

  get attempt() {
    return this.#attempt;
  }

  /** The next wait in milliseconds. @param {() => number} [random] */
  next(random = Math.random) {
    const whole = Math.min(MAX_MS, FIRST_MS * 2 ** this.#attempt++);
    return whole * (0.75 + 0.5 * random());
  }

  reset() {
    this.#attempt = 0;
  }

  /** Waits its turn, or until somebody calls hurry(). */
  async wait() {
    const pause = this.next();
    await new Promise((resolve) => {
      const timer = setTimeout(done, pause);
      const self = this;
      function done() {
        clearTimeout(timer);
        self.#wake = null;
        resolve(undefined);
      }
      this.#wake = done;
    });
  }

  /** Ends a wait at once: the network came back, the page was brought to the front. */
  hurry() {
    this.#wake?.();
  }
}
