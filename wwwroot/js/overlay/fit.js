// Where a picture lies in the box that shows it.
/** @typedef {{left: number, top: number, width: number, height: number}} Rect */

/**
 * Where a picture lies in a box that shows it whole ("contain") or fills itself with it ("cover").
 * @param {number} boxWidth
 * @param {number} boxHeight
 * @param {number} width the picture's
 * @param {number} height
 * @param {'contain'|'cover'} [how]
 * @returns {Rect}
 */
export function fit(boxWidth, boxHeight, width, height, how = 'contain') {
  if (!(width > 0 && height > 0 && boxWidth > 0 && boxHeight > 0)) return { left: 0, top: 0, width: boxWidth, height: boxHeight };
  const x = boxWidth / width;
  const y = boxHeight / height;
  const scale = how === 'contain' ? Math.min(x, y) : Math.max(x, y);
  const shown = { width: width * scale, height: height * scale };
  return { left: (boxWidth - shown.width) / 2, top: (boxHeight - shown.height) / 2, ...shown };
}

/**
 * A point of the box as fractions of the picture in it, or null beside the picture.
 * @param {Rect} rect
 * @param {number} x
 * @param {number} y
 * @param {boolean} [mirrored]
 * @returns {{x: number, y: number}|null}
 */
export function toFraction(rect, x, y, mirrored = false) {
  const fx = (x - rect.left) / rect.width;
  const fy = (y - rect.top) / rect.height;
  if (!(fx >= 0 && fx <= 1 && fy >= 0 && fy <= 1)) return null;
  return { x: mirrored ? 1 - fx : fx, y: fy };
}
