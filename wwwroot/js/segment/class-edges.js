// Lines along the edges of classes, out of a mask's colours.

/**
 * Keeps the pixels of a mask that another colour is near to, straight up, down or aside, and clears the rest.
 * @param {Uint32Array} pixels RGBA of the mask, changed in place
 * @param {number} width
 * @param {number} height
 * @param {number} thickness
 */
export function keepEdges(pixels, width, height, thickness) {
  const whole = pixels.slice();
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - thickness) * width;
    const below = Math.min(height - 1, y + thickness) * width;
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const own = whole[row + x];
      const inside = whole[above + x] === own && whole[below + x] === own
        && whole[row + Math.max(0, x - thickness)] === own && whole[row + Math.min(width - 1, x + thickness)] === own;
      if (inside) pixels[row + x] = 0;
    }
  }
}
