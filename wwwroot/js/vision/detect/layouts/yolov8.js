// YOLOv8, 9, 11 and 12: [1, 4 + classes, boxes], a column a box. With mask prototypes [1, k, h, w] each ends in k coefficients.
import { around } from '../candidates.js';
import { cells, THREE_LEVELS } from '../grid.js';
import { NO_BIAS, UNIT } from '../tensor-plan.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Probe} Probe */

/** @param {Probe} probe @returns {Layout|null} */
export function yolov8({ outputs, plan }) {
  const boxes = outputs.findIndex(({ dims }) => dims.length === 3);
  const prototypes = outputs.findIndex(({ dims }) => dims.length === 4);
  if (boxes < 0 || outputs.length !== (prototypes < 0 ? 1 : 2)) return null;
  const { dims } = outputs[boxes];
  const coefficients = prototypes < 0 ? 0 : outputs[prototypes].dims[1];
  const classCount = dims[1] - 4 - coefficients;
  if (dims[2] !== cells(plan.width, plan.height, THREE_LEVELS) || classCount < 1) return null;
  return {
    name: coefficients > 0 ? 'yolov8-seg' : 'yolov8',
    plan: { ...plan, fit: 'centre', pad: 114, scale: UNIT, bias: NO_BIAS },
    classCount,
    choosesItself: false,
    decode: (values, confidence) => decode(values[boxes], classCount, confidence),
  };
}

/** @param {import('./layout.js').Values} values @param {number} classCount @param {number} confidence */
function decode({ dims: [, , count], data }, classCount, confidence) {
  // Class by class, so that memory is read in order.
  const best = Float32Array.from(data.subarray(4 * count, 5 * count));
  const classes = new Int32Array(count);
  for (let c = 1; c < classCount; c++) {
    const row = (4 + c) * count;
    for (let i = 0; i < count; i++) {
      if (data[row + i] <= best[i]) continue;
      best[i] = data[row + i];
      classes[i] = c;
    }
  }
  const found = [];
  for (let i = 0; i < count; i++) {
    if (!(best[i] >= confidence)) continue;
    found.push(around(data[i], data[count + i], data[2 * count + i], data[3 * count + i], best[i], classes[i], i));
  }
  return found;
}
