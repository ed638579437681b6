/** @typedef {'broken'|'closed'|'hub'|'asked'|'moved'} Trouble */

/** What went wrong with a session and was not dealt with yet, in the order in which it came. */
export class Troubles {
  /** @type {Trouble[]} */ #waiting = [];
  /** @type {(() => void)|null} */ #awaken = null;
  #ended = false;

  /** @param {Trouble} trouble */
  add(trouble) {
    this.#waiting.push(trouble);
    this.#awaken?.();
  }

  /** Everything is made anew: what was wrong before is of no matter. */
  clear() {
    this.#waiting = [];
  }

  /** Waits for the next one. @returns {Promise<Trouble|null>} null once nobody minds any more */
  async next() {
    while (this.#waiting.length === 0 && !this.#ended) {
      await new Promise((resolve) => { this.#awaken = () => resolve(undefined); });
    }
    return this.#ended ? null : this.#waiting.shift() ?? null;
  }

  /** Who waits for trouble waits no longer. */
  close() {
    this.#ended = true;
    this.#awaken?.();
  }
}
