/** Does a thing now and again while the page is seen; never two at once. */
export class Poll {
  #abort = new AbortController();
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #busy = false;

  /** @param {() => Promise<void>} work @param {number} periodMs */
  constructor(work, periodMs) {
    const turn = async () => {
      clearTimeout(this.#timer);
      if (this.#busy || this.#abort.signal.aborted || document.visibilityState !== 'visible') return;
      this.#busy = true;
      await work();
      this.#busy = false;
      if (!this.#abort.signal.aborted) this.#timer = setTimeout(turn, periodMs);
    };
    document.addEventListener('visibilitychange', turn, { signal: this.#abort.signal });
    void turn();
  }

  close() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }
}
