// A picture and its mask on a canvas.
import { keepEdges } from './class-edges.js';

/** @typedef {'filled'|'contour'|'side-by-side'|'blend'} Overlay */

const LINES_PER_PIXEL_OF_LINE = 240;

export class MaskPainter {
  /** @type {HTMLCanvasElement} */ #canvas;
  #lines = document.createElement('canvas');

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  /**
   * Draws the two that belong together.
   * @param {ImageBitmap} picture @param {ImageBitmap} mask @param {Overlay} overlay @param {number} opacity
   */
  paint(picture, mask, overlay, opacity) {
    const { width, height } = picture;
    const wide = overlay === 'side-by-side' ? width * 2 : width;
    if (this.#canvas.width !== wide || this.#canvas.height !== height) {
      this.#canvas.width = wide;
      this.#canvas.height = height;
    }
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    context.imageSmoothingEnabled = false;
    context.globalAlpha = 1;
    context.globalCompositeOperation = 'source-over';
    if (overlay === 'side-by-side') {
      context.fillStyle = '#000';
      context.fillRect(width, 0, width, height);
      context.drawImage(picture, 0, 0);
      context.drawImage(mask, width, 0, width, height);
      return;
    }
    context.drawImage(picture, 0, 0);
    context.globalAlpha = opacity;
    // "color" is the hue and saturation of what is drawn with the light of what lies beneath.
    if (overlay === 'blend') context.globalCompositeOperation = 'color';
    context.drawImage(overlay === 'contour' ? this.#edges(mask) : mask, 0, 0, width, height);
    context.globalAlpha = 1;
    context.globalCompositeOperation = 'source-over';
  }

  /** Where the browser lacks the picture: nothing rather than an old one. */
  clear() {
    this.#canvas.getContext('2d')?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** @param {ImageBitmap} mask */
  #edges(mask) {
    const lines = this.#lines;
    lines.width = mask.width;
    lines.height = mask.height;
    const context = lines.getContext('2d', { willReadFrequently: true });
    if (!context) return mask;
    context.drawImage(mask, 0, 0);
    const image = context.getImageData(0, 0, mask.width, mask.height);
    keepEdges(new Uint32Array(image.data.buffer), mask.width, mask.height, Math.max(2, Math.round(mask.height / LINES_PER_PIXEL_OF_LINE)));
    context.putImageData(image, 0, 0);
    return lines;
  }
}
