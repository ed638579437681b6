// A picture into a model's input by way of a canvas.
import { fillTensor } from '../detect/fill-tensor.js';

/** @typedef {import('../detect/letterbox.js').Letterbox} Letterbox */
/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('../detect/tensor-plan.js').TensorPlan} TensorPlan */
/** @typedef {VideoFrame|ImageBitmap} Picture */

/** @param {Picture} picture */
export function sizeOf(picture) {
  return 'displayWidth' in picture
    ? { width: picture.displayWidth, height: picture.displayHeight }
    : { width: picture.width, height: picture.height };
}

/** Scales and pads on a canvas in memory. Owns one tensor, which is filled again for each picture. */
export class CanvasPreparer {
  /** @type {TensorPlan} */ #plan;
  /** @type {OffscreenCanvasRenderingContext2D} */ #context;
  #data; #tensor;

  /** @param {import('../model/model-session.js').ModelSession} session @param {TensorPlan} plan */
  constructor(session, plan) {
    const context = new OffscreenCanvas(plan.width, plan.height).getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('no 2D canvas');
    this.#plan = plan;
    this.#context = context;
    ({ data: this.#data, tensor: this.#tensor } = session.pictureTensor(plan));
  }

  /** @param {Picture} picture @param {Rect} source what of it the model is shown @param {Letterbox} map */
  prepare(picture, source, map) {
    const context = this.#context;
    const { width, height, pad } = this.#plan;
    context.fillStyle = `rgb(${pad} ${pad} ${pad})`;
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'low';
    const { left, top } = source;
    context.drawImage(
      picture, left, top, source.right - left, source.bottom - top, map.offsetX, map.offsetY, map.width, map.height,
    );
    fillTensor(context.getImageData(0, 0, width, height).data, this.#plan, this.#data);
    return this.#tensor;
  }

  close() {
    this.#context.canvas.width = 0;
  }
}
