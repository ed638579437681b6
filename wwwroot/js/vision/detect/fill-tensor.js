// Pixels into a model's numbers.
/** @typedef {import('./tensor-plan.js').TensorPlan} TensorPlan */

/**
 * Writes pixels as a plan wants them, as large as the input.
 * @param {Uint8ClampedArray} rgba
 * @param {TensorPlan} plan
 * @param {Float32Array|Uint8Array|{[at: number]: number}} into
 */
export function fillTensor(rgba, plan, into) {
  const count = plan.width * plan.height;
  for (let channel = 0; channel < 3; channel++) {
    const colour = plan.bgr ? 2 - channel : channel;
    const levels = levelsOf(plan, colour);
    if (plan.interleaved) {
      for (let at = 0, from = colour, to = channel; at < count; at++, from += 4, to += 3) into[to] = levels[rgba[from]];
    } else {
      const plane = channel * count;
      for (let at = 0, from = colour; at < count; at++, from += 4) into[plane + at] = levels[rgba[from]];
    }
  }
}

/** @type {WeakMap<TensorPlan, Float32Array[]>} */
const tables = new WeakMap();

/** What each byte of a colour becomes. @param {TensorPlan} plan @param {number} colour */
function levelsOf(plan, colour) {
  let ofPlan = tables.get(plan);
  if (!ofPlan) {
    ofPlan = [0, 1, 2].map((c) => Float32Array.from({ length: 256 }, (_, byte) => byte * plan.scale[c] + plan.bias[c]));
    tables.set(plan, ofPlan);
  }
  return ofPlan[colour];
}
