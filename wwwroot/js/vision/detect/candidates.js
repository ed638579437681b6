// The choice among the boxes that a model proposed.
import { iou } from './rect.js';

/** @typedef {{left: number, top: number, right: number, bottom: number, score: number, classId: number, source: number}} Candidate */

/** Overlap is quadratic, and no picture has more real objects than this. */
const MAX_COMPARED = 1000;

/**
 * @param {number} x centre @param {number} y @param {number} width @param {number} height
 * @param {number} score @param {number} classId @param {number} source the row of the model's output
 * @returns {Candidate}
 */
export function around(x, y, width, height, score, classId, source) {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2, score, classId, source };
}

/** Not a number, infinite or inside out: broken arithmetic in the model, never an object. @param {Candidate} box */
export function isBox({ left, top, right, bottom, score }) {
  return Number.isFinite(left + top + right + bottom) && right > left && bottom > top && !Number.isNaN(score);
}

/**
 * The best of each class, best first; each suppresses those of its class that overlap it too much.
 * @param {readonly Candidate[]} candidates
 * @param {number} overlap 1 or more keeps all (models that chose already)
 * @param {number} maximum
 * @returns {Candidate[]}
 */
export function select(candidates, overlap, maximum) {
  const sorted = candidates.filter(isBox).sort((a, b) => b.score - a.score).slice(0, MAX_COMPARED);
  /** @type {Candidate[]} */
  const kept = [];
  for (const candidate of sorted) {
    if (kept.length >= maximum) break;
    const covered = overlap < 1 && kept.some((better) => better.classId === candidate.classId && iou(better, candidate) > overlap);
    if (!covered) kept.push(candidate);
  }
  return kept;
}
