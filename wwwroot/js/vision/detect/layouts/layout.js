// How families of detectors write their boxes, and which family a model is of.
import { endToEnd } from './end-to-end.js';
import { yolov5 } from './yolov5.js';
import { yolov8 } from './yolov8.js';
import { yolox } from './yolox.js';

/** @typedef {import('../candidates.js').Candidate} Candidate */
/** @typedef {import('../tensor-plan.js').TensorPlan} TensorPlan */
/** @typedef {{dims: readonly number[], data: Float32Array}} Values what a model gave */

/**
 * What a layout is recognised by: the outputs as they are after a first run, and the input's size and type.
 * @typedef {{outputs: readonly Values[], plan: TensorPlan}} Probe
 */

/**
 * @typedef {object} Layout
 * @property {string} name
 * @property {TensorPlan} plan
 * @property {number} classCount 0 where the outputs do not tell
 * @property {boolean} choosesItself true where the model has already chosen among overlapping boxes
 * @property {(values: readonly Values[], confidence: number) => Candidate[]} decode boxes in pixels of the input
 */

export const KNOWN_LAYOUTS =
  'YOLOX [1,cells,5+C]; YOLOv5 [1,3·cells,5+C]; YOLOv8/9/11/12 [1,4+C,cells], -seg with [1,k,h,w]; end-to-end [1,N,6]';

const FAMILIES = [yolox, yolov5, yolov8, endToEnd];

/** The narrow descriptions are asked first. @param {Probe} probe @returns {Layout|null} */
export function recognise(probe) {
  if (probe.outputs.length === 0) return null;
  for (const family of FAMILIES) {
    const layout = family(probe);
    if (layout) return layout;
  }
  return null;
}
