// Who paints the picture.
import { CanvasPainter } from './canvas-painter.js';
import { FocusPainter } from './focus-painter.js';
import { isOnChip } from './webgl.js';

/** @typedef {{width: number, height: number, alpha: Uint8Array}} Alpha 255 where the picture stays sharp */
/**
 * @typedef {object} Effect
 * @property {Alpha} alpha
 * @property {readonly number[]} place where a point of the picture is looked up in the mask: offset and scale, in shares of both
 * @property {number} strength 0 to 1
 * @property {boolean} [inside] what the mask covers is blurred, in place of the rest
 */
/**
 * @typedef {object} Painter draws a picture into a canvas, sharp or blurred where an effect says so
 * @property {(source: CanvasImageSource & TexImageSource, width: number, height: number, effect: Effect|null) => void} paint
 * @property {() => void} close
 */

/** @param {HTMLCanvasElement} canvas @returns {Painter} @throws where nothing can be drawn */
export function makePainter(canvas) {
  return hasChip() ? new FocusPainter(canvas) : new CanvasPainter(canvas);
}

/** @type {boolean|null} */
let chip = null;

/** A canvas keeps the kind of its first context, so another one is asked. Without a chip WebGL is slower than a canvas's own drawing. */
function hasChip() {
  if (chip === null) {
    const gl = document.createElement('canvas').getContext('webgl');
    chip = gl !== null && isOnChip(gl);
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
  }
  return chip;
}
