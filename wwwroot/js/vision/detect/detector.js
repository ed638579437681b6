// A detection model at work.
import { ModelError } from '../model/fetch-model.js';
import { sizeOf } from '../prepare/canvas-preparer.js';
import { Preparer } from '../prepare/preparer.js';
import { select } from './candidates.js';
import { namesFor } from './class-names.js';
import { KNOWN_LAYOUTS, recognise } from './layouts/layout.js';
import { toPicture } from './letterbox.js';
import { area, clipTo } from './rect.js';

/** @typedef {import('../track/track.js').Detection} Detection */
/** @typedef {import('../model/model-session.js').ModelSession} ModelSession */
/** @typedef {import('./layouts/layout.js').Values} Values */

/** Finds objects in pictures. Owns its session and the memory of its input. */
export class Detector {
  #session; #layout; #preparer;

  /** @param {ModelSession} session @param {import('./layouts/layout.js').Layout} layout @param {any} device */
  constructor(session, layout, device) {
    this.#session = session;
    this.#layout = layout;
    this.#preparer = new Preparer(session, layout.plan, device);
    this.names = namesFor(session.metadata, layout.classCount);
  }

  /** Knows the layout by what comes out of an empty picture. @param {ModelSession} session @param {any} device */
  static async open(session, device) {
    const { plan, pictureInput } = session;
    if (!plan || !pictureInput) throw new ModelError(`The model takes no picture: ${session.describe()}`);
    const outputs = valuesOf(session, await session.run({ [pictureInput]: session.pictureTensor(plan).tensor }));
    const layout = recognise({ outputs, plan });
    if (!layout) throw new ModelError(`The model is of no family known here: ${session.describe()}. Known: ${KNOWN_LAYOUTS}`);
    return new Detector(session, layout, device);
  }

  get provider() {
    return this.#session.provider;
  }

  get layout() {
    return this.#layout.name;
  }

  get plan() {
    return this.#layout.plan;
  }

  /**
   * @param {import('../prepare/canvas-preparer.js').Picture} picture stays the caller's
   * @param {{confidence: number, nms: number, maxDetections: number}} settings
   * @returns {Promise<{detections: Detection[], prepareMs: number, detectMs: number}>}
   */
  async detect(picture, { confidence, nms, maxDetections }) {
    const began = performance.now();
    const { width, height } = sizeOf(picture);
    const { map, tensor } = await this.#preparer.prepare(picture, { left: 0, top: 0, right: width, bottom: height });
    const prepared = performance.now();
    const input = /** @type {string} */ (this.#session.pictureInput);
    const values = valuesOf(this.#session, await this.#session.run({ [input]: tensor }));
    const found = select(this.#layout.decode(values, confidence), this.#layout.choosesItself ? 1 : nms, maxDetections);
    const detections = found.map((candidate) => ({
      classId: candidate.classId,
      score: Math.min(candidate.score, 1),
      box: clipTo(toPicture(map, candidate), width, height),
    }));
    return {
      detections: detections.filter(({ box }) => area(box) > 0),
      prepareMs: prepared - began,
      detectMs: performance.now() - prepared,
    };
  }

  async close() {
    this.#preparer.close();
    await this.#session.close();
  }
}

/**
 * In the model's order, as floats.
 * @param {ModelSession} session @param {Record<string, import('onnxruntime-web').Tensor>} results @returns {Values[]}
 */
function valuesOf(session, results) {
  return session.outputs.map(({ name }) => {
    const { dims, data } = results[name];
    const floats = data instanceof Float32Array ? data : Float32Array.from(/** @type {any} */ (data), Number);
    return { dims, data: floats };
  });
}
