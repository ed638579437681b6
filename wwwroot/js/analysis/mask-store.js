// Outlines, read for the part of the video that is shown.
import { trackNumber } from './between.js';
import { cropOf } from './mask-crop.js';
import { colourOf } from '../overlay/palette.js';

/** @typedef {import('./between.js').ShownObject} ShownObject */
/** @typedef {import('./result-api.js').FoundMask} FoundMask */
/** @typedef {{left: number, top: number, width: number, height: number, canvas: HTMLCanvasElement}} PaintedMask in the picture's pixels */

/** Looked-at frames that are read together, and how many such parts are kept. */
const PART_FRAMES = 16;
const MAX_PARTS = 12;
const MAX_PAINTED = 240;

/** A server that is away is asked again after this. */
const REST_MS = 2_000;

/** Reads outlines by parts of the video, one request at a time, and paints those that are shown; the oldest parts are dropped. */
export class MaskStore {
  #load;
  #size;
  #onLoad;
  /** @type {Map<number, Map<string, FoundMask>>} */ #parts = new Map();
  /** @type {Map<FoundMask, PaintedMask|null>} */ #painted = new Map();
  /** @type {number[]} */ #wanted = [];
  #isLoading = false;
  #isClosed = false;
  #restsUntil = 0;

  /**
   * @param {(from: number, to: number) => Promise<FoundMask[]>} load
   * @param {{width: number, height: number}} size of the picture @param {() => void} onLoad
   */
  constructor(load, size, onLoad) {
    this.#load = load;
    this.#size = size;
    this.#onLoad = onLoad;
  }

  /** Asks for the outlines around a frame. @param {number} frame @param {number} step every how manieth picture was looked at */
  want(frame, step) {
    const part = Math.floor(frame / (Math.max(1, step) * PART_FRAMES));
    this.#wanted = [part, part + 1].filter((one) => !this.#parts.has(one));
    void this.#loadWanted(Math.max(1, step) * PART_FRAMES);
  }

  /** The outline of an object, of its own frame; null where there is none, or not yet. @param {ShownObject} object @param {number} step */
  of({ source, frame }, step) {
    const part = this.#parts.get(Math.floor(frame / (Math.max(1, step) * PART_FRAMES)));
    const mask = part?.get(keyOf(frame, source.class, source.confidence, source.track_id));
    if (!mask) return null;
    const known = this.#painted.get(mask);
    if (known !== undefined) return known;
    const painted = this.#paint(mask);
    this.#painted.set(mask, painted);
    if (this.#painted.size > MAX_PAINTED) this.#painted.delete(/** @type {FoundMask} */ (this.#painted.keys().next().value));
    return painted;
  }

  /** @param {number} span frames of a part */
  async #loadWanted(span) {
    if (this.#isLoading || performance.now() < this.#restsUntil) return;
    this.#isLoading = true;
    while (this.#wanted.length > 0 && !this.#isClosed) {
      const part = /** @type {number} */ (this.#wanted.shift());
      try {
        const masks = await this.#load(part * span, (part + 1) * span - 1);
        this.#keep(part, masks);
        this.#onLoad();
      } catch {
        this.#restsUntil = performance.now() + REST_MS;
        break;
      }
    }
    this.#isLoading = false;
  }

  /** @param {number} part @param {FoundMask[]} masks */
  #keep(part, masks) {
    this.#parts.set(part, new Map(masks.map((mask) => [keyOf(mask.frame, mask.class, mask.confidence, mask.track_id), mask])));
    if (this.#parts.size <= MAX_PARTS) return;
    const [oldest] = this.#parts.keys();
    for (const mask of this.#parts.get(oldest)?.values() ?? []) this.#painted.delete(mask);
    this.#parts.delete(oldest);
  }

  /** @param {FoundMask} mask @returns {PaintedMask|null} */
  #paint(mask) {
    const crop = cropOf(mask.mask_rle, this.#size.width, this.#size.height);
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    if (!crop || !context) return null;
    Object.assign(canvas, { width: crop.width, height: crop.height });
    const image = context.createImageData(crop.width, crop.height);
    for (let i = 0; i < crop.alpha.length; i++) image.data[i * 4 + 3] = crop.alpha[i];
    context.putImageData(image, 0, 0);
    context.globalCompositeOperation = 'source-in';
    context.fillStyle = colourOf(trackNumber(mask.track_id));
    context.fillRect(0, 0, crop.width, crop.height);
    return { left: crop.left, top: crop.top, width: crop.width, height: crop.height, canvas };
  }

  close() {
    this.#isClosed = true;
    this.#parts.clear();
    this.#painted.clear();
  }
}

/** @param {number} frame @param {string} name @param {number} confidence @param {string|null} track */
function keyOf(frame, name, confidence, track) {
  return `${frame} ${track} ${confidence} ${name}`;
}
