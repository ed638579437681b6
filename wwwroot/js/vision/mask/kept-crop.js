// When an embedding serves again.
/** @typedef {import('./sam-crop.js').SamCrop} SamCrop */

/** Moved by less than this share of its side, a crop stands still. */
const MAX_SHIFT = 0.06;
/** Grown or shrunk by less than this share it does, too. */
const MAX_GROWTH = 0.08;
/** What is in it changes all the same; after so long it is looked at again. */
const MAX_AGE_MS = 1_000;

/** Remembers which crop was encoded last, so that the embedding serves as long as the crop stands still. */
export class KeptCrop {
  /** @type {SamCrop|null} */ #crop = null;
  #madeMs = 0;

  /**
   * The crop whose embedding serves for a new one, or null where the new one has to be encoded.
   * @param {SamCrop} wanted @param {number} nowMs the picture's time
   */
  serving(wanted, nowMs) {
    const kept = this.#crop;
    if (!kept || nowMs < this.#madeMs || nowMs - this.#madeMs > MAX_AGE_MS) return null;
    if (kept.pictureWidth !== wanted.pictureWidth || kept.pictureHeight !== wanted.pictureHeight) return null;
    const shiftX = kept.left + kept.side / 2 - (wanted.left + wanted.side / 2);
    const shiftY = kept.top + kept.side / 2 - (wanted.top + wanted.side / 2);
    const still = Math.hypot(shiftX, shiftY) <= MAX_SHIFT * kept.side && Math.abs(wanted.side - kept.side) <= MAX_GROWTH * kept.side;
    return still ? kept : null;
  }

  /** @param {SamCrop} crop @param {number} nowMs */
  keep(crop, nowMs) {
    this.#crop = crop;
    this.#madeMs = nowMs;
  }

  /** Another object, or another model. */
  forget() {
    this.#crop = null;
  }
}
