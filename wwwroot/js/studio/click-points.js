// The clicks that say what is meant.

/** @typedef {{x: number, y: number, subtract: boolean}} ClickPoint in per cent of the picture */
/** @typedef {{x: number, y: number, frame_idx: number, points?: ClickPoint[]}} ClickFields as the server takes them */

const MAX_CLICKS = 33;

/** Clicks in one picture of the clip: the first one adds, each further one adds or takes away. A click in another picture begins anew. */
export class ClickPoints {
  /** @type {ClickPoint[]} */ #list = [];
  #frame = -1;

  /** The picture that they are in, -1 while there are none. */
  get frame() {
    return this.#frame;
  }

  /** @returns {readonly ClickPoint[]} */
  get list() {
    return this.#list;
  }

  get isFull() {
    return this.#list.length >= MAX_CLICKS;
  }

  /** @param {number} frame @param {{x: number, y: number}} place fractions of the picture @param {boolean} subtract */
  add(frame, { x, y }, subtract) {
    if (frame !== this.#frame) this.clear();
    if (this.isFull) return;
    this.#frame = frame;
    this.#list = [...this.#list, { x: per(x), y: per(y), subtract: subtract && this.#list.length > 0 }];
  }

  undo() {
    this.#list = this.#list.slice(0, -1);
    if (this.#list.length === 0) this.#frame = -1;
  }

  clear() {
    this.#list = [];
    this.#frame = -1;
  }

  /** Null while there are none. @returns {ClickFields|null} */
  get fields() {
    const [first, ...more] = this.#list;
    if (!first) return null;
    const fields = { x: first.x, y: first.y, frame_idx: this.#frame };
    return more.length > 0 ? { ...fields, points: more } : fields;
  }

  /** For a form. @returns {Record<string, string>} */
  get form() {
    return Object.fromEntries(
      Object.entries(this.fields ?? {}).map(([name, value]) => [name, typeof value === 'number' ? String(value) : JSON.stringify(value)]));
  }
}

/** @param {number} fraction */
function per(fraction) {
  return Math.round(Math.min(1, Math.max(0, fraction)) * 100_000) / 1000;
}
