// The object in focus.
/** @typedef {import('../picture/stage.js').Stage} Stage */

/**
 * What asks the room to hold something and to let it go: the session, while there is one.
 * @typedef {{select: (x: number, y: number, slot?: 0|1) => void, release: () => void, configure: (patch: {mode: Mode}) => void}} Asker
 */
/** @typedef {import('../session/messages.js').Mode} Mode */

/** What a mode becomes while something is held, so that focus shows whatever the mode was. @type {Readonly<Partial<Record<Mode, Mode>>>} */
const WITH_FOCUS = { plain: 'focus', annotate: 'focus+annotate' };

/** The object that is held in focus, and the ways to choose one: by a tap, by its id, or the next in the picture. */
export class Target {
  /** @type {Stage} */ #stage;
  /** @type {() => Asker|null} */ #asker;
  /** The one that is held, as results tell it. @type {number|null} */
  id = null;
  /** A tap of this page waits for its answer. */
  #asked = false;
  /** The mode before this page's tap turned focus on. @type {Mode|null} */ #before = null;

  /** @param {Stage} stage @param {() => Asker|null} asker */
  constructor(stage, asker) {
    this.#stage = stage;
    this.#asker = asker;
  }

  /** What the newest result holds, in the room's mode of now. @param {number|null} id @param {Mode|undefined} mode */
  update(id, mode) {
    const before = this.id;
    this.id = id;
    const focused = mode && WITH_FOCUS[mode];
    if (id !== null && this.#asked && focused && mode) {
      this.#before = mode;
      this.#asker()?.configure({ mode: focused });
    } else if (id === null && before !== null && this.#before && mode === WITH_FOCUS[this.#before]) {
      this.#asker()?.configure({ mode: this.#before });
    }
    if (id !== null) this.#asked = false;
    else if (before !== null) this.#before = null;
  }

  get #boxes() {
    return this.#stage.timeline.newest?.detections ?? [];
  }

  /**
   * A tap on the held object lets it go, any other holds what is there.
   * @param {{x: number, y: number}} place fractions of the picture
   * @param {boolean} [second] a second thing beside the one that is held
   */
  tap({ x, y }, second = false) {
    const asker = this.#asker();
    if (!asker) return;
    this.#stage.pulse(x, y);
    const held = this.#boxes.find(({ track_id: id }) => id === this.id);
    const inside = held && x >= held.xmin && x <= held.xmax && y >= held.ymin && y <= held.ymax;
    if (second) asker.select(x, y, 1);
    else if (inside) asker.release();
    else {
      this.#asked = true;
      asker.select(x, y);
    }
  }

  /** @param {number} id */
  hold(id) {
    const box = this.#boxes.find(({ track_id: other }) => other === id);
    if (!box) return;
    const x = (box.xmin + box.xmax) / 2;
    const y = (box.ymin + box.ymax) / 2;
    this.#stage.pulse(x, y);
    this.#asker()?.select(x, y);
  }

  /** Without a pointer: the next object after the held one, left to right. */
  next() {
    const boxes = [...this.#boxes].sort((a, b) => a.xmin - b.xmin);
    if (boxes.length === 0) return;
    this.hold(boxes[(boxes.findIndex(({ track_id: id }) => id === this.id) + 1) % boxes.length].track_id);
  }

  release() {
    this.#asker()?.release();
  }
}
