// Detections of one picture into the boxes that a message carries.
import { ByteTracker, optionsFor } from './byte-tracker.js';

/** @typedef {import('./track.js').Detection} Detection */
/** @typedef {import('../../session/messages.js').WireDetection} WireDetection */

const STEP_MS = 1000 / 30;
/** Further apart than this two pictures have nothing to do with each other. */
const MAX_GAP_MS = 2_000;
const LONGER_SIDE = 1280;

/**
 * Follows objects whatever the picture's size is: in units of which its longer side has 1280, as the server's rooms do.
 * Owns the tracker.
 */
export class PictureTracker {
  #tracker;
  #last = NaN;

  /** @param {number} confidence */
  constructor(confidence) {
    this.#tracker = new ByteTracker(optionsFor(confidence));
  }

  /** @param {number} confidence */
  set confidence(confidence) {
    this.#tracker.options = optionsFor(confidence);
  }

  /** What the detector must still report, for the tracker to use. */
  get minScore() {
    return this.#tracker.options.lowThreshold;
  }

  /**
   * @param {readonly Detection[]} detections in pixels @param {number} width @param {number} height of the picture
   * @param {number} stampMs @param {readonly string[]} names
   * @returns {WireDetection[]}
   */
  update(detections, width, height, stampMs, names) {
    const gap = stampMs - this.#last;
    if (gap < 0 || gap > MAX_GAP_MS) this.#tracker.reset();
    const scale = LONGER_SIDE / Math.max(width, height);
    const scaled = detections.map(({ classId, score, box }) => ({ classId, score, box: scaledBy(box, scale) }));
    const steps = gap > 0 && gap <= MAX_GAP_MS ? gap / STEP_MS : 1;
    this.#last = stampMs;
    const within = (/** @type {number} */ value, /** @type {number} */ extent) => Math.max(0, Math.min(value / (extent * scale), 1));
    return this.#tracker.update(scaled, steps).map(({ id, classId, score, box }) => ({
      track_id: id,
      label: names[classId] ?? `class ${classId}`,
      score,
      xmin: within(box.left, width),
      ymin: within(box.top, height),
      xmax: within(box.right, width),
      ymax: within(box.bottom, height),
      predicted: false,
    }));
  }

  /**
   * Takes over what another tracker found in a picture, with its ids.
   * @param {readonly WireDetection[]} boxes @param {number} width @param {number} height of the picture @param {number} stampMs
   */
  follow(boxes, width, height, stampMs) {
    const gap = stampMs - this.#last;
    if (gap < 0 || gap > MAX_GAP_MS) this.#tracker.reset();
    const scale = LONGER_SIDE / Math.max(width, height);
    const [wide, high] = [width * scale, height * scale];
    this.#last = stampMs;
    this.#tracker.follow(boxes.map(({ track_id: id, score, xmin, ymin, xmax, ymax }) => ({
      id, classId: 0, score, box: { left: xmin * wide, top: ymin * high, right: xmax * wide, bottom: ymax * high },
    })), gap > 0 && gap <= MAX_GAP_MS ? gap / STEP_MS : 1);
  }

  /** @param {ReadonlyMap<number, number>} names */
  rename(names) {
    this.#tracker.rename(names);
  }

  /** @returns {import('./byte-tracker.js').TrackerState} */
  save() {
    return Number.isFinite(this.#last) ? { ...this.#tracker.save(), stampMs: this.#last } : this.#tracker.save();
  }

  /** @param {import('./byte-tracker.js').TrackerState} state */
  restore(state) {
    this.#tracker.restore(state);
    this.#last = state.stampMs ?? this.#last;
  }
}

/** @param {import('../detect/rect.js').Rect} box @param {number} by */
function scaledBy({ left, top, right, bottom }, by) {
  return { left: left * by, top: top * by, right: right * by, bottom: bottom * by };
}
