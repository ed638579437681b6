// The part of the picture that is looked at: numbers, and a rectangle that is drawn on the picture.
import { fit, toFraction } from '../overlay/fit.js';
import { byId, make, show } from '../ui/dom.js';
import { within } from './job-options.js';

/** @typedef {import('./job-options.js').RegionPercent} RegionPercent */

const SIDES = /** @type {const} */ (['left', 'top', 'width', 'height']);

/** While it is open the picture is for drawing. Owns the rectangle over the stage. */
export class RegionEditor {
  #stage = byId('stage', HTMLElement);
  #box = byId('region', HTMLElement);
  #video;
  #inputs = SIDES.map((side) => byId(`region-${side}`, HTMLInputElement));
  #pad = make('div', { class: 'region-pad', attributes: { hidden: '', 'aria-hidden': 'true' } }, make('span', { class: 'region-mark' }));
  #isOpen = false;
  /** @type {{x: number, y: number}|null} */ #from = null;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
    this.#stage.append(this.#pad);
    for (const input of this.#inputs) {
      input.addEventListener('input', () => this.#draw());
      input.addEventListener('change', () => this.#set(within(this.#read())));
    }
    this.#pad.addEventListener('pointerdown', (event) => {
      this.#pad.setPointerCapture(event.pointerId);
      this.#from = this.#place(event);
    });
    this.#pad.addEventListener('pointermove', (event) => this.#drag(event));
    this.#pad.addEventListener('pointerup', () => {
      this.#from = null;
    });
    new ResizeObserver(() => this.#draw()).observe(this.#stage);
  }

  /** @returns {RegionPercent|null} null while it is closed: all of the picture */
  get region() {
    return this.#isOpen ? within(this.#read()) : null;
  }

  /** @param {boolean} isOpen */
  open(isOpen) {
    this.#isOpen = isOpen;
    show(this.#box, isOpen);
    show(this.#pad, isOpen);
    if (isOpen) this.#video.pause();
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.#from) return;
    const to = this.#place(event);
    const [x, y] = [Math.min(this.#from.x, to.x), Math.min(this.#from.y, to.y)];
    const [width, height] = [Math.abs(to.x - this.#from.x), Math.abs(to.y - this.#from.y)];
    this.#set(within({ left: x * 100, top: y * 100, width: width * 100, height: height * 100 }));
  }

  /** A pointer's place in the picture, or at its nearest edge. @param {PointerEvent} event */
  #place(event) {
    const bounds = this.#pad.getBoundingClientRect();
    const rect = this.#rect();
    const x = Math.min(rect.left + rect.width, Math.max(rect.left, event.clientX - bounds.left));
    const y = Math.min(rect.top + rect.height, Math.max(rect.top, event.clientY - bounds.top));
    return toFraction(rect, x, y) ?? { x: 0, y: 0 };
  }

  #rect() {
    return fit(this.#stage.clientWidth, this.#stage.clientHeight, this.#video.videoWidth, this.#video.videoHeight);
  }

  /** @returns {RegionPercent} */
  #read() {
    const [left, top, width, height] = this.#inputs.map(({ value }) => Number(value));
    return { left, top, width, height };
  }

  /** @param {RegionPercent} region */
  #set(region) {
    this.#inputs.forEach((input, i) => {
      input.value = String(region[SIDES[i]]);
    });
    this.#draw();
  }

  #draw() {
    if (!this.#isOpen) return;
    const { left, top, width, height } = within(this.#read());
    const rect = this.#rect();
    const mark = /** @type {HTMLElement} */ (this.#pad.firstElementChild);
    mark.style.left = `${rect.left + (left / 100) * rect.width}px`;
    mark.style.top = `${rect.top + (top / 100) * rect.height}px`;
    mark.style.width = `${(width / 100) * rect.width}px`;
    mark.style.height = `${(height / 100) * rect.height}px`;
  }
}
