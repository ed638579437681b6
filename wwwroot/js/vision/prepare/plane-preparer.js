// A video's picture into a model's input straight from its luma and chroma planes.
import { VideoPlanes } from './video-planes.js';

/** @typedef {import('../detect/letterbox.js').Letterbox} Letterbox */
/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('../detect/tensor-plan.js').TensorPlan} TensorPlan */
/** @typedef {import('./video-planes.js').Plane} Plane */

/** Red of V, green of U and V, blue of U, for levels of 0 to 255 (ITU-R BT.601 and BT.709). */
const BT601 = Object.freeze([1.402, 0.344136, 0.714136, 1.772]);
const BT709 = Object.freeze([1.5748, 0.187324, 0.468124, 1.8556]);

/**
 * Copies a picture's planes, which costs a fraction of turning all of it to red, green and blue, and scales only what the model is
 * shown, as the server does. Owns one tensor and the memory for planes.
 */
export class PlanePreparer {
  #plan; #data; #tensor;
  #video = new VideoPlanes();
  #rows = new Float32Array(0);
  #key = '';

  /** @param {import('../model/model-session.js').ModelSession} session @param {TensorPlan} plan */
  constructor(session, plan) {
    this.#plan = plan;
    ({ data: this.#data, tensor: this.#tensor } = session.pictureTensor(plan));
  }

  /** @param {VideoFrame} picture @param {Rect} source what of it the model is shown @param {Letterbox} map */
  async prepare(picture, source, map) {
    this.fill(await this.#video.read(picture), source, map, picture.colorSpace);
    return this.#tensor;
  }

  /**
   * @param {{luma: Plane, u: Plane, v: Plane}} planes @param {Rect} source @param {Letterbox} map
   * @param {{matrix?: string|null, fullRange?: boolean|null}} space
   */
  fill({ luma, u, v }, source, map, { matrix, fullRange }) {
    const { width, height, bgr, interleaved, pad, scale, bias } = this.#plan;
    const into = this.#data;
    const key = [map.width, map.height, map.offsetX, map.offsetY].join();
    const channelStep = interleaved ? 1 : width * height;
    const pixelStep = interleaved ? 3 : 1;
    const places = bgr ? [2, 1, 0] : [0, 1, 2];
    if (key !== this.#key) {
      this.#key = key;
      for (let at = 0; at < width * height; at++) {
        for (let colour = 0; colour < 3; colour++) into[at * pixelStep + places[colour] * channelStep] = pad * scale[colour] + bias[colour];
      }
    }
    if (this.#rows.length < 3 * map.width) this.#rows = new Float32Array(3 * map.width);
    const row = (/** @type {number} */ at) => this.#rows.subarray(at * map.width, (at + 1) * map.width);
    const [ys, us, vs] = [row(0), row(1), row(2)];
    const lumaColumns = columnsOf(luma, source.left, source.right - source.left, map.width);
    const chromaColumns = columnsOf(u, source.left / 2, (source.right - source.left) / 2, map.width);
    const [redV, greenU, greenV, blueU] = matrix === 'bt709' ? BT709 : BT601;
    const [black, lumaGain, chromaGain] = fullRange ? [0, 1, 1] : [16, 255 / 219, 255 / 224];
    const step = (source.bottom - source.top) / map.height;
    for (let line = 0; line < map.height; line++) {
      const y = source.top + (line + 0.5) * step;
      sampleRow(luma, y - 0.5, lumaColumns, ys);
      sampleRow(u, y / 2 - 0.5, chromaColumns, us);
      sampleRow(v, y / 2 - 0.5, chromaColumns, vs);
      let at = ((map.offsetY + line) * width + map.offsetX) * pixelStep;
      for (let x = 0; x < map.width; x++, at += pixelStep) {
        const light = (ys[x] - black) * lumaGain;
        const blue = (us[x] - 128) * chromaGain;
        const red = (vs[x] - 128) * chromaGain;
        into[at + places[0] * channelStep] = clamp(light + red * redV) * scale[0] + bias[0];
        into[at + places[1] * channelStep] = clamp(light - blue * greenU - red * greenV) * scale[1] + bias[1];
        into[at + places[2] * channelStep] = clamp(light + blue * blueU) * scale[2] + bias[2];
      }
    }
  }
}

/** @param {Plane} plane @param {number} left @param {number} extent @param {number} count */
function columnsOf({ width, step }, left, extent, count) {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const weight = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = Math.max(0, Math.min(left + ((i + 0.5) * extent) / count - 0.5, width - 1));
    const whole = Math.min(Math.trunc(at), Math.max(0, width - 2));
    first[i] = whole * step;
    second[i] = Math.min(whole + 1, width - 1) * step;
    weight[i] = at - whole;
  }
  return { first, second, weight };
}

/** @param {Plane} plane @param {number} y in pixel centres @param {ReturnType<typeof columnsOf>} columns @param {Float32Array} into */
function sampleRow({ data, start, stride, height }, y, { first, second, weight }, into) {
  const at = Math.max(0, Math.min(y, height - 1));
  const whole = Math.min(Math.trunc(at), Math.max(0, height - 2));
  const upper = start + whole * stride;
  const lower = start + Math.min(whole + 1, height - 1) * stride;
  const down = at - whole;
  for (let i = 0; i < into.length; i++) {
    const left = first[i];
    const right = second[i];
    const above = data[upper + left] + (data[upper + right] - data[upper + left]) * weight[i];
    const below = data[lower + left] + (data[lower + right] - data[lower + left]) * weight[i];
    into[i] = above + (below - above) * down;
  }
}

/** @param {number} level */
function clamp(level) {
  return level < 0 ? 0 : level > 255 ? 255 : level;
}
