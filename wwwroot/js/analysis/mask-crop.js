// Outlines of an analysis: run lengths over the whole picture, cut down to where they are.

/** @typedef {{left: number, top: number, width: number, height: number, alpha: Uint8ClampedArray}} MaskCrop in the picture's pixels */

/** Counts of more pixels than this are taken for damaged. */
const MAX_PIXELS = 40_000_000;

/**
 * Run lengths (row by row, those outside first, "3,5,10") as the least rectangle that holds the outline: 255 inside, 0 outside.
 * @param {string} rle @param {number} width of the picture @param {number} height
 * @returns {MaskCrop|null} null where the counts don't fill that picture exactly, or nothing is inside
 */
export function cropOf(rle, width, height) {
  if (!(width > 0 && height > 0 && width * height <= MAX_PIXELS)) return null;
  const counts = rle.split(',').map(Number);
  if (counts.some((count) => !Number.isInteger(count) || count < 0)) return null;
  if (counts.reduce((sum, count) => sum + count, 0) !== width * height) return null;
  let [left, right, top, bottom] = [width, 0, height, 0];
  eachRow(counts, width, (row, from, to) => {
    left = Math.min(left, from);
    right = Math.max(right, to);
    top = Math.min(top, row);
    bottom = row + 1;
  });
  if (right === 0) return null;
  const crop = { left, top, width: right - left, height: bottom - top, alpha: new Uint8ClampedArray((right - left) * (bottom - top)) };
  eachRow(counts, width, (row, from, to) => {
    const start = (row - top) * crop.width - left;
    crop.alpha.fill(255, start + from, start + to);
  });
  return crop;
}

/**
 * Each part of a row that is inside.
 * @param {number[]} counts @param {number} width @param {(row: number, from: number, to: number) => void} take
 */
function eachRow(counts, width, take) {
  let at = 0;
  counts.forEach((count, i) => {
    const end = at + count;
    while (i % 2 === 1 && at < end) {
      const row = Math.floor(at / width);
      const stop = Math.min(end, (row + 1) * width);
      take(row, at - row * width, stop - row * width);
      at = stop;
    }
    at = end;
  });
}
