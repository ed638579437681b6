// The canvas over the picture: boxes, whatever else a page draws, and the pulse of a tap.
import { drawBoxes, drawTrail } from './boxes.js';
import { fit, toFraction } from './fit.js';

/** @typedef {import('./fit.js').Rect} Rect */
/** @typedef {import('../session/messages.js').Mode} Mode */
/** @typedef {import('../session/messages.js').WireDetection} WireDetection */
/** @typedef {{target_id: number|null, second_target_id?: number|null}} Targets */
/**
 * @typedef {object} Drawing
 * @property {Mode} mode
 * @property {readonly WireDetection[]} boxes
 * @property {Targets} targets
 * @property {(id: number) => readonly {x: number, y: number}[]} [wayOf] where a track was, the oldest place first
 * @property {(box: WireDetection) => string} [wordsOf] a label, where it is not the class and the track's number
 */

const MAX_PIXEL_RATIO = 2;
const PULSE_MS = 450;

/** Which boxes a mode shows: all of them, those in focus, or none. @param {Drawing} drawing */
export function boxesOf({ mode, boxes, targets }) {
  if (mode === 'plain' || mode === 'privacy' || mode === 'segment') return [];
  if (mode !== 'focus') return boxes;
  return boxes.filter(({ track_id: id }) => id === targets.target_id || id === targets.second_target_id);
}

/** Lines and labels at the screen's resolution. Owns the canvas's size; whoever knows the picture says what to draw. */
export class OverlayCanvas {
  /** @type {HTMLCanvasElement} */ #canvas;
  /** @type {HTMLVideoElement} */ #video;
  /** @type {CanvasRenderingContext2D} */ #context;
  /** @type {ResizeObserver} */ #observer;
  /** @type {() => void} */ #repaint;
  /** @type {{x: number, y: number, at: number}|null} */ #pulse = null;
  mirrored = false;
  /** Small pictures have boxes without words. */ labels = true;
  /** What labels may not cover. @type {readonly Rect[]} */ keepOut = [];

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLVideoElement} video beneath it, of the same size
   * @param {() => void} repaint called when it has to be painted anew
   */
  constructor(canvas, video, repaint) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no 2D canvas');
    this.#canvas = canvas;
    this.#video = video;
    this.#context = context;
    this.#repaint = repaint;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas);
  }

  /** @returns {Rect} where the picture lies, in CSS pixels */
  get rect() {
    return fit(this.#canvas.clientWidth, this.#canvas.clientHeight, this.#video.videoWidth, this.#video.videoHeight);
  }

  /** Labels stay clear of these, which lie over the canvas. @param {readonly Element[]} elements */
  keepClearOf(elements) {
    const { left, top } = this.#canvas.getBoundingClientRect();
    this.keepOut = elements.map((element) => element.getBoundingClientRect()).filter(({ width }) => width > 0)
      .map((bounds) => ({ left: bounds.left - left, top: bounds.top - top, width: bounds.width, height: bounds.height }));
  }

  /** A pointer's place as fractions of the picture; null beside it. @param {{clientX: number, clientY: number}} event */
  locate(event) {
    const bounds = this.#canvas.getBoundingClientRect();
    return toFraction(this.rect, event.clientX - bounds.left, event.clientY - bounds.top, this.mirrored);
  }

  /** Shows where was tapped, until the answer comes. @param {number} x @param {number} y */
  pulse(x, y) {
    this.#pulse = { x: this.mirrored ? 1 - x : x, y, at: performance.now() };
    const again = () => {
      this.#repaint();
      if (this.#pulse) requestAnimationFrame(again);
    };
    requestAnimationFrame(again);
  }

  /** @param {Drawing|null} drawing @param {(context: CanvasRenderingContext2D, rect: Rect) => void} onPaint draws more, after the boxes */
  paint(drawing, onPaint) {
    const context = this.#context;
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = this.#canvas.width / Math.max(1, clientWidth);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, clientWidth, clientHeight);
    const { rect } = this;
    if (drawing) {
      const { mirrored, labels, keepOut } = this;
      const options = { targetId: drawing.targets.target_id, mirrored, labels, keepOut, wordsOf: drawing.wordsOf };
      const boxes = boxesOf(drawing);
      for (const box of boxes) drawTrail(context, rect, box, drawing.wayOf?.(box.track_id) ?? [], this.mirrored);
      drawBoxes(context, rect, boxes, options);
    }
    onPaint(context, rect);
    this.#paintPulse(rect);
  }

  /** @param {Rect} rect */
  #paintPulse(rect) {
    if (!this.#pulse) return;
    const context = this.#context;
    const share = (performance.now() - this.#pulse.at) / PULSE_MS;
    if (share >= 1) {
      this.#pulse = null;
      return;
    }
    context.beginPath();
    context.arc(rect.left + this.#pulse.x * rect.width, rect.top + this.#pulse.y * rect.height, 14 + 26 * share, 0, 2 * Math.PI);
    context.strokeStyle = `rgb(255 255 255 / ${1 - share})`;
    context.lineWidth = 3;
    context.stroke();
  }

  /**
   * Lays what is drawn over the same picture at another size.
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  drawOnto(context, width, height) {
    const { rect } = this;
    const ratio = this.#canvas.width / Math.max(1, this.#canvas.clientWidth);
    if (rect.width <= 0 || this.#canvas.width === 0) return;
    context.drawImage(this.#canvas, rect.left * ratio, rect.top * ratio, rect.width * ratio, rect.height * ratio, 0, 0, width, height);
  }

  #resize() {
    const ratio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1);
    this.#canvas.width = Math.round(this.#canvas.clientWidth * ratio);
    this.#canvas.height = Math.round(this.#canvas.clientHeight * ratio);
    this.#repaint();
  }

  close() {
    this.#observer.disconnect();
  }
}
