// A clock for pages that nobody sees.

/**
 * A browser tells a hidden page of no picture and holds its timers to one tick a second, but not those of a worker. This one ticks while
 * the page is hidden, and only then.
 */
export class HiddenClock {
  #onTick;
  #everyMs;
  /** @type {Worker|null} */ #worker = null;
  #abort = new AbortController();

  /** @param {() => void} onTick @param {number} everyMs */
  constructor(onTick, everyMs) {
    this.#onTick = onTick;
    this.#everyMs = everyMs;
    document.addEventListener('visibilitychange', () => this.#fit(), { signal: this.#abort.signal });
    this.#fit();
  }

  #fit() {
    if (document.visibilityState === 'visible') this.#stop();
    else if (!this.#worker) {
      const url = URL.createObjectURL(new Blob([`setInterval(() => postMessage(0), ${this.#everyMs});`], { type: 'text/javascript' }));
      this.#worker = new Worker(url);
      this.#worker.onmessage = this.#onTick;
      URL.revokeObjectURL(url);
    }
  }

  #stop() {
    this.#worker?.terminate();
    this.#worker = null;
  }

  close() {
    this.#abort.abort();
    this.#stop();
  }
}
