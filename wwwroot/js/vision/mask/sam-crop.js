// The part of a picture that a promptable model looks at.
import { roundHalfEven } from '../detect/letterbox.js';

/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {{left: number, top: number, side: number, pictureWidth: number, pictureHeight: number}} SamCrop */

/** By how much the target's box is widened in all. */
const WIDENING = 1.2;
const MIN_SIDE = 16;

/**
 * The box widened and squared, on whole pixels, and moved into the picture where it fits: a small target gets all of the
 * model's attention.
 * @param {Rect} box @param {number} width @param {number} height @returns {SamCrop}
 */
export function cropAround(box, width, height) {
  const side = Math.max(MIN_SIDE, Math.ceil(Math.fround(Math.max(box.right - box.left, box.bottom - box.top) * WIDENING)));
  return {
    left: place((box.left + box.right) / 2, side, width),
    top: place((box.top + box.bottom) / 2, side, height),
    side,
    pictureWidth: width,
    pictureHeight: height,
  };
}

/** @param {SamCrop} crop @returns {Rect} */
export function squareOf({ left, top, side }) {
  return { left, top, right: left + side, bottom: top + side };
}

/**
 * A place in the picture as a model whose input has so many pixels a side counts it.
 * @param {SamCrop} crop @param {number} x @param {number} y @param {number} input
 */
export function toModel(crop, x, y, input) {
  return [((x - crop.left) * input) / crop.side, ((y - crop.top) * input) / crop.side];
}

/** @param {number} centre @param {number} side @param {number} extent */
function place(centre, side, extent) {
  const start = roundHalfEven(centre - side / 2);
  return side <= extent ? Math.max(0, Math.min(start, extent - side)) : Math.min(0, Math.max(extent - side, start));
}
