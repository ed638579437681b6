// The surface over the clip that takes clicks and shows their outline.
import { fit, toFraction } from '../overlay/fit.js';
import { Press } from '../ui/press.js';

/** @typedef {import('./click-points.js').ClickPoint} ClickPoint */
/** @typedef {import('./mask-preview.js').Outline} Outline */
/** @typedef {import('../overlay/fit.js').Rect} Rect */
/** @typedef {(context: CanvasRenderingContext2D, rect: Rect, scale: number) => void} Under draws what lies under outline and clicks */

const FILL = [255, 48, 48, 118];
const EDGE = [255, 96, 96, 255];
const STEP = 0.02;
const FINE_STEP = 0.004;
const ADD_COLOUR = '#4fdcbd';
const TAKE_COLOUR = '#ff6d66';

/** @type {Readonly<Record<string, readonly [number, number]>>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Draws the outline and the clicks, and tells of clicks by finger, mouse and keyboard as fractions of the picture. */
export class ClickStage {
  #canvas;
  #onClick;
  #press;
  #abort = new AbortController();
  #observer = new ResizeObserver(() => this.#draw());
  #size = { width: 1, height: 1 };
  /** @type {{x: number, y: number}|null} the keyboard's */ #cross = null;
  /** @type {HTMLCanvasElement|null} */ #painted = null;
  /** @type {Outline|null} */ #outline = null;
  /** @type {readonly ClickPoint[]} */ #points = [];
  /** @type {Under|null} */ #under = null;

  /** @param {HTMLCanvasElement} canvas @param {(place: {x: number, y: number}, subtract: boolean) => void} onClick */
  constructor(canvas, onClick) {
    this.#canvas = canvas;
    this.#onClick = onClick;
    this.#press = new Press(canvas, ({ clientX, clientY }, second) => {
      const place = this.#locate(clientX, clientY);
      if (place && !canvas.hasAttribute('data-off')) onClick(place, second);
    });
    const { signal } = this.#abort;
    canvas.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    canvas.addEventListener('blur', () => {
      this.#cross = null;
      this.#draw();
    }, { signal });
    this.#observer.observe(canvas);
  }

  /** @param {number} width of the clip @param {number} height */
  open(width, height) {
    this.#size = { width, height };
    this.show(null, []);
  }

  /** Whether clicks mean anything at the moment. @param {boolean} on */
  set enabled(on) {
    this.#canvas.toggleAttribute('data-off', !on);
    this.#canvas.tabIndex = on ? 0 : -1;
  }

  /** @param {Outline|null} outline @param {readonly ClickPoint[]} points @param {Under|null} [under] */
  show(outline, points, under = null) {
    this.#under = under;
    if (outline !== this.#outline) this.#painted = outline ? paint(outline) : null;
    this.#outline = outline;
    this.#points = points;
    this.#draw();
  }

  /** @param {number} clientX @param {number} clientY */
  #locate(clientX, clientY) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return toFraction(fit(width, height, this.#size.width, this.#size.height), clientX - left, clientY - top);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? FINE_STEP : STEP;
      const { x, y } = this.#cross ?? { x: 0.5, y: 0.5 };
      this.#cross = { x: clamp(x + arrow[0] * step), y: clamp(y + arrow[1] * step * (this.#size.width / this.#size.height)) };
    } else if (event.key === 'Enter' && this.#cross) this.#onClick(this.#cross, event.shiftKey);
    else return;
    event.preventDefault();
    this.#draw();
  }

  #draw() {
    const context = this.#canvas.getContext('2d');
    if (!context) return;

    // In the screen's pixels, of which there are more than a clip has.
    const scale = devicePixelRatio;
    const [boxWidth, boxHeight] = [Math.round(this.#canvas.clientWidth * scale), Math.round(this.#canvas.clientHeight * scale)];
    if (this.#canvas.width !== boxWidth || this.#canvas.height !== boxHeight) {
      Object.assign(this.#canvas, { width: boxWidth, height: boxHeight });
    }
    context.clearRect(0, 0, boxWidth, boxHeight);
    const rect = fit(boxWidth, boxHeight, this.#size.width, this.#size.height);
    const { left, top, width, height } = rect;
    this.#under?.(context, rect, scale);
    if (this.#painted) context.drawImage(this.#painted, left, top, width, height);
    for (const { x, y, subtract } of this.#points) mark(context, left + (x / 100) * width, top + (y / 100) * height, scale, subtract);
    if (this.#cross) cross(context, left + this.#cross.x * width, top + this.#cross.y * height, scale);
  }

  close() {
    this.#abort.abort();
    this.#press.close();
    this.#observer.disconnect();
  }
}

/** @param {number} value */
const clamp = (value) => Math.min(1, Math.max(0, value));

/** @param {Outline} outline */
function paint({ width, height, alpha }) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const image = context.createImageData(width, height);
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i] === 0) continue;
    const x = i % width;
    const isEdge = x === 0 || x === width - 1 || !alpha[i - 1] || !alpha[i + 1] || !alpha[i - width] || !alpha[i + width];
    image.data.set(isEdge ? EDGE : FILL, i * 4);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} scale @param {boolean} subtract */
function mark(context, x, y, scale, subtract) {
  context.beginPath();
  context.arc(x, y, 8 * scale, 0, 2 * Math.PI);
  context.fillStyle = subtract ? TAKE_COLOUR : ADD_COLOUR;
  context.fill();
  context.lineWidth = 2 * scale;
  context.strokeStyle = '#05070a';
  context.stroke();
  context.beginPath();
  context.moveTo(x - 4 * scale, y);
  context.lineTo(x + 4 * scale, y);
  if (!subtract) {
    context.moveTo(x, y - 4 * scale);
    context.lineTo(x, y + 4 * scale);
  }
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} scale */
function cross(context, x, y, scale) {
  for (const [colour, wide] of /** @type {const} */ ([['#05070a', 4], ['#ffffff', 2]])) {
    context.beginPath();
    context.moveTo(x - 14 * scale, y);
    context.lineTo(x + 14 * scale, y);
    context.moveTo(x, y - 14 * scale);
    context.lineTo(x, y + 14 * scale);
    context.strokeStyle = colour;
    context.lineWidth = wide * scale;
    context.stroke();
  }
}
