// The picture of the page that detects by itself, and all that is drawn on it.
import { OverlayCanvas } from '../overlay/overlay-canvas.js';
import { Effects } from '../picture/effects.js';
import { makePainter } from '../picture/painter.js';
import { Timeline } from '../picture/timeline.js';
import { CameraClock, FileClock, ticksOf } from '../vision/source/stamps.js';

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */

/**
 * Follows a video's pictures and draws each at once: what is known of it by then, never what is still being looked for. Owns
 * the canvases and the clock of the source.
 */
export class FocusStage {
  #video; #overlay; #scene;
  /** @type {import('../picture/painter.js').Painter|null} */ #painter = null;
  #timeline = new Timeline();
  #effects = new Effects();
  #files = new FileClock();
  #cameras = new CameraClock();
  /** @type {import('../picture/timeline.js').Moment|null} */ #moment = null;
  #follow = 0;
  #closed = false;
  isCamera = false;
  boxes = true;
  blur = 0.6;
  /** Pictures shown. */
  shown = 0;
  /** A picture is on show; whoever wants it looked at takes it here. @type {(stampMs: number) => void} */
  onPicture = () => {};

  /** @param {HTMLVideoElement} video @param {HTMLCanvasElement} scene @param {HTMLCanvasElement} overlay */
  constructor(video, scene, overlay) {
    this.#video = video;
    this.#scene = scene;
    this.#overlay = new OverlayCanvas(overlay, video, () => this.#paintOverlay());
    try {
      this.#painter = makePainter(scene);
    } catch {
      // Nothing can be drawn: the video itself is shown, and nothing is blurred.
    }
    video.classList.toggle('beneath', this.#painter !== null);
    this.#next();
  }

  get canBlur() {
    return this.#painter !== null;
  }

  /** What the picture on show is taken to hold. */
  get moment() {
    return this.#moment;
  }

  get newest() {
    return this.#timeline.newest;
  }

  /** Another source: nothing of before belongs to it. */
  restart() {
    this.#timeline.clear();
    this.#files = new FileClock();
    this.#cameras = new CameraClock();
    this.#moment = null;
    this.shown = 0;
  }

  /** By the screen's clock. @param {number} frameMs @param {number} arrivedMs since 1970 */
  captureMs(frameMs, arrivedMs) {
    return this.#cameras.captureMs(frameMs, arrivedMs - performance.timeOrigin);
  }

  /** @param {DetectionsMessage} message */
  add(message) {
    this.#timeline.add(message);
    if (this.#video.paused) this.#show(this.#lastStamp);
  }

  /** A pointer's place as fractions of the picture. @param {{clientX: number, clientY: number}} event */
  locate(event) {
    return this.#overlay.locate(event);
  }

  /** @param {number} x @param {number} y */
  pulse(x, y) {
    this.#overlay.pulse(x, y);
  }

  /** @param {readonly Element[]} elements */
  keepClearOf(elements) {
    this.#overlay.keepClearOf(elements);
  }

  /** Draws the picture that is there again: a setting changed. */
  repaint() {
    if (this.#video.videoWidth > 0) this.#show(this.#lastStamp);
  }

  #lastStamp = 0;

  #next() {
    if (this.#closed) return;
    if ('requestVideoFrameCallback' in this.#video) {
      this.#follow = this.#video.requestVideoFrameCallback((now, metadata) => {
        this.#next();
        this.#picture(this.isCamera ? metadata.captureTime ?? now : this.#files.stampMs(metadata.mediaTime));
      });
    } else {
      this.#follow = requestAnimationFrame((now) => {
        this.#next();
        const { isCamera } = this;
        if (/** @type {HTMLVideoElement} */ (this.#video).videoWidth > 0) {
          this.#picture(isCamera ? now : this.#files.stampMs(/** @type {HTMLVideoElement} */ (this.#video).currentTime));
        }
      });
    }
  }

  /** @param {number} stampMs */
  #picture(stampMs) {
    this.shown++;
    this.#scene.hidden = this.#painter === null;
    this.#lastStamp = stampMs;
    if (this.isCamera) this.#cameras.shown(stampMs);
    this.#show(stampMs);
    this.onPicture(stampMs);
  }

  /** @param {number} stampMs */
  #show(stampMs) {
    this.#moment = this.#timeline.at(ticksOf(stampMs));
    const { videoWidth, videoHeight } = this.#video;
    const effect = this.#effects.of({ mode: 'focus', blur: this.blur }, this.#moment, this.#timeline);
    this.#painter?.paint(this.#video, videoWidth, videoHeight, effect);
    this.#scene.dataset.blurred = String(effect !== null);
    this.#paintOverlay();
  }

  #paintOverlay() {
    const moment = this.#moment;
    this.#overlay.paint(moment && { mode: this.boxes ? 'annotate' : 'plain', boxes: moment.boxes, targets: moment.message }, () => {});
  }

  close() {
    this.#closed = true;
    if ('cancelVideoFrameCallback' in this.#video) this.#video.cancelVideoFrameCallback(this.#follow);
    else cancelAnimationFrame(this.#follow);
    this.#overlay.close();
    this.#painter?.close();
  }
}
