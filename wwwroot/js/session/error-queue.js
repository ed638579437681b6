// The errors of a session that wait to be dealt with.

/**
 * broken: ICE lost its path · closed: the other side ended the peer · hub: signalling is gone · moved: the server is
 * about to stop · asked: the page wants another connection
 * @typedef {'broken'|'closed'|'hub'|'asked'|'moved'} SessionError
 */

/** What went wrong with a session and was not dealt with yet, in the order in which it came. */
export class ErrorQueue {
  /** @type {SessionError[]} */ #waiting = [];
  /** @type {(() => void)|null} */ #awaken = null;
  #ended = false;

  /** @param {SessionError} error */
  add(error) {
    this.#waiting.push(error);
    this.#awaken?.();
  }

  /** Everything is made anew: what was wrong before no longer matters. */
  clear() {
    this.#waiting = [];
  }

  /** Waits for the next one. @returns {Promise<SessionError|null>} null once the queue was closed */
  async next() {
    while (this.#waiting.length === 0 && !this.#ended) {
      await new Promise((resolve) => { this.#awaken = () => resolve(undefined); });
    }
    return this.#ended ? null : this.#waiting.shift() ?? null;
  }

  /** Ends every wait. */
  close() {
    this.#ended = true;
    this.#awaken?.();
  }
}
