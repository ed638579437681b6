// What a test can see in a page's canvases: where the coloured lines are and where the square is, in fractions.
const REACH = 40;
window.measure = {
  /** The extent of the pixels of a canvas (or of a window in it) that `wanted` accepts; null where there are too few. */
  extent(canvas, wanted, window = { left: 0, top: 0, right: canvas.width, bottom: canvas.height }) {
    const { width, height } = canvas;
    const copy = document.createElement('canvas');
    copy.width = width;
    copy.height = height;
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let left = width, right = -1, top = height, bottom = -1, count = 0;
    for (let y = Math.max(0, window.top | 0); y < Math.min(height, window.bottom); y++) {
      for (let x = Math.max(0, window.left | 0); x < Math.min(width, window.right); x++) {
        const at = (y * width + x) * 4;
        if (!wanted(data[at], data[at + 1], data[at + 2], data[at + 3])) continue;
        count++;
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
    }
    return count < 20 ? null : { left, right: right + 1, top, bottom: bottom + 1, count };
  },

  /** How many pixels of a canvas are not transparent. */
  drawn(canvas) {
    return this.extent(canvas, (r, g, b, a) => a > 40)?.count ?? 0;
  },

  /** The variance of brightness in a part of a canvas: a blurred part has little. */
  detail(canvas, { left, top, width, height }) {
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(left * canvas.width, top * canvas.height, width * canvas.width, height * canvas.height);
    let sum = 0, squares = 0;
    for (let at = 1; at < data.length; at += 4) {
      sum += data[at];
      squares += data[at] * data[at];
    }
    const count = data.length / 4;
    return squares / count - (sum / count) ** 2;
  },

  /**
   * For some displayed pictures: how far the middle of the drawn box is from the middle of the square, in pixels of
   * the picture. `square` tells the square's pixels in the picture, `line` the box's in the overlay. Pictures that
   * do not hold the whole square are left out, and lines further than REACH from it belong to something else.
   */
  async misses(count, square, line) {
    const scene = document.getElementById('scene');
    const overlay = document.getElementById('overlay');
    const video = document.getElementById('picture');
    const misses = [];
    for (let tries = 0; misses.length < count && tries < count * 6; tries++) {
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      const there = this.extent(scene, square);
      if (!there || there.left === 0 || there.top === 0 || there.right === scene.width || there.bottom === scene.height) continue;
      const scale = Math.min(overlay.width / scene.width, overlay.height / scene.height);
      const left = (overlay.width - scene.width * scale) / 2;
      const top = (overlay.height - scene.height * scale) / 2;
      const drawn = this.extent(overlay, line, {
        left: left + (there.left - REACH) * scale, right: left + (there.right + REACH) * scale,
        top: top + (there.top - REACH) * scale, bottom: top + (there.bottom + REACH) * scale,
      });
      if (!drawn) continue;
      const x = ((drawn.left + drawn.right) / 2 - left) / scale;
      const y = ((drawn.top + drawn.bottom) / 2 - top) / scale;
      misses.push(Math.hypot(x - (there.left + there.right) / 2, y - (there.top + there.bottom) / 2));
    }
    return misses;
  },
};
