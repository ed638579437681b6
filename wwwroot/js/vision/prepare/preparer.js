// The way of a picture into a model's input.
import { letterbox } from '../detect/letterbox.js';
import { CanvasPreparer } from './canvas-preparer.js';
import { GpuPreparer } from './gpu-preparer.js';
import { PlanePreparer } from './plane-preparer.js';
import { VideoPlanes } from './video-planes.js';

/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('./canvas-preparer.js').Picture} Picture */

/**
 * Goes the shortest way that there is: on the graphics chip where the model runs there, from a video's planes, or by a canvas.
 * A way that fails is not tried again. Owns all three.
 */
export class Preparer {
  #session; #plan; #device;
  /** @type {CanvasPreparer|null} */ #canvas = null;
  /** @type {PlanePreparer|null} */ #planes = null;
  /** @type {GpuPreparer|null} */ #gpu = null;
  #canCopy = true;

  /**
   * @param {import('../model/model-session.js').ModelSession} session @param {import('../detect/tensor-plan.js').TensorPlan} plan
   * @param {any} device null where the model runs on the processor
   */
  constructor(session, plan, device) {
    this.#session = session;
    this.#plan = plan;
    this.#device = session.provider === 'webgpu' && GpuPreparer.takes(plan) ? device : null;
  }

  /** @param {Picture} picture @param {Rect} source what of it the model is shown */
  async prepare(picture, source) {
    const map = letterbox(source, this.#plan);
    if (this.#device) {
      try {
        this.#gpu ??= new GpuPreparer(this.#session, this.#plan, this.#device);
        return { map, tensor: this.#gpu.prepare(picture, source, map) };
      } catch {
        this.#device = null;
      }
    }
    if (this.#canCopy && VideoPlanes.takes(picture)) {
      try {
        this.#planes ??= new PlanePreparer(this.#session, this.#plan);
        return { map, tensor: await this.#planes.prepare(picture, source, map) };
      } catch {
        this.#canCopy = false;
      }
    }
    this.#canvas ??= new CanvasPreparer(this.#session, this.#plan);
    return { map, tensor: this.#canvas.prepare(picture, source, map) };
  }

  close() {
    this.#canvas?.close();
    this.#gpu?.close();
  }
}
