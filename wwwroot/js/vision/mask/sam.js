// A promptable mask model at work.
import { ModelError } from '../model/fetch-model.js';
import { Preparer } from '../prepare/preparer.js';
import { imageNet, UNIT } from '../detect/tensor-plan.js';
import { sizeOf } from '../prepare/canvas-preparer.js';
import { clipTo } from '../detect/rect.js';
import { bestMask } from './best-mask.js';
import { KeptCrop } from './kept-crop.js';
import { liftMask } from './mask-lift.js';
import { cropAround, squareOf } from './sam-crop.js';
import { decoderEdges, isEncoder, sourceOf } from './sam-edges.js';
import { pointsOf } from './sam-points.js';

/** @typedef {import('../model/model-session.js').ModelSession} ModelSession */
/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('./sam-edges.js').SamEdges} SamEdges */
/** @typedef {import('onnxruntime-web').Tensor} Tensor */

const PROMPT_POINTS = 3;
const LOW_RESOLUTION = 256;

/** Cuts out what a box holds: the crop is encoded while it moves, the prompt decoded each time. Owns its sessions. */
export class Sam {
  #encoder; #decoder; #edges; #plan; #preparer;
  #kept = new KeptCrop();
  /** @type {Record<string, Tensor>} What the encoder gave for the kept crop. */ #embedding = {};
  #target = NaN;
  /** How often a crop was encoded. */
  encoded = 0;

  /**
   * @param {ModelSession} encoder @param {ModelSession|null} decoder null where the encoder takes the prompt as well
   * @param {SamEdges} edges @param {any} device
   */
  constructor(encoder, decoder, edges, device) {
    if (!encoder.plan) throw new ModelError('The mask model takes no picture.');
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#edges = edges;
    const plan = { ...encoder.plan, fit: /** @type {const} */ ('stretch') };
    // EfficientSAM normalises for itself and wants 0 to 1; an encoder that takes channels last does so too, from bytes.
    this.#plan = decoder ? (plan.interleaved ? plan : imageNet(plan)) : { ...plan, scale: UNIT };
    this.#preparer = new Preparer(encoder, this.#plan, device);
  }

  /** @param {ModelSession[]} sessions one, or an encoder and its decoder in any order @param {any} device */
  static of(sessions, device) {
    const whole = sessions.length === 1 ? sessions[0] : null;
    const encoder = whole ?? sessions.find(({ outputs, pictureInput }) => pictureInput && isEncoder(outputs));
    const decoder = whole ? null : sessions.find((session) => session !== encoder) ?? null;
    const edges = decoderEdges((decoder ?? encoder)?.inputs ?? [], (decoder ?? encoder)?.outputs ?? []);
    if (!encoder || !edges) throw new ModelError(`No mask model known here: ${sessions.map((session) => session.describe()).join('; ')}`);
    return new Sam(encoder, decoder, edges, device);
  }

  /**
   * @param {import('../prepare/canvas-preparer.js').Picture} picture stays the caller's
   * @param {Rect} box in its pixels @param {number} trackId @param {number} stampMs
   */
  async segment(picture, box, trackId, stampMs) {
    const { width, height } = sizeOf(picture);
    const wanted = cropAround(clipTo(box, width, height), width, height);
    if (trackId !== this.#target) this.#kept.forget();
    this.#target = trackId;
    const crop = (this.#decoder && this.#kept.serving(wanted, stampMs)) ?? wanted;
    const prompt = this.#decoder ?? this.#encoder;
    const feeds = this.#promptFeeds(prompt, box, crop);
    if (crop === wanted) {
      const { tensor } = await this.#preparer.prepare(picture, squareOf(crop));
      const input = /** @type {string} */ (this.#encoder.pictureInput);
      this.encoded++;
      if (this.#decoder) {
        this.#embedding = await this.#encoder.run({ [input]: tensor });
        this.#kept.keep(crop, stampMs);
      } else {
        feeds[input] = tensor;
      }
    }
    if (this.#decoder) this.#handOver(this.#decoder, feeds);
    const results = await prompt.run(feeds);
    const { masks, quality } = this.#edges;
    const map = bestMask(results[masks].dims, quality ? /** @type {any} */ (results[quality].data) : null);
    return liftMask({ data: /** @type {any} */ (results[masks].data), ...map }, squareOf(crop), width, height, trackId);
  }

  /**
   * Everything that the prompt's model takes but the picture and its embedding.
   * @param {ModelSession} session @param {Rect} box @param {import('./sam-crop.js').SamCrop} crop
   */
  #promptFeeds(session, box, crop) {
    /** @type {Record<string, Tensor>} */
    const feeds = {};
    for (const { name, shape, type = 'float32' } of session.inputs) {
      if (name === session.pictureInput || this.#comesFromEncoder(name)) continue;
      const dims = sizesOf(name, shape);
      const count = dims.reduce((product, size) => product * size, 1);
      const numbers = this.#numbersOf(name, count, box, crop);
      feeds[name] = /** @type {any} */ (new session.runtime.Tensor(/** @type {any} */ (type), arrayOf(type, numbers), dims));
    }
    return feeds;
  }

  /** @param {string} name @param {number} count @param {Rect} box @param {import('./sam-crop.js').SamCrop} crop */
  #numbersOf(name, count, box, crop) {
    const { points, labels } = this.#edges;
    if (name === points) return pointsOf(box, crop, this.#plan.width, count / 2).points;
    if (name === labels) return pointsOf(box, crop, this.#plan.width, count).labels;
    return name.includes('size') && count === 2 ? [this.#plan.height, this.#plan.width] : new Array(count).fill(0);
  }

  /** @param {string} input */
  #comesFromEncoder(input) {
    return this.#decoder !== null && sourceOf(input, this.#encoder.outputs.map(({ name }) => name)) !== null;
  }

  /** @param {ModelSession} decoder @param {Record<string, Tensor>} feeds */
  #handOver(decoder, feeds) {
    const outputs = Object.keys(this.#embedding);
    for (const { name } of decoder.inputs) {
      const source = sourceOf(name, outputs);
      if (source) feeds[name] = this.#embedding[source];
    }
  }

  async close() {
    this.#preparer.close();
    await this.#encoder.close();
    await this.#decoder?.close();
  }
}

/** @param {string} type @param {number[]} numbers @returns {any} */
function arrayOf(type, numbers) {
  if (type === 'int64') return BigInt64Array.from(numbers, (value) => BigInt(Math.round(value)));
  return type === 'int32' ? Int32Array.from(numbers, Math.round) : Float32Array.from(numbers);
}

/** @param {string} name @param {readonly (number|string)[]} shape */
function sizesOf(name, shape) {
  return shape.map((size, at) => {
    if (typeof size === 'number' && size >= 0) return size;
    const fromEnd = shape.length - at;
    if (name.includes('point_coords')) return fromEnd === 2 ? PROMPT_POINTS : fromEnd === 1 ? 2 : 1;
    if (name.includes('point_labels')) return fromEnd === 1 ? PROMPT_POINTS : 1;
    return name === 'mask_input' && fromEnd <= 2 ? LOW_RESOLUTION : 1;
  });
}
