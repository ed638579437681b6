// A prompt as a promptable model takes it.
import { toModel } from './sam-crop.js';

/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('./sam-crop.js').SamCrop} SamCrop */

const INSIDE = 1;
const TOP_LEFT = 2;
const BOTTOM_RIGHT = 3;
const PADDING = -1;

/**
 * A point inside and a box's two corners, the rest padding.
 * @param {Rect} box in the picture's pixels
 * @param {SamCrop} crop what the model was shown
 * @param {number} input pixels on a side of the model's picture
 * @param {number} room how many points the model takes
 * @returns {{points: number[], labels: number[]}}
 */
export function pointsOf(box, crop, input, room) {
  const corners = [[box.left, box.top, TOP_LEFT], [box.right, box.bottom, BOTTOM_RIGHT]];
  // Where there is no room for all three, the corners say more than the point.
  const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2, INSIDE];
  const wanted = (room >= 3 ? [middle, ...corners] : room === 2 ? corners : [middle]).slice(0, room);
  const points = new Array(room * 2).fill(0);
  const labels = new Array(room).fill(PADDING);
  wanted.forEach(([x, y, label], at) => {
    [points[at * 2], points[at * 2 + 1]] = toModel(crop, x, y, input);
    labels[at] = label;
  });
  return { points, labels };
}
