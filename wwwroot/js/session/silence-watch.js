/** In a cluster a node that says nothing for this long, though it has something to say every second, is gone or cut off. */
const PATIENCE_MS = 2_500;

/** Notices that a node has fallen silent, long before its connections are given up. A false alarm costs a join. */
export class SilenceWatch {
  /** @type {() => void} */ #onSilent;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #on = false;

  /** @param {() => void} onSilent called once each time that the node falls silent */
  constructor(onSilent) {
    this.#onSilent = onSilent;
  }

  /** From now on there are messages to wait for. @param {boolean} on only in a cluster is there another node to be asked */
  start(on) {
    this.#on = on;
    this.heard();
  }

  heard() {
    clearTimeout(this.#timer);
    if (this.#on) this.#timer = setTimeout(() => this.#onSilent(), PATIENCE_MS);
  }

  stop() {
    this.#on = false;
    clearTimeout(this.#timer);
  }
}
