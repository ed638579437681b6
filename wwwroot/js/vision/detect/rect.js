// Boxes in pixels.
/** @typedef {{left: number, top: number, right: number, bottom: number}} Rect */

/** @param {Rect} a @param {Rect} b intersection over union */
export function iou(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

/**
 * The same as ByteTrack was published: corners are pixels inside of the box, so a box is one wider than their difference.
 * @param {Rect} a @param {Rect} b
 */
export function pixelOverlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left) + 1;
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) + 1;
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (pixelArea(a) + pixelArea(b) - shared);
}

/** @param {Rect} box @param {number} width @param {number} height @returns {Rect} */
export function clipTo(box, width, height) {
  return {
    left: Math.max(0, Math.min(box.left, width)),
    top: Math.max(0, Math.min(box.top, height)),
    right: Math.max(0, Math.min(box.right, width)),
    bottom: Math.max(0, Math.min(box.bottom, height)),
  };
}

/** @param {Rect} box */
export function area({ left, top, right, bottom }) {
  return (right - left) * (bottom - top);
}

/** @param {Rect} box */
function pixelArea({ left, top, right, bottom }) {
  return (right - left + 1) * (bottom - top + 1);
}
