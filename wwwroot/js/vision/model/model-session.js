// One model in the runtime.
import { planOf } from '../detect/tensor-plan.js';
import { readMetadata } from './onnx-header.js';
import { ModelError } from './fetch-model.js';

/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('../messages.js').Provider} Provider */
/** @typedef {import('../detect/tensor-plan.js').TensorPlan} TensorPlan */
/** @typedef {import('../mask/sam-edges.js').Edge} Edge */
/** @typedef {import('onnxruntime-web').Tensor} Tensor */

const TYPES = /** @type {const} */ (['float32', 'float16', 'uint8']);
const DETECTOR_SIDE = 640;
const PHONE_SIDE = 320;
const SAM_SIDE = 1024;
const MIN_SIDE = 8;

/** A session with what its edges say: which input takes the picture, and how large. Owns the session. */
export class ModelSession {
  /** @type {import('onnxruntime-web').InferenceSession} */ #session;

  /**
   * @param {Runtime} runtime @param {import('onnxruntime-web').InferenceSession} session @param {Map<string, string>} metadata
   * @param {Provider} provider @param {boolean} isPhone
   */
  constructor(runtime, session, metadata, provider, isPhone) {
    this.runtime = runtime;
    this.provider = provider;
    this.metadata = metadata;
    this.#session = session;
    this.inputs = edgesOf(session.inputMetadata);
    this.outputs = edgesOf(session.outputMetadata);
    const picture = this.inputs.find(isPicture) ?? null;
    this.pictureInput = picture?.name ?? null;
    /** @type {TensorPlan|null} */
    this.plan = picture && this.#planOf(picture, isPhone);
  }

  /** @param {Runtime} runtime @param {Uint8Array} bytes @param {Provider} provider @param {boolean} isPhone */
  static async open(runtime, bytes, provider, isPhone) {
    const metadata = readMetadata(bytes);
    if (!metadata) throw new ModelError('This file is cut off, or is no ONNX model.');
    const session = await runtime.InferenceSession.create(bytes, { executionProviders: [provider], graphOptimizationLevel: 'all' });
    return new ModelSession(runtime, session, metadata, provider, isPhone);
  }

  /** Runs once. The caller owns what comes back. @param {Record<string, Tensor>} feeds @returns {Promise<Record<string, Tensor>>} */
  async run(feeds) {
    return /** @type {Record<string, Tensor>} */ (await this.#session.run(feeds));
  }

  /** An input's tensor over memory that is used again and again. @param {TensorPlan} plan */
  pictureTensor(plan) {
    const dims = plan.interleaved ? [1, plan.height, plan.width, 3] : [1, 3, plan.height, plan.width];
    const data = arrayFor(plan.type, 3 * plan.width * plan.height);
    return { data, tensor: new this.runtime.Tensor(plan.type, /** @type {any} */ (data), dims) };
  }

  describe() {
    const list = (/** @type {Edge[]} */ edges) => edges.map(({ name, shape }) => `${name} [${shape.join(',')}]`).join(' ');
    return `inputs ${list(this.inputs)}; outputs ${list(this.outputs)}`;
  }

  async close() {
    await this.#session.release().catch(() => {});
  }

  /** @param {Edge & {type?: string}} picture @param {boolean} isPhone @returns {TensorPlan} */
  #planOf({ shape, type, name }, isPhone) {
    if (!TYPES.some((known) => known === type)) throw new ModelError(`The input ${name} takes ${type}, which no picture is written as.`);
    const interleaved = isInterleaved(shape);
    const [height, width] = interleaved ? shape.slice(-3, -1) : shape.slice(-2);
    const [freeHeight, freeWidth] = this.#freeSize(isPhone);
    return planOf(fixed(width) ?? freeWidth, fixed(height) ?? freeHeight, { type: /** @type {any} */ (type), interleaved });
  }

  /** Ultralytics writes "imgsz": "[640, 640]" into a model's metadata. @param {boolean} isPhone @returns {[number, number]} */
  #freeSize(isPhone) {
    if (this.inputs.some(({ name }) => name.includes('point_coords')) || this.outputs.some(({ name }) => name.includes('embed'))) {
      return [SAM_SIDE, SAM_SIDE];
    }
    const written = /\[\s*(\d+)\s*,\s*(\d+)\s*\]/.exec(this.metadata.get('imgsz') ?? '');
    const sides = written ? [Number(written[1]), Number(written[2])] : [DETECTOR_SIDE, DETECTOR_SIDE];
    const [height, width] = sides.map((side) => Math.min(side, isPhone ? PHONE_SIDE : Infinity));
    return [height, width];
  }
}

/** @param {readonly any[]} metadata @returns {(Edge & {type?: string})[]} */
function edgesOf(metadata) {
  return metadata.map(({ name, shape = [], type }) => ({ name, shape, type }));
}

/** Null where the model leaves it open. @param {number|string} side */
function fixed(side) {
  return typeof side === 'number' && side > 0 ? side : null;
}

/** @param {readonly (number|string)[]} shape */
function isInterleaved(shape) {
  return (shape.length === 3 || shape.length === 4) && shape[shape.length - 1] === 3 && shape[shape.length - 3] !== 3;
}

/** @param {Edge} edge */
function isPicture({ shape }) {
  const interleaved = isInterleaved(shape);
  if (!interleaved && !(shape.length === 4 && shape[1] === 3)) return false;
  return (interleaved ? shape.slice(-3, -1) : shape.slice(-2)).every((side) => typeof side !== 'number' || side < 0 || side >= MIN_SIDE);
}

/** @param {TensorPlan['type']} type @param {number} length */
function arrayFor(type, length) {
  if (type === 'uint8') return new Uint8Array(length);
  if (type === 'float32') return new Float32Array(length);
  const Half = /** @type {any} */ (globalThis).Float16Array;
  if (!Half) throw new ModelError('This browser has no half-precision numbers, which the model takes.');
  return new Half(length);
}
