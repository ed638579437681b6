// The detector that needs no model and no runtime: what moves.
import { sizeOf } from '../prepare/canvas-preparer.js';
import { Background } from './background.js';
import { findBlobs } from './blobs.js';

/** @typedef {import('../track/track.js').Detection} Detection */

export const MOTION = 'motion';

/** Of the working copy at most; 640×480 becomes 160×120. */
const MAX_SIDE = 160;
/** A part of the picture smaller than this is noise. */
const MIN_SHARE = 0.0015;
const MERGE_DISTANCE = 3.5;

/** Finds what moves before a background that it learns from the pictures themselves. Owns the background and a small canvas. */
export class MotionDetector {
  provider = /** @type {const} */ ('embedded');
  names = Object.freeze(['moving']);
  plan = Object.freeze({ width: MAX_SIDE, height: MAX_SIDE });
  /** @type {Background|null} */ #background = null;
  #context;

  constructor() {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('no 2D canvas');
    this.#context = context;
  }

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
    const { canvas } = this.#context;
    if (!this.#background || canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
      this.#background = new Background(width, height);
    }
    this.#context.drawImage(picture, 0, 0, width, height);
    const planes = planesOf(this.#context.getImageData(0, 0, width, height).data);
    const prepared = performance.now();
    const found = this.#background.update(planes) ? motionIn(this.#background, width, height) : [];
    const detections = found.filter(({ score }) => score >= confidence).sort((a, b) => b.score - a.score).slice(0, maxDetections)
      .map(({ classId, score, box }) => ({ classId, score, box: scaled(box, size.width / width, size.height / height) }));
    return { detections, prepareMs: prepared - began, detectMs: performance.now() - prepared };
  }

  async close() {
    this.#context.canvas.width = 0;
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

/** Luma and chroma as video has them. @param {Uint8ClampedArray} rgba @returns {import('./background.js').Planes} */
export function planesOf(rgba) {
  const count = rgba.length / 4;
  const planes = { y: new Float32Array(count), u: new Float32Array(count), v: new Float32Array(count) };
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    planes.y[i] = Math.round(16 + (y * 219) / 255);
    planes.u[i] = Math.round(128 + ((b - y) / 1.772) * (224 / 255));
    planes.v[i] = Math.round(128 + ((r - y) / 1.402) * (224 / 255));
  }
  return planes;
}

/** @param {import('../detect/rect.js').Rect} box @param {number} x @param {number} y */
function scaled({ left, top, right, bottom }, x, y) {
  return { left: left * x, top: top * y, right: right * x, bottom: bottom * y };
}
