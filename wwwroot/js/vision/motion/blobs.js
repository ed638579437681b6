// Connected parts of what stands before the background.

/** @typedef {import('../detect/rect.js').Rect & {pixels: number, strength: number}} Blob right and bottom just outside */

const MAX_PARTS = 256;

/**
 * Finds connected parts by flooding, drops specks, and merges parts that lie close together.
 * @param {Uint8Array} foreground @param {Uint8Array} strength @param {number} width @param {number} height
 * @param {number} smallest pixels that a merged blob needs @param {number} distance parts closer than this become one
 * @returns {Blob[]}
 */
export function findBlobs(foreground, strength, width, height, smallest, distance) {
  const left = foreground.slice();
  /** @type {Blob[]} */
  let found = [];
  for (let start = 0; start < left.length && found.length < MAX_PARTS; start++) {
    if (left[start] === 0) continue;
    const blob = flood(left, strength, start, width, height);
    if (blob.pixels >= Math.max(2, smallest / 8)) found.push(blob);
  }
  for (let merged = true; merged;) {
    merged = false;
    for (let a = 0; a < found.length; a++) {
      const near = found.findIndex((other, b) => b > a && gap(found[a], other) < distance);
      if (near < 0) continue;
      found[a] = union(found[a], found[near]);
      found = found.filter((_, at) => at !== near);
      merged = true;
    }
  }
  return found.filter(({ pixels }) => pixels >= smallest);
}

/** @param {Uint8Array} left @param {Uint8Array} strength @param {number} start @param {number} width @param {number} height */
function flood(left, strength, start, width, height) {
  const stack = [start];
  left[start] = 0;
  const blob = { left: width, top: height, right: 0, bottom: 0, pixels: 0, strength: 0 };
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    const y = Math.trunc(at / width);
    blob.left = Math.min(blob.left, x);
    blob.top = Math.min(blob.top, y);
    blob.right = Math.max(blob.right, x + 1);
    blob.bottom = Math.max(blob.bottom, y + 1);
    blob.pixels++;
    blob.strength += strength[at];
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const next = ny * width + nx;
        if (left[next] === 0) continue;
        left[next] = 0;
        stack.push(next);
      }
    }
  }
  return blob;
}

/** Pixels between two boxes; 0 where they touch. @param {Blob} a @param {Blob} b */
function gap(a, b) {
  return Math.max(b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom, 0);
}

/** @param {Blob} a @param {Blob} b @returns {Blob} */
function union(a, b) {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
    pixels: a.pixels + b.pixels,
    strength: a.strength + b.strength,
  };
}
