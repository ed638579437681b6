// What was detected while a video was recorded, drawn over it as it plays.
import { OverlayCanvas } from './overlay-canvas.js';
import { PictureClock } from './picture-clock.js';

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {DetectionsMessage & {presentation_time: number, view?: 'source'|'annotated'}} SidecarLine */

/** A picture that is further from every result than this shows none. */
const MAX_GAP_SECONDS = 0.5;

/**
 * The lines of `GET /api/videos/{id}/sidecar` in the order of their times. A line that was cut off, or is none, is left out.
 * @param {string} lines
 * @returns {SidecarLine[]}
 */
export function parseSidecar(lines) {
  /** @type {SidecarLine[]} */
  const parsed = [];
  for (const line of lines.split('\n')) {
    try {
      const entry = JSON.parse(line);
      if (Number.isFinite(entry?.presentation_time) && Array.isArray(entry.detections)) parsed.push(entry);
    } catch {
      // The last line of a recording whose server was killed.
    }
  }
  return parsed.sort((a, b) => a.presentation_time - b.presentation_time);
}

/**
 * The result that belongs to a time of the video: the nearest, the earlier of two that are as near.
 * @param {readonly SidecarLine[]} lines in the order of their times
 * @param {number} seconds
 * @param {number} [maxGap] in seconds
 * @returns {SidecarLine|null}
 */
export function nearestLine(lines, seconds, maxGap = MAX_GAP_SECONDS) {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].presentation_time < seconds) low = middle + 1;
    else high = middle;
  }
  const before = lines[low - 1];
  const after = lines[low];
  const nearest = !after || (before && seconds - before.presentation_time <= after.presentation_time - seconds) ? before : after;
  return nearest && Math.abs(nearest.presentation_time - seconds) <= maxGap ? nearest : null;
}

/**
 * Draws the boxes of the picture that a video shows on a canvas over it, of the same size. Owns the canvas's drawing; `close` gives both
 * back as they were.
 */
export class SidecarLayer {
  /** @type {HTMLCanvasElement} */ #element;
  /** @type {HTMLVideoElement} */ #video;
  /** @type {OverlayCanvas} */ #canvas;
  /** @type {SidecarLine[]} */ #lines;
  #visible = true;
  #clock;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLVideoElement} video
   * @param {string} lines as the server gives them
   */
  constructor(canvas, video, lines) {
    this.#element = canvas;
    this.#video = video;
    this.#lines = parseSidecar(lines);
    this.#visible = !this.isDrawnIn;
    this.#canvas = new OverlayCanvas(canvas, video, () => this.#paint(this.#video.currentTime));
    this.#clock = new PictureClock(video, (seconds) => this.#paint(seconds));
    this.#paint(video.currentTime);
  }

  /** How many results there are. */
  get count() {
    return this.#lines.length;
  }

  /** The boxes are in the picture already: what was recorded is what viewers saw. */
  get isDrawnIn() {
    return this.#lines[0]?.view === 'annotated';
  }

  /** False at first where the boxes are in the picture already. */
  get visible() {
    return this.#visible;
  }

  set visible(visible) {
    this.#visible = visible;
    this.#paint(this.#video.currentTime);
  }

  /** @param {number} seconds */
  #paint(seconds) {
    const line = this.#visible ? nearestLine(this.#lines, seconds) : null;
    this.#canvas.paint(
      line && { mode: 'annotate', boxes: line.detections, targets: { target_id: line.target_id ?? null } },
      () => {},
    );
  }

  close() {
    this.#clock.close();
    this.#visible = false;
    this.#paint(0);
    this.#canvas.close();
    this.#element.width = 0;
  }
}
