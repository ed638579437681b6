// The way of a picture into a model's input.
import { letterbox } from '../detect/letterbox.js';
import { CanvasPreparer } from './canvas-preparer.js';
import { GpuPreparer } from './gpu-preparer.js';

/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('./canvas-preparer.js').Picture} Picture */

/** Goes the short way where the model runs on the graphics chip and the picture lies there, else by a canvas. Owns both. */
export class Preparer {
  #session; #plan; #device;
  /** @type {CanvasPreparer|null} */ #canvas = null;
  /** @type {GpuPreparer|null} */ #gpu = null;

  /**
   * @param {import('../model/model-session.js').ModelSession} session @param {import('../detect/tensor-plan.js').TensorPlan} plan
   * @param {any} device null where the model runs on the processor
   */
  constructor(session, plan, device) {
    this.#session = session;
    this.#plan = plan;
    this.#device = session.provider === 'webgpu' ? device : null;
  }

  /** @param {Picture} picture @param {Rect} source what of it the model is shown */
  prepare(picture, source) {
    const map = letterbox(source, this.#plan);
    if (this.#device && GpuPreparer.takes(this.#plan, picture)) {
      this.#gpu ??= new GpuPreparer(this.#session, this.#plan, this.#device);
      return { map, tensor: this.#gpu.prepare(/** @type {VideoFrame} */ (picture), source, map) };
    }
    this.#canvas ??= new CanvasPreparer(this.#session, this.#plan);
    return { map, tensor: this.#canvas.prepare(picture, source, map) };
  }

  close() {
    this.#canvas?.close();
    this.#gpu?.close();
  }
}
