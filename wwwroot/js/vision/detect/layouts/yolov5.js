// YOLOv5 and v7: [1, 3 × cells, 5 + classes], centres and sizes in pixels, scores as probabilities.
import { around } from '../candidates.js';
import { cells, FOUR_LEVELS, THREE_LEVELS } from '../grid.js';
import { NO_BIAS, UNIT } from '../tensor-plan.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Probe} Probe */

const ANCHORS = 3;

/** @param {Probe} probe @returns {Layout|null} */
export function yolov5({ outputs, plan }) {
  // Older exports give the three raw feature maps besides; the first output is the one that is decoded.
  const { dims } = outputs[0];
  if (dims.length !== 3 || dims[2] < 6) return null;
  if (![THREE_LEVELS, FOUR_LEVELS].some((levels) => dims[1] === ANCHORS * cells(plan.width, plan.height, levels))) return null;
  return {
    name: 'yolov5',
    plan: { ...plan, fit: 'centre', pad: 114, scale: UNIT, bias: NO_BIAS },
    classCount: dims[2] - 5,
    choosesItself: false,
    decode: ([{ dims: [, rows, width], data }], confidence) => {
      const found = [];
      for (let row = 0; row < rows; row++) {
        const at = row * width;
        if (!(data[at + 4] >= confidence)) continue;
        let best = 5;
        for (let i = 6; i < width; i++) if (data[at + i] > data[at + best]) best = i;
        const score = data[at + 4] * data[at + best];
        if (score >= confidence) found.push(around(data[at], data[at + 1], data[at + 2], data[at + 3], score, best - 5, row));
      }
      return found;
    },
  };
}
