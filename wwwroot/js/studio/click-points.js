// The clicks that say what is meant.

/** @typedef {{x: number, y: number, subtract: boolean}} ClickPoint in per cent of the picture */
/** @typedef {{xmin: number, ymin: number, xmax: number, ymax: number}} Box */
/** @typedef {Box & {id: number}} TrackBox a tracked object, in fractions of the picture */

/**
 * @typedef {object} ClickFields as the server takes them
 * @property {number} x
 * @property {number} y
 * @property {number} frame_idx
 * @property {Box} [box] in per cent
 * @property {number} [track_id]
 * @property {ClickPoint[]} [points]
 */

const MAX_CLICKS = 33;

/** Clicks in one picture of the clip: the first one adds, each further one adds or takes away. A click in another picture begins anew. */
export class ClickPoints {
  /** @type {ClickPoint[]} */ #list = [];
  #frame = -1;
  /** What the first click hit. @type {TrackBox|null} */ #box = null;

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

  /** The track that the first click hit; null: none. */
  get track() {
    return this.#box?.id ?? null;
  }

  /**
   * @param {number} frame @param {{x: number, y: number}} place fractions of the picture @param {boolean} subtract
   * @param {TrackBox|null} [box] the tracked object there; only the first click means all of one
   */
  add(frame, { x, y }, subtract, box = null) {
    if (frame !== this.#frame) this.clear();
    if (this.isFull) return;
    this.#frame = frame;
    if (this.#list.length === 0) this.#box = box;
    this.#list = [...this.#list, { x: per(x), y: per(y), subtract: subtract && this.#list.length > 0 }];
  }

  undo() {
    this.#list = this.#list.slice(0, -1);
    if (this.#list.length === 0) this.clear();
  }

  clear() {
    this.#list = [];
    this.#frame = -1;
    this.#box = null;
  }

  /** Null while there are none. @returns {ClickFields|null} */
  get fields() {
    const [first, ...more] = this.#list;
    if (!first) return null;
    const fields = { x: first.x, y: first.y, frame_idx: this.#frame, ...trackOf(this.#box) };
    return more.length > 0 ? { ...fields, points: more } : fields;
  }

  /** For a form. @returns {Record<string, string>} */
  get form() {
    return Object.fromEntries(
      Object.entries(this.fields ?? {}).map(([name, value]) => [name, typeof value === 'number' ? String(value) : JSON.stringify(value)]));
  }
}

/** @param {TrackBox|null} box */
function trackOf(box) {
  if (!box) return {};
  const { id, xmin, ymin, xmax, ymax } = box;
  return { box: { xmin: per(xmin), ymin: per(ymin), xmax: per(xmax), ymax: per(ymax) }, track_id: id };
}

/** @param {number} fraction */
function per(fraction) {
  return Math.round(Math.min(1, Math.max(0, fraction)) * 100_000) / 1000;
}
