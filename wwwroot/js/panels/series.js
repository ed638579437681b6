/** A ring of the last readings, and the path of their curve. */
export class Series {
  /** @type {Float64Array} */ #values;
  #count = 0;
  #next = 0;

  /** @param {number} [capacity] */
  constructor(capacity = 120) {
    this.#values = new Float64Array(capacity);
  }

  /** A reading that is not a number is a gap. @param {number} value */
  push(value) {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
    this.#count = Math.min(this.#count + 1, this.#values.length);
  }

  get length() {
    return this.#count;
  }

  get capacity() {
    return this.#values.length;
  }

  /** @param {number} index 0 is the oldest */
  at(index) {
    const start = this.#count < this.#values.length ? 0 : this.#next;
    return this.#values[(start + index) % this.#values.length];
  }

  get last() {
    return this.#count > 0 ? this.at(this.#count - 1) : NaN;
  }

  get max() {
    let most = 0;
    for (let i = 0; i < this.#count; i++) if (this.at(i) > most) most = this.at(i);
    return most;
  }
}

/**
 * A top for the scale that does not twitch: 1, 2 or 5 times a power of ten, at or above the value.
 * @param {number} value
 */
export function niceTop(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 5, 10]) if (value <= step * power * 1.0000001) return step * power;
  return 10 * power;
}

/**
 * Points of the curve; the newest is at the right edge, a gap is null.
 * @param {Series} series @param {number} width @param {number} height @param {number} top the value at the upper edge
 * @returns {({x: number, y: number}|null)[]}
 */
export function curve(series, width, height, top) {
  const step = width / Math.max(1, series.capacity - 1);
  const start = width - (series.length - 1) * step;
  return Array.from({ length: series.length }, (_, i) => {
    const value = series.at(i);
    return Number.isFinite(value) ? { x: start + i * step, y: height - Math.min(1, value / top) * height } : null;
  });
}
