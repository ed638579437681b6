// How much is blurred, whoever paints it.

/** The blurred picture is made this many times smaller: nobody sees the difference, and it costs a sixteenth. */
const SHRINK = 4;
/** Sigma at full strength, as a share of the picture's longer side. */
const MAX_SIGMA = 0.028;

/** In the small picture's pixels. @param {number} strength 0 to 1 @param {number} width @param {number} height the picture's */
export function blurSigma(strength, width, height) {
  return Math.max(0.5, strength * MAX_SIGMA * Math.max(width, height) / SHRINK);
}

/** @param {number} width @param {number} height the picture's */
export function smallSize(width, height) {
  return { width: Math.max(1, Math.round(width / SHRINK)), height: Math.max(1, Math.round(height / SHRINK)) };
}
