// A picture into a model's input by way of a canvas.
import { Resampler } from './resample.js';

/** @typedef {import('../detect/letterbox.js').Letterbox} Letterbox */
/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('../detect/tensor-plan.js').TensorPlan} TensorPlan */
/** @typedef {VideoFrame|ImageBitmap} Picture */

/** A larger picture is first made smaller by the canvas itself: reading it back would take longer than the model. */
const MAX_SIDE = 1920;

/** @param {Picture} picture */
export function sizeOf(picture) {
  return 'displayWidth' in picture
    ? { width: picture.displayWidth, height: picture.displayHeight }
    : { width: picture.width, height: picture.height };
}

/** Reads pixels through a canvas in memory and scales them itself. Owns one tensor, which is filled again for each picture. */
export class CanvasPreparer {
  #context; #resampler; #tensor; #pad;

  /** @param {import('../model/model-session.js').ModelSession} session @param {TensorPlan} plan */
  constructor(session, plan) {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('no 2D canvas');
    this.#context = context;
    this.#pad = `rgb(${plan.pad} ${plan.pad} ${plan.pad})`;
    const { data, tensor } = session.pictureTensor(plan);
    this.#resampler = new Resampler(plan, data);
    this.#tensor = tensor;
  }

  /** @param {Picture} picture @param {Rect} source what of it the model is shown, on whole pixels @param {Letterbox} map */
  prepare(picture, source, map) {
    const context = this.#context;
    const { canvas } = context;
    const { left, top } = source;
    const across = source.right - left;
    const down = source.bottom - top;
    const shrink = Math.min(1, MAX_SIDE / Math.max(across, down));
    const width = Math.max(1, Math.round(across * shrink));
    const height = Math.max(1, Math.round(down * shrink));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const size = sizeOf(picture);
    if (left < 0 || top < 0 || source.right > size.width || source.bottom > size.height) {
      context.fillStyle = this.#pad;
      context.fillRect(0, 0, width, height);
    }
    context.drawImage(picture, left, top, across, down, 0, 0, width, height);
    this.#resampler.fill(context.getImageData(0, 0, width, height), map);
    return this.#tensor;
  }

  close() {
    this.#context.canvas.width = 0;
  }
}
