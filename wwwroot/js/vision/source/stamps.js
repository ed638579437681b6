// Timestamps of pictures, in ticks of video's RTP clock as the messages have them.

/** Video's RTP clock, ticks a millisecond. */
const TICKS_PER_MS = 90;
/** A file that begins again, or was wound back, goes on this much later: nothing of before reaches over. */
const JUMP_MS = 10_000;
/** Further from its camera's picture than this a stamp is another picture's. */
const MAX_MISS_MS = 15;
const REMEMBERED = 60;

/** @param {number} ms @returns {number} unsigned, of 32 bits */
export function ticksOf(ms) {
  return Math.round(ms * TICKS_PER_MS) >>> 0;
}

/** A file's own time, which never goes back. */
export class FileClock {
  #last = 0;
  #shift = 0;

  /** @param {number} mediaSeconds */
  stampMs(mediaSeconds) {
    let at = mediaSeconds * 1000 + this.#shift;
    if (at < this.#last) {
      this.#shift += this.#last + JUMP_MS - at;
      at = this.#last + JUMP_MS;
    }
    this.#last = at;
    return at;
  }
}

/**
 * A camera's pictures reach the worker with the time of one clock and the screen with that of another; they differ by a
 * constant, which is learned from when they came.
 */
export class CameraClock {
  /** @type {number[]} */ #captured = [];
  #difference = NaN;

  /** A picture came on show. @param {number} captureMs */
  shown(captureMs) {
    this.#captured.push(captureMs);
    if (this.#captured.length > REMEMBERED) this.#captured.shift();
  }

  /**
   * When the worker's picture was captured by the screen's clock.
   * @param {number} frameMs the picture's own time @param {number} arrivedMs when it reached the worker, by the screen's clock
   */
  captureMs(frameMs, arrivedMs) {
    if (Number.isNaN(this.#difference) || !this.#fits(frameMs)) this.#learn(frameMs, arrivedMs);
    return Number.isNaN(this.#difference) ? arrivedMs : frameMs - this.#difference;
  }

  /** @param {number} frameMs */
  #fits(frameMs) {
    return this.#captured.some((captured) => Math.abs(frameMs - this.#difference - captured) < 0.5);
  }

  /** @param {number} frameMs @param {number} arrivedMs */
  #learn(frameMs, arrivedMs) {
    let nearest = NaN;
    for (const captured of this.#captured) {
      const before = arrivedMs - captured;
      if (before >= -1 && before < MAX_MISS_MS && !(before > arrivedMs - nearest)) nearest = captured;
    }
    if (!Number.isNaN(nearest)) this.#difference = frameMs - nearest;
  }
}
