// Masks as the shader wants them: soft at the edge, and in their place.
/** @typedef {import('./painter.js').Alpha} Alpha */
/** @typedef {{xmin: number, ymin: number, xmax: number, ymax: number}} Box */

/**
 * A mask with a soft edge: one box blur each way, which is plenty for a mask that is stretched fourfold.
 * @param {Uint8Array} hard @param {number} width @param {number} height @param {number} [radius]
 * @returns {Uint8Array}
 */
export function soften(hard, width, height, radius = 1) {
  const rows = new Uint8Array(hard.length);
  const soft = new Uint8Array(hard.length);
  for (let y = 0; y < height; y++) average(hard, rows, y * width, 1, width, radius);
  for (let x = 0; x < width; x++) average(rows, soft, x, width, height, radius);
  return soft;
}

/**
 * @param {Uint8Array} from @param {Uint8Array} to @param {number} start @param {number} stride
 * @param {number} count @param {number} radius
 */
function average(from, to, start, stride, count, radius) {
  const last = count - 1;
  const size = 2 * radius + 1;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += from[start + clamp(i, last) * stride];
  for (let i = 0; i < count; i++) {
    to[start + i * stride] = sum / size;
    sum += from[start + clamp(i + radius + 1, last) * stride] - from[start + clamp(i - radius, last) * stride];
  }
}

/** @param {number} at @param {number} last */
function clamp(at, last) {
  return at < 0 ? 0 : at > last ? last : at;
}

const ELLIPSE_SIDE = 64;
/** @type {Alpha|null} */
let ellipse = null;

/** What is kept sharp where an object has a box but no outline: an ellipse that fills it, soft at the edge. @returns {Alpha} */
export function softEllipse() {
  if (ellipse) return ellipse;
  const alpha = new Uint8Array(ELLIPSE_SIDE * ELLIPSE_SIDE);
  for (let y = 0; y < ELLIPSE_SIDE; y++) {
    for (let x = 0; x < ELLIPSE_SIDE; x++) {
      const dx = (x + 0.5) / ELLIPSE_SIDE * 2 - 1;
      const dy = (y + 0.5) / ELLIPSE_SIDE * 2 - 1;
      alpha[y * ELLIPSE_SIDE + x] = Math.max(0, Math.min(255, (1.25 - Math.hypot(dx, dy)) / 0.5 * 255));
    }
  }
  ellipse = { width: ELLIPSE_SIDE, height: ELLIPSE_SIDE, alpha };
  return ellipse;
}

/**
 * Paints boxes as 255 on an empty mask of the whole picture.
 * @param {readonly Box[]} boxes @param {number} width @param {number} height
 * @returns {Alpha}
 */
export function boxesAlpha(boxes, width, height) {
  const alpha = new Uint8Array(width * height);
  for (const box of boxes) {
    const left = Math.max(0, Math.round(box.xmin * width));
    const right = Math.min(width, Math.round(box.xmax * width));
    const bottom = Math.min(height, Math.round(box.ymax * height));
    for (let y = Math.max(0, Math.round(box.ymin * height)); y < bottom; y++) {
      if (right > left) alpha.fill(255, y * width + left, y * width + right);
    }
  }
  return { width, height, alpha };
}

/**
 * Where a point of the picture is looked up in a mask of the whole picture that was cut out at one box and now
 * sits at another: offset and scale, for the shader.
 * @param {Box} cut @param {Box} now
 * @returns {[number, number, number, number]}
 */
export function placement(cut, now) {
  const sx = ratio(cut.xmax - cut.xmin, now.xmax - now.xmin);
  const sy = ratio(cut.ymax - cut.ymin, now.ymax - now.ymin);
  return [cut.xmin - now.xmin * sx, cut.ymin - now.ymin * sy, sx, sy];
}

/** @param {number} a @param {number} b */
function ratio(a, b) {
  return a > 0 && b > 0 ? Math.max(0.5, Math.min(2, a / b)) : 1;
}
