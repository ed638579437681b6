// The outline of clicks before anything is rendered.
import { unroll } from '../picture/mask-runs.js';

/** @typedef {import('./studio-api.js').Preview} Preview */
/** @typedef {import('./click-points.js').ClickFields} ClickFields */
/** @typedef {{frame: number, width: number, height: number, alpha: Uint8Array, found: boolean, engine: string, took: number}} Outline */

/**
 * @typedef {object} PreviewListener
 * @property {(outline: Outline) => void} onOutline
 * @property {(error: unknown) => void} onError
 * @property {(busy: boolean) => void} onBusy
 */

/** Asks for the outline of the newest clicks, one question at a time; what was asked before is no longer answered. */
export class MaskPreview {
  /** @type {(clicks: ClickFields) => Promise<Preview>} */ #ask;
  #listener;
  #now;
  /** @type {{clicks: ClickFields, since: number}|null} */ #next = null;
  #round = 0;
  #busy = false;

  /**
   * @param {(clicks: ClickFields) => Promise<Preview>} ask @param {PreviewListener} listener
   * @param {() => number} [now] in milliseconds
   */
  constructor(ask, listener, now = () => performance.now()) {
    this.#ask = ask;
    this.#listener = listener;
    this.#now = now;
  }

  /** @param {ClickFields} clicks */
  show(clicks) {
    this.#round++;
    this.#next = { clicks, since: this.#now() };
    void this.#run();
  }

  /** What is on its way is not shown any more. */
  forget() {
    this.#round++;
    this.#next = null;
  }

  async #run() {
    if (this.#busy) return;
    this.#busy = true;
    this.#listener.onBusy(true);
    while (this.#next) {
      const { clicks, since } = this.#next;
      const round = this.#round;
      this.#next = null;
      try {
        const seen = await this.#ask(clicks);
        if (round === this.#round) this.#tell(seen, since);
      } catch (error) {
        if (round === this.#round) this.#listener.onError(error);
      }
    }
    this.#busy = false;
    this.#listener.onBusy(false);
  }

  /** @param {Preview} seen @param {number} since */
  #tell({ width, height, rle, found, engine, frame_idx: frame }, since) {
    const alpha = unroll({ width, height, rle: rle ?? [], track_id: 0 });
    if (!alpha) throw new Error('a damaged outline');
    this.#listener.onOutline({ frame, width, height, alpha, found: found === true, engine: engine.mask, took: this.#now() - since });
  }
}
