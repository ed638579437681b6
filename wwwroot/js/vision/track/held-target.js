// What is kept in focus.

/** @typedef {import('../../session/messages.js').WireDetection} WireDetection */

/** Out of sight this long, it is let go. */
const MAX_LOST_MS = 3_000;
/** A new object of its class that covers this much of its place is taken for it. */
const MIN_OVERLAP = 0.3;

/** The object in focus: chosen by a tap, held while it is out of sight for a moment, found again in its place. */
export class HeldTarget {
  /** @type {WireDetection|null} */ #last = null;
  #seenMs = 0;

  get id() {
    return this.#last?.track_id ?? null;
  }

  get label() {
    return this.#last?.label ?? null;
  }

  /**
   * A tap on what is held lets it go; any other holds what is there, the smallest where several lie over one another.
   * @param {readonly WireDetection[]} boxes @param {number} x @param {number} y fractions of the picture @param {number} nowMs
   * @returns {'held'|'released'|'nothing'}
   */
  tap(boxes, x, y, nowMs) {
    const under = boxes.filter((box) => x >= box.xmin && x <= box.xmax && y >= box.ymin && y <= box.ymax);
    const [box] = under.sort((a, b) => areaOf(a) - areaOf(b));
    if (box && box.track_id === this.id) {
      this.release();
      return 'released';
    }
    if (!box) return 'nothing';
    this.hold(box, nowMs);
    return 'held';
  }

  /** @param {WireDetection} box @param {number} nowMs */
  hold(box, nowMs) {
    this.#last = box;
    this.#seenMs = nowMs;
  }

  release() {
    this.#last = null;
  }

  /**
   * The boxes of a new picture, with what is held among them even when it is out of sight.
   * @param {readonly WireDetection[]} boxes @param {number} nowMs
   * @returns {WireDetection[]}
   */
  update(boxes, nowMs) {
    const last = this.#last;
    if (!last) return [...boxes];
    const seen = boxes.find(({ track_id: id }) => id === last.track_id)
      ?? boxes.find((box) => box.label === last.label && overlap(box, last) >= MIN_OVERLAP);
    if (seen) {
      this.hold(seen, nowMs);
      return [...boxes];
    }
    if (nowMs - this.#seenMs > MAX_LOST_MS) {
      this.release();
      return [...boxes];
    }
    return [...boxes, { ...last, predicted: true }];
  }
}

/** @param {WireDetection} box */
function areaOf({ xmin, ymin, xmax, ymax }) {
  return (xmax - xmin) * (ymax - ymin);
}

/** @param {WireDetection} a @param {WireDetection} b */
export function overlap(a, b) {
  const width = Math.min(a.xmax, b.xmax) - Math.max(a.xmin, b.xmin);
  const height = Math.min(a.ymax, b.ymax) - Math.max(a.ymin, b.ymin);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (areaOf(a) + areaOf(b) - width * height);
}
