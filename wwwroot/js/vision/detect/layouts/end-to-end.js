// End-to-end YOLO (v10, 26): [1, boxes, 6], corners in pixels, score, class; nothing overlaps any more.
import { NO_BIAS, UNIT } from '../tensor-plan.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Probe} Probe */

const MAX_BOXES = 2000;

/** @param {Probe} probe @returns {Layout|null} */
export function endToEnd({ outputs, plan }) {
  const [{ dims }] = outputs;
  if (outputs.length !== 1 || dims.length !== 3 || dims[2] !== 6 || dims[1] > MAX_BOXES) return null;
  return {
    name: 'end-to-end',
    plan: { ...plan, fit: 'centre', pad: 114, scale: UNIT, bias: NO_BIAS },
    classCount: 0,
    choosesItself: true,
    decode: ([{ dims: [, count], data }], confidence) => {
      const found = [];
      for (let row = 0; row < count; row++) {
        const [left, top, right, bottom, score, classId] = data.subarray(row * 6, row * 6 + 6);
        if (score >= confidence) found.push({ left, top, right, bottom, score, classId: Math.trunc(classId), source: row });
      }
      return found;
    },
  };
}
