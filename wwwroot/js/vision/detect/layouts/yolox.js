// YOLOX: [1, cells, 5 + classes], one box a cell, blue first, scaled into the top-left corner.
import { around } from '../candidates.js';
import { across, cells, THREE_LEVELS } from '../grid.js';
import { BYTES, NO_BIAS } from '../tensor-plan.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Probe} Probe */

/** @param {Probe} probe @returns {Layout|null} */
export function yolox({ outputs, plan }) {
  const [output] = outputs;
  if (outputs.length !== 1 || output.dims.length !== 3 || output.dims[2] < 6) return null;
  if (output.dims[1] !== cells(plan.width, plan.height, THREE_LEVELS)) return null;
  const raw = isRaw(output, plan);
  const own = { ...plan, bgr: true, fit: /** @type {const} */ ('corner'), pad: 114, scale: BYTES, bias: NO_BIAS };
  return {
    name: 'yolox',
    plan: own,
    classCount: output.dims[2] - 5,
    choosesItself: false,
    decode: ([values], confidence) => decode(values, own, raw, confidence),
  };
}

/**
 * @param {import('./layout.js').Values} values @param {import('../tensor-plan.js').TensorPlan} plan @param {boolean} raw
 * @param {number} confidence
 */
function decode({ dims, data }, plan, raw, confidence) {
  const found = [];
  const width = dims[2];
  let row = 0;
  for (const stride of THREE_LEVELS) {
    const wide = across(plan.width, stride);
    const high = across(plan.height, stride);
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < wide; x++, row++) {
        const at = row * width;
        const object = data[at + 4];
        if (!(object >= confidence)) continue;
        let best = 5;
        for (let i = 6; i < width; i++) if (data[at + i] > data[at + best]) best = i;
        const score = object * data[at + best];
        if (!(score >= confidence)) continue;
        const [cx, cy, w, h] = data.subarray(at, at + 4);
        found.push(raw
          ? around((cx + x) * stride, (cy + y) * stride, Math.exp(w) * stride, Math.exp(h) * stride, score, best - 5, row)
          : around(cx, cy, w, h, score, best - 5, row));
      }
    }
  }
  return found;
}

/**
 * Exported raw, centres lie within a few cells of zero everywhere; with the grid applied, those of the last column lie near the
 * picture's right edge.
 * @param {import('./layout.js').Values} output @param {import('../tensor-plan.js').TensorPlan} plan
 */
function isRaw({ dims, data }, plan) {
  const [stride] = THREE_LEVELS;
  const wide = across(plan.width, stride);
  const high = across(plan.height, stride);
  let sum = 0;
  for (let y = 0; y < high; y++) sum += data[(y * wide + wide - 1) * dims[2]];
  return sum / high < (wide - 1) * stride / 2;
}
