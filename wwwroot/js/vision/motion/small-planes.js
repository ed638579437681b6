// A small copy of a picture, as luma and chroma.
import { VideoPlanes } from '../prepare/video-planes.js';

/** @typedef {import('../prepare/canvas-preparer.js').Picture} Picture */
/** @typedef {import('./background.js').Planes} Planes */
/** @typedef {import('../prepare/video-planes.js').Plane} Plane */

/** Reads a picture at a size of its own: a video's planes where they can be had, else through a small canvas. Owns both. */
export class SmallPlanes {
  #context;
  #video = new VideoPlanes();
  #canCopy = true;

  constructor() {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('no 2D canvas');
    this.#context = context;
  }

  /** @param {Picture} picture stays the caller's @param {number} width @param {number} height @returns {Promise<Planes>} */
  async read(picture, width, height) {
    if (this.#canCopy && VideoPlanes.takes(picture)) {
      try {
        return await this.#copy(picture, width, height);
      } catch {
        this.#canCopy = false;
      }
    }
    const { canvas } = this.#context;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    this.#context.drawImage(picture, 0, 0, width, height);
    return planesOf(this.#context.getImageData(0, 0, width, height).data);
  }

  /** @param {VideoFrame} picture @param {number} width @param {number} height */
  async #copy(picture, width, height) {
    const { luma, u, v } = await this.#video.read(picture);
    const range = picture.colorSpace.fullRange ? FULL_RANGE : VIDEO_RANGE;
    return {
      y: averages(luma, width, height, range.luma),
      u: averages(u, width, height, range.chroma),
      v: averages(v, width, height, range.chroma),
    };
  }

  close() {
    this.#context.canvas.width = 0;
  }
}

/** From a plane's levels to those that video has: gain, and what is added. */
const VIDEO_RANGE = Object.freeze({ luma: [1, 0], chroma: [1, 0] });
const FULL_RANGE = Object.freeze({ luma: [219 / 255, 16], chroma: [224 / 255, 128 - (128 * 224) / 255] });

/**
 * Each cell of a small plane is the mean of what it covers.
 * @param {Plane} plane @param {number} width @param {number} height @param {readonly number[]} levels
 */
export function averages({ data, start, stride, step, width: across, height: down }, width, height, [gain, offset]) {
  const into = new Float32Array(width * height);
  const columns = bordersOf(across, width);
  const rows = bordersOf(down, height);
  for (let row = 0; row < height; row++) {
    const [top, bottom] = [rows[2 * row], rows[2 * row + 1]];
    for (let column = 0; column < width; column++) {
      const [left, right] = [columns[2 * column], columns[2 * column + 1]];
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        const line = start + y * stride;
        for (let x = left; x < right; x++) sum += data[line + x * step];
      }
      into[row * width + column] = Math.round((gain * sum) / ((bottom - top) * (right - left)) + offset);
    }
  }
  return into;
}

/** First and one behind the last of what each cell covers, at least one. @param {number} source @param {number} cells */
function bordersOf(source, cells) {
  const borders = new Int32Array(2 * cells);
  for (let cell = 0; cell < cells; cell++) {
    const first = Math.min(source - 1, Math.floor((cell * source) / cells));
    borders[2 * cell] = first;
    borders[2 * cell + 1] = Math.max(first + 1, Math.floor(((cell + 1) * source) / cells));
  }
  return borders;
}

/** Luma and chroma as video has them. @param {Uint8ClampedArray} rgba @returns {Planes} */
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
