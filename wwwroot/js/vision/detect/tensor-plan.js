// What a model wants of its picture.

/**
 * @typedef {object} TensorPlan
 * @property {number} width
 * @property {number} height
 * @property {'float32'|'float16'|'uint8'} type
 * @property {boolean} interleaved channels last (1×H×W×3) instead of first
 * @property {boolean} bgr blue first, as OpenCV reads pictures
 * @property {'centre'|'corner'|'stretch'} fit
 * @property {number} pad the byte that fills what the picture does not cover
 * @property {Triple} scale a byte times this, plus the bias, is the number: for red, green and blue
 * @property {Triple} bias
 */

/** @typedef {readonly [number, number, number]} Triple */

/** @type {Triple} */ export const BYTES = [1, 1, 1];
/** @type {Triple} */ export const UNIT = [1 / 255, 1 / 255, 1 / 255];
/** @type {Triple} */ export const NO_BIAS = [0, 0, 0];

const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** ImageNet's mean and deviation over bytes. @param {TensorPlan} plan @returns {TensorPlan} */
export function imageNet(plan) {
  const scale = /** @type {[number, number, number]} */ (DEVIATION.map((deviation) => 1 / (255 * deviation)));
  const bias = /** @type {[number, number, number]} */ (DEVIATION.map((deviation, at) => -MEAN[at] / deviation));
  return { ...plan, scale, bias };
}

/** @param {number} width @param {number} height @param {Partial<TensorPlan>} [rest] @returns {TensorPlan} */
export function planOf(width, height, rest = {}) {
  return {
    width, height, type: 'float32', interleaved: false, bgr: false, fit: 'centre', pad: 114, scale: BYTES, bias: NO_BIAS, ...rest,
  };
}
