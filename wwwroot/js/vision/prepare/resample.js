// Pixels of a picture, scaled, into a model's numbers.

/** @typedef {import('../detect/letterbox.js').Letterbox} Letterbox */
/** @typedef {import('../detect/tensor-plan.js').TensorPlan} TensorPlan */
/** @typedef {{data: Uint8ClampedArray, width: number, height: number}} Pixels */
/** @typedef {{[at: number]: number, fill: (value: number, from?: number, to?: number) => unknown}} Numbers */
/** @typedef {{first: Int32Array, second: Int32Array, weight: Float32Array}} Axis */

/**
 * Scales bilinearly by pixel centres, as the server and OpenCV do, so that the same picture gives the same boxes in every
 * browser: a canvas scales as each browser likes. Keeps the tables of the last size.
 */
export class Resampler {
  #plan; #into;
  #key = '';
  /** @type {Axis|null} */ #x = null;
  /** @type {Axis|null} */ #y = null;

  /** @param {TensorPlan} plan @param {Numbers} into filled again and again */
  constructor(plan, into) {
    this.#plan = plan;
    this.#into = into;
  }

  /** @param {Pixels} pixels all that the model is shown @param {Letterbox} map */
  fill(pixels, map) {
    const key = [pixels.width, pixels.height, map.width, map.height, map.offsetX, map.offsetY].join();
    if (key !== this.#key || !this.#x || !this.#y) {
      this.#key = key;
      this.#x = axisOf(pixels.width, map.width, 4);
      this.#y = axisOf(pixels.height, map.height, 4 * pixels.width);
      this.#pad();
    }
    const { width, height, bgr, interleaved, scale, bias } = this.#plan;
    const plane = interleaved ? 1 : width * height;
    const step = interleaved ? 3 : 1;
    for (let channel = 0; channel < 3; channel++) {
      const colour = bgr ? 2 - channel : channel;
      this.#channel(pixels.data, this.#x, this.#y, colour, scale[colour], bias[colour], channel * plane, step, map);
    }
  }

  /**
   * @param {Uint8ClampedArray} data @param {Axis} x @param {Axis} y @param {number} colour @param {number} scale @param {number} bias
   * @param {number} start @param {number} step @param {Letterbox} map
   */
  #channel(data, x, y, colour, scale, bias, start, step, map) {
    const into = this.#into;
    const { first, second, weight } = x;
    for (let row = 0; row < map.height; row++) {
      const upper = y.first[row] + colour;
      const lower = y.second[row] + colour;
      const down = y.weight[row];
      let at = start + ((map.offsetY + row) * this.#plan.width + map.offsetX) * step;
      for (let column = 0; column < map.width; column++, at += step) {
        const left = first[column];
        const right = second[column];
        const above = data[upper + left] + (data[upper + right] - data[upper + left]) * weight[column];
        const below = data[lower + left] + (data[lower + right] - data[lower + left]) * weight[column];
        into[at] = (above + (below - above) * down) * scale + bias;
      }
    }
  }

  /** What the picture does not cover stays as it is until the size changes. */
  #pad() {
    const { width, height, bgr, interleaved, pad, scale, bias } = this.#plan;
    const count = width * height;
    for (let channel = 0; channel < 3; channel++) {
      const colour = bgr ? 2 - channel : channel;
      const value = pad * scale[colour] + bias[colour];
      if (!interleaved) this.#into.fill(value, channel * count, (channel + 1) * count);
      else for (let at = channel; at < 3 * count; at += 3) this.#into[at] = value;
    }
  }
}

/**
 * For each target the two sources that it lies between, and how much of the second.
 * @param {number} source @param {number} target @param {number} stride @returns {Axis}
 */
function axisOf(source, target, stride) {
  const first = new Int32Array(target);
  const second = new Int32Array(target);
  const weight = new Float32Array(target);
  for (let i = 0; i < target; i++) {
    const at = Math.max(0, Math.min(((i + 0.5) * source) / target - 0.5, source - 1));
    const whole = Math.min(Math.trunc(at), Math.max(0, source - 2));
    first[i] = whole * stride;
    second[i] = Math.min(whole + 1, source - 1) * stride;
    weight[i] = at - whole;
  }
  return { first, second, weight };
}
