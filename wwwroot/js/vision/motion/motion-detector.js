// The detector that needs no model and no runtime: what moves.
import { sizeOf } from '../prepare/canvas-preparer.js';
import { Background } from './background.js';
import { findBlobs } from './blobs.js';
import { SmallPlanes } from './small-planes.js';

/** @typedef {import('../track/track.js').Detection} Detection */

export const MOTION = 'motion';

/** Of the working copy at most; 640×480 becomes 160×120. */
const MAX_SIDE = 160;
/** A part of the picture smaller than this is noise. */
const MIN_SHARE = 0.0015;
const MERGE_DISTANCE = 3.5;

/** Finds what moves before a background that it learns from the pictures themselves. Owns the background and the small copy. */
export class MotionDetector {
  provider = /** @type {const} */ ('embedded');
  names = Object.freeze(['moving']);
  plan = Object.freeze({ width: MAX_SIDE, height: MAX_SIDE });
  /** @type {Background|null} */ #background = null;
  #size = [0, 0];
  #planes = new SmallPlanes();

  /**
   * @param {import('../prepare/canvas-preparer.js').Picture} picture stays the caller's
   * @param {{confidence: number, maxDetections: number}} settings
   * @returns {Promise<{detections: Detection[], prepareMs: number, detectMs: number}>}
   */
  async detect(picture, { confidence, maxDetections }) {
    const began = performance.now();
    const size = sizeOf(picture);
    const scale = Math.min(1, MAX_SIDE / Math.max(size.width, size.height));
    const width = Math.max(3, Math.round(size.width * scale));
    const height = Math.max(3, Math.round(size.height * scale));
    if (!this.#background || this.#size[0] !== width || this.#size[1] !== height) {
      this.#size = [width, height];
      this.#background = new Background(width, height);
    }
    const planes = await this.#planes.read(picture, width, height);
    const prepared = performance.now();
    const found = this.#background.update(planes) ? motionIn(this.#background, width, height) : [];
    const detections = found.filter(({ score }) => score >= confidence).sort((a, b) => b.score - a.score).slice(0, maxDetections)
      .map(({ classId, score, box }) => ({ classId, score, box: scaled(box, size.width / width, size.height / height) }));
    return { detections, prepareMs: prepared - began, detectMs: performance.now() - prepared };
  }

  async close() {
    this.#planes.close();
  }
}

/** @param {Background} background @param {number} width @param {number} height @returns {Detection[]} in the small picture's pixels */
export function motionIn({ foreground, strength }, width, height) {
  const smallest = Math.max(4, Math.trunc(MIN_SHARE * width * height));
  return findBlobs(foreground, strength, width, height, smallest, MERGE_DISTANCE).map((blob) => {
    // How sure it is: by how much it stands out and how full its box is.
    const contrast = Math.min(1, blob.strength / blob.pixels / 48);
    const fill = Math.min(1, blob.pixels / (0.5 * (blob.right - blob.left) * (blob.bottom - blob.top)));
    return { classId: 0, score: Math.min(0.99, 0.35 + 0.45 * contrast + 0.2 * fill), box: blob };
  });
}

/** @param {import('../detect/rect.js').Rect} box @param {number} x @param {number} y */
function scaled({ left, top, right, bottom }, x, y) {
  return { left: left * x, top: top * y, right: right * x, bottom: bottom * y };
}
