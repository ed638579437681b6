// Boxes, outlines and ids of an analysis, on the very picture that the video shows.
import { OverlayCanvas } from '../overlay/overlay-canvas.js';
import { PictureClock } from '../overlay/picture-clock.js';
import { analysisText } from '../ui/analysis-text.js';
import { objectsAt, trackNumber } from './between.js';

/** @typedef {import('../overlay/fit.js').Rect} Rect */
/** @typedef {import('./between.js').ShownObject} ShownObject */
/** @typedef {import('./frame-store.js').FrameStore} FrameStore */
/** @typedef {import('./mask-store.js').MaskStore} MaskStore */
/** @typedef {import('./object-filter.js').ObjectFilter} ObjectFilter */
/** @typedef {{width: number, height: number, fps: number}} Facts of the video */

const MASK_ALPHA = 0.45;

/** Draws with each picture. Owns the canvas over the video; whoever has new results or another filter says so by `repaint`. */
export class AnalysisLayer {
  #canvas;
  #clock;
  #facts;
  #filter;
  #onPicture;
  /** @type {FrameStore|null} */ #frames = null;
  /** @type {MaskStore|null} */ #masks = null;
  #at = 0;
  boxes = true;
  masks = true;

  /**
   * @param {HTMLCanvasElement} canvas @param {HTMLVideoElement} video beneath it, of the same size
   * @param {Facts} facts @param {ObjectFilter} filter
   * @param {(seconds: number) => void} onPicture a picture is shown: its time
   */
  constructor(canvas, video, facts, filter, onPicture) {
    this.#facts = facts;
    this.#filter = filter;
    this.#onPicture = onPicture;
    this.#canvas = new OverlayCanvas(canvas, video, () => this.repaint());
    this.#clock = new PictureClock(video, (seconds, isOwn) => this.#show(seconds, isOwn));
  }

  /** When the picture that is shown begins, in seconds. */
  get at() {
    return this.#at;
  }

  /** What the boxes on it are now. @returns {ShownObject[]} */
  get shown() {
    const half = 0.5 / this.#facts.fps;
    const frames = this.#frames?.at(this.#at, half);
    return frames ? objectsAt(frames, this.#at, half).filter(({ source }) => this.#filter.shows(source)) : [];
  }

  /** @param {FrameStore|null} frames @param {MaskStore|null} masks null where there are no outlines */
  use(frames, masks) {
    this.#frames = frames;
    this.#masks = masks;
    this.repaint();
  }

  repaint() {
    const { width, height } = this.#facts;
    const { shown } = this;
    const boxes = !this.boxes ? [] : shown.map(({ source, bbox, isBetween }) => ({
      track_id: trackNumber(source.track_id), label: source.class, score: source.confidence, predicted: isBetween,
      xmin: bbox.x / width, ymin: bbox.y / height, xmax: (bbox.x + bbox.width) / width, ymax: (bbox.y + bbox.height) / height,
    }));
    this.#canvas.paint(
      { mode: 'annotate', boxes, targets: { target_id: trackNumber(this.#filter.track) || null }, wordsOf: analysisText.box },
      (context, rect) => this.#paintMasks(context, rect, shown),
    );
  }

  /** Where the video stands between two pictures belongs to the first of them. @param {number} seconds @param {boolean} isOwn */
  #show(seconds, isOwn) {
    const period = 1 / this.#facts.fps;
    if (isOwn) this.#at = seconds;
    else if (!(seconds >= this.#at && seconds < this.#at + period)) this.#at = Math.floor(seconds / period + 0.01) * period;
    this.#onPicture(this.#at);
    this.repaint();
  }

  /**
   * Beneath the boxes; between two frames an outline goes with its box.
   * @param {CanvasRenderingContext2D} context @param {Rect} rect @param {ShownObject[]} shown
   */
  #paintMasks(context, rect, shown) {
    const step = this.#frames?.step ?? 0;
    if (!this.masks || !this.#masks || step === 0) return;
    this.#masks.want(Math.round(this.#at * this.#facts.fps), step);
    const scale = rect.width / this.#facts.width;
    context.save();
    context.globalCompositeOperation = 'destination-over';
    context.globalAlpha = MASK_ALPHA;
    for (const object of shown) {
      const mask = this.#masks.of(object, step);
      if (!mask) continue;
      const { source: { bbox: from }, bbox: to } = object;
      const x = to.x + (mask.left - from.x) * (to.width / from.width);
      const y = to.y + (mask.top - from.y) * (to.height / from.height);
      const width = mask.width * (to.width / from.width);
      const height = mask.height * (to.height / from.height);
      context.drawImage(mask.canvas, rect.left + x * scale, rect.top + y * scale, width * scale, height * scale);
    }
    context.restore();
  }

  close() {
    this.#clock.close();
    this.#canvas.close();
  }
}
