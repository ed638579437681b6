// A box in motion.
import { AxisFilter } from './axis-filter.js';

/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('./axis-filter.js').AxisState} AxisState */

const POSITION_WEIGHT = 1 / 20;
const VELOCITY_WEIGHT = 1 / 160;
const ASPECT_DEVIATION = 1e-2;
const ASPECT_VELOCITY_DEVIATION = 1e-5;
const ASPECT_MEASUREMENT_DEVIATION = 1e-1;

/**
 * A box in motion as ByteTrack models it: centre, aspect and height, each with its velocity. Noise grows with the height.
 * A step is a thirtieth of a second.
 */
export class BoxFilter {
  #x; #y; #aspect; #height;

  /** @param {Rect} box */
  constructor(box) {
    const height = box.bottom - box.top;
    const position = 2 * POSITION_WEIGHT * height;
    const velocity = 10 * VELOCITY_WEIGHT * height;
    this.#x = new AxisFilter((box.left + box.right) / 2, position, velocity);
    this.#y = new AxisFilter((box.top + box.bottom) / 2, position, velocity);
    this.#aspect = new AxisFilter((box.right - box.left) / height, ASPECT_DEVIATION, ASPECT_VELOCITY_DEVIATION);
    this.#height = new AxisFilter(height, position, velocity);
  }

  /** @returns {Rect} */
  get box() {
    const halfHeight = this.#height.position / 2;
    const halfWidth = this.#aspect.position * halfHeight;
    const x = this.#x.position;
    const y = this.#y.position;
    // Single precision, as the server keeps its boxes: the same pictures give the same matches.
    return {
      left: Math.fround(x - halfWidth),
      top: Math.fround(y - halfHeight),
      right: Math.fround(x + halfWidth),
      bottom: Math.fround(y + halfHeight),
    };
  }

  /** @param {number} steps */
  predict(steps) {
    const position = POSITION_WEIGHT * this.#height.position;
    const velocity = VELOCITY_WEIGHT * this.#height.position;
    this.#x.predict(steps, position, velocity);
    this.#y.predict(steps, position, velocity);
    this.#aspect.predict(steps, ASPECT_DEVIATION, ASPECT_VELOCITY_DEVIATION);
    this.#height.predict(steps, position, velocity);
  }

  /** @param {Rect} box */
  correct(box) {
    const deviation = POSITION_WEIGHT * this.#height.position;
    const height = box.bottom - box.top;
    this.#x.correct((box.left + box.right) / 2, deviation);
    this.#y.correct((box.top + box.bottom) / 2, deviation);
    this.#aspect.correct((box.right - box.left) / height, ASPECT_MEASUREMENT_DEVIATION);
    this.#height.correct(height, deviation);
  }

  /** An object out of sight keeps its size: a wrong growth would run away. */
  stopGrowing() {
    this.#height.velocity = 0;
  }

  /** @returns {AxisState[]} */
  get state() {
    return [this.#x.state, this.#y.state, this.#aspect.state, this.#height.state];
  }

  /** @param {AxisState[]} state */
  static from(state) {
    const filter = new BoxFilter({ left: 0, top: 0, right: 1, bottom: 1 });
    [filter.#x, filter.#y, filter.#aspect, filter.#height] = state.map((axis) => AxisFilter.from(axis));
    return filter;
  }
}
