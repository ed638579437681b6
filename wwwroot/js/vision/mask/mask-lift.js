// A model's map of numbers as the run lengths that a message carries.

/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('../../session/messages.js').WireMask} WireMask */

/** The longer side of a mask that is sent; it is stretched when drawn. */
const LONGER_SIDE = 160;
/** Fewer cells inside are no outline. */
const MIN_INSIDE = 4;

/**
 * @param {{data: ArrayLike<number>, offset: number, width: number, height: number}} map positive inside
 * @param {Rect} covers what of the picture the whole map covers
 * @param {number} width the picture's @param {number} height
 * @param {number} trackId
 * @returns {WireMask|null} null where there is nothing inside
 */
export function liftMask(map, covers, width, height, trackId) {
  const scale = LONGER_SIDE / Math.max(width, height);
  const wide = Math.max(1, Math.round(width * scale));
  const high = Math.max(1, Math.round(height * scale));
  const inside = new Uint8Array(wide * high);
  let count = 0;
  for (let y = 0; y < high; y++) {
    const py = ((y + 0.5) / high) * height;
    if (py < covers.top || py > covers.bottom) continue;
    for (let x = 0; x < wide; x++) {
      const px = ((x + 0.5) / wide) * width;
      if (px < covers.left || px > covers.right || sample(map, covers, px, py) <= 0) continue;
      inside[y * wide + x] = 1;
      count++;
    }
  }
  return count < MIN_INSIDE ? null : { track_id: trackId, width: wide, height: high, rle: roll(inside) };
}

/** Run lengths, row by row, zeros first. @param {Uint8Array} inside 0 or 1 @returns {number[]} */
export function roll(inside) {
  const runs = [];
  let value = 0;
  let start = 0;
  for (let at = 0; at < inside.length; at++) {
    if (inside[at] === value) continue;
    runs.push(at - start);
    start = at;
    value = 1 - value;
  }
  runs.push(inside.length - start);
  return runs;
}

/**
 * The map between its pixel centres.
 * @param {{data: ArrayLike<number>, offset: number, width: number, height: number}} map @param {Rect} covers
 * @param {number} px @param {number} py in the picture
 */
function sample({ data, offset, width, height }, covers, px, py) {
  const mx = clamp(((px - covers.left) / (covers.right - covers.left)) * width - 0.5, width - 1);
  const my = clamp(((py - covers.top) / (covers.bottom - covers.top)) * height - 0.5, height - 1);
  const x0 = Math.min(Math.trunc(mx), Math.max(0, width - 2));
  const y0 = Math.min(Math.trunc(my), Math.max(0, height - 2));
  const x1 = Math.min(x0 + 1, width - 1);
  const y1 = Math.min(y0 + 1, height - 1);
  const at = (/** @type {number} */ x, /** @type {number} */ y) => data[offset + y * width + x];
  const upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * (mx - x0);
  const lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * (mx - x0);
  return upper + (lower - upper) * (my - y0);
}

/** @param {number} value @param {number} most */
function clamp(value, most) {
  return Math.max(0, Math.min(value, most));
}
