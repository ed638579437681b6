/** From seldom to most: red, green, blue and how much they cover, at even steps. */
const RAMP = [
  [70, 30, 150, 0],
  [110, 35, 160, 110],
  [215, 50, 110, 150],
  [250, 140, 40, 175],
  [255, 240, 130, 195],
];

/**
 * Colours for a map of where things stood: nothing where nothing was, and cells run into each other.
 * @param {ArrayLike<number>} levels 0 to 255, row by row
 * @param {number} width
 * @param {number} height
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function heatColours(levels, width, height) {
  const soft = spread(spread(levels, width, height, 1), width, height, width);
  const most = soft.reduce((a, b) => Math.max(a, b), 0);
  const colours = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < soft.length && most > 0; i++) {
    const at = (soft[i] / most) * (RAMP.length - 1);
    const step = Math.min(RAMP.length - 2, Math.floor(at));
    for (let c = 0; c < 4; c++) colours[i * 4 + c] = RAMP[step][c] + (RAMP[step + 1][c] - RAMP[step][c]) * (at - step);
  }
  return colours;
}

/**
 * Each cell takes a quarter of both neighbours along a row (step 1) or a column (step of a row); the rim has itself beside it.
 * @param {ArrayLike<number>} levels @param {number} width @param {number} height @param {number} step
 */
function spread(levels, width, height, step) {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const place = step === 1 ? i % width : Math.floor(i / width);
    const last = (step === 1 ? width : height) - 1;
    return levels[i] / 2 + levels[place > 0 ? i - step : i] / 4 + levels[place < last ? i + step : i] / 4;
  });
}
