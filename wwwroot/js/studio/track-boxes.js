// What was tracked while a clip was recorded: boxes that can be clicked.
import { drawBoxes } from '../overlay/boxes.js';
import { nearestLine, parseSidecar } from '../overlay/sidecar-layer.js';

/** @typedef {import('../overlay/fit.js').Rect} Rect */
/** @typedef {import('../session/messages.js').WireDetection} WireDetection */
/** @typedef {import('./click-points.js').TrackBox} TrackBox */

/** A picture that is further from every result has no boxes: whatever was there has moved on. */
const MAX_GAP_SECONDS = 0.12;

/** The boxes of each picture of one clip. */
export class TrackBoxes {
  #lines;

  /** @param {string} lines as the server gives them */
  constructor(lines) {
    this.#lines = parseSidecar(lines);
  }

  /** @param {number} seconds of the picture @returns {readonly WireDetection[]} */
  at(seconds) {
    return nearestLine(this.#lines, seconds, MAX_GAP_SECONDS)?.detections ?? [];
  }

  /**
   * The tracked object at a place; of several the smallest, which lies before the others. Null: none.
   * @param {number} seconds @param {{x: number, y: number}} place fractions of the picture @returns {TrackBox|null}
   */
  find(seconds, { x, y }) {
    const [hit] = this.at(seconds)
      .filter(({ track_id: id, xmin, ymin, xmax, ymax }) => id >= 0 && x >= xmin && x < xmax && y >= ymin && y < ymax)
      .sort((a, b) => (a.xmax - a.xmin) * (a.ymax - a.ymin) - (b.xmax - b.xmin) * (b.ymax - b.ymin));
    return hit ? { id: hit.track_id, xmin: hit.xmin, ymin: hit.ymin, xmax: hit.xmax, ymax: hit.ymax } : null;
  }

  /**
   * @param {CanvasRenderingContext2D} context @param {Rect} rect of the picture, in the screen's pixels @param {number} scale of the screen
   * @param {number} seconds @param {number|null} taken the track that was clicked
   */
  draw(context, rect, scale, seconds, taken) {
    context.save();
    context.scale(scale, scale);
    const { left, top, width, height } = rect;
    const inCss = { left: left / scale, top: top / scale, width: width / scale, height: height / scale };
    drawBoxes(context, inCss, this.at(seconds), { targetId: taken });
    context.restore();
  }
}
