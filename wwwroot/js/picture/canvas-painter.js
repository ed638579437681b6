// The blur, without a graphics chip.
import { blurSigma, smallSize } from './blur-size.js';
import { VideoPixels } from './video-pixels.js';

/** @typedef {import('./painter.js').Alpha} Alpha */
/** @typedef {import('./painter.js').Effect} Effect */
/** @typedef {import('../overlay/fit.js').Rect} Rect */

/** The edge of a mask, as levels: nothing below the first, all of it from the second on. */
const EDGE = Object.freeze([0.15 * 255, 0.85 * 255]);

/** Draws a video's picture into a canvas, sharp or with everything but the subject blurred, by the canvas's own means. */
export class CanvasPainter {
  #canvas; #context; #small; #soft; #layer; #mask;
  /** @type {Alpha|null} */ #loaded = null;
  /** @type {Effect|null} */ #effect = null;
  #pixels = new VideoPixels((pixels) => {
    if (pixels.width !== this.#canvas.width || pixels.height !== this.#canvas.height) return;
    this.#context.putImageData(pixels, 0, 0);
    this.#apply();
  });

  /** @param {HTMLCanvasElement} canvas @throws where it gives no context */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = contextOf(canvas, false);
    this.#small = contextOf(new OffscreenCanvas(1, 1), false);
    this.#soft = contextOf(new OffscreenCanvas(1, 1), false);
    this.#layer = contextOf(new OffscreenCanvas(1, 1), true);
    this.#mask = contextOf(new OffscreenCanvas(1, 1), true);
  }

  /** @param {CanvasImageSource} source @param {number} width @param {number} height @param {Effect|null} effect */
  paint(source, width, height, effect) {
    if (!(width > 0 && height > 0)) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) this.#resize(width, height);
    this.#effect = effect;
    if (this.#pixels.take(source)) return;
    this.#context.drawImage(source, 0, 0, width, height);
    this.#apply();
  }

  /** Blurs the picture that is there. */
  #apply() {
    const effect = this.#effect;
    if (!effect || effect.strength <= 0.01) return;
    const { width, height } = this.#canvas;
    this.#blur(blurSigma(effect.strength, width, height));
    this.#load(effect.alpha);
    const [x, y, across, down] = effect.place;
    const where = { left: (-x / across) * width, top: (-y / down) * height, width: width / across, height: height / down };
    // What stays sharp is cut out before the blur covers it.
    this.#cut(effect.inside ? this.#soft.canvas : this.#canvas, where);
    if (!effect.inside) this.#context.drawImage(this.#soft.canvas, 0, 0, width, height);
    this.#context.drawImage(this.#layer.canvas, 0, 0);
  }

  /** The picture that was just drawn, small and blurred. @param {number} sigma in the small picture's pixels */
  #blur(sigma) {
    const small = this.#small;
    const soft = this.#soft;
    const { width, height } = small.canvas;
    small.drawImage(this.#canvas, 0, 0, width, height);
    soft.filter = 'none';
    // Below the blurred one, whose edges fade.
    soft.drawImage(small.canvas, 0, 0);
    if (typeof soft.filter === 'string') {
      soft.filter = `blur(${sigma}px)`;
      soft.drawImage(small.canvas, 0, 0);
    } else {
      // A browser whose canvas has no filters: made smaller still, and stretched again.
      const share = 1 / Math.max(1, 2 * sigma);
      small.drawImage(soft.canvas, 0, 0, width * share, height * share);
      soft.drawImage(small.canvas, 0, 0, width * share, height * share, 0, 0, width, height);
    }
  }

  /** The layer becomes what of a picture the mask covers. @param {CanvasImageSource} picture @param {Rect} where */
  #cut(picture, { left, top, width, height }) {
    const layer = this.#layer;
    layer.globalCompositeOperation = 'copy';
    layer.drawImage(this.#mask.canvas, left, top, width, height);
    layer.globalCompositeOperation = 'source-in';
    layer.drawImage(picture, 0, 0, layer.canvas.width, layer.canvas.height);
  }

  /** @param {Alpha} alpha */
  #load(alpha) {
    if (this.#loaded === alpha) return;
    this.#loaded = alpha;
    const { width, height } = alpha;
    const pixels = new ImageData(width, height);
    for (let at = 0; at < width * height; at++) {
      const share = Math.min(1, Math.max(0, (alpha.alpha[at] - EDGE[0]) / (EDGE[1] - EDGE[0])));
      pixels.data[4 * at + 3] = 255 * share * share * (3 - 2 * share);
    }
    Object.assign(this.#mask.canvas, { width, height });
    this.#mask.putImageData(pixels, 0, 0);
  }

  /** @param {number} width @param {number} height */
  #resize(width, height) {
    Object.assign(this.#canvas, { width, height });
    Object.assign(this.#layer.canvas, { width, height });
    const small = smallSize(width, height);
    for (const { canvas } of [this.#small, this.#soft]) Object.assign(canvas, small);
  }

  close() {
    this.#pixels.close();
    for (const { canvas } of [this.#small, this.#soft, this.#layer, this.#mask]) canvas.width = 0;
  }
}

/**
 * @template {HTMLCanvasElement|OffscreenCanvas} C
 * @param {C} canvas @param {boolean} alpha
 * @returns {C extends HTMLCanvasElement ? CanvasRenderingContext2D : OffscreenCanvasRenderingContext2D}
 */
function contextOf(canvas, alpha) {
  const context = canvas.getContext('2d', { alpha });
  if (!context) throw new Error('no 2D canvas');
  return /** @type {any} */ (context);
}
