// Run lengths of a mask.
/** @typedef {import('../session/messages.js').WireMask} WireMask */

/** Longer than any side that the server sends: beyond it a message is taken for damaged. */
const MAX_SIDE = 1024;

/**
 * Unrolls a mask's run lengths (row by row, zeros first) to 0 and 255.
 * @param {WireMask} mask
 * @returns {Uint8Array|null} null where the counts do not fill the mask exactly
 */
export function unroll({ width, height, rle }) {
  if (!isSide(width) || !isSide(height) || !Array.isArray(rle)) return null;
  const alpha = new Uint8Array(width * height);
  let at = 0;
  let value = 0;
  for (const count of rle) {
    if (!Number.isInteger(count) || count < 0 || at + count > alpha.length) return null;
    if (value) alpha.fill(value, at, at + count);
    at += count;
    value = 255 - value;
  }
  return at === alpha.length ? alpha : null;
}

/** @param {unknown} side */
function isSide(side) {
  return Number.isInteger(side) && Number(side) > 0 && Number(side) <= MAX_SIDE;
}
