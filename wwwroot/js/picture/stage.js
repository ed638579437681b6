import { drawBoxes } from '../overlay/boxes.js';
import { Effects } from './effects.js';
import { fit, toFraction } from '../overlay/fit.js';
import { FocusPainter } from './focus-painter.js';
import { PictureHold } from './jitter-target.js';
import { Timeline } from './timeline.js';

/** @typedef {import('../overlay/fit.js').Rect} Rect */
/** @typedef {import('./timeline.js').Moment} Moment */
/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */

/**
 * drawn: the server has drawn what there is · overlay: this page draws, bound to the picture by its RTP timestamp ·
 * preview: this page draws over the device's own camera, which has no such timestamp
 * @typedef {'drawn'|'overlay'|'preview'|'bare'} StageMode
 */

/**
 * @typedef {object} StageParts
 * @property {HTMLVideoElement} video
 * @property {HTMLCanvasElement} scene where the picture itself is painted in overlay mode
 * @property {HTMLCanvasElement} overlay lines and labels, at the screen's resolution
 */

const MOST_PIXEL_RATIO = 2;
const PULSE_MS = 450;

/** The picture and all that is drawn on it. Owns the loop that follows the video's pictures. */
export class Stage {
  /** @type {StageParts} */ #parts;
  /** @type {CanvasRenderingContext2D} */ #context;
  /** @type {FocusPainter|null} */ #painter = null;
  /** @type {ResizeObserver} */ #observer;
  #timeline = new Timeline();
  #effects = new Effects();
  #hold = new PictureHold(null);
  /** @type {StageMode} */ #mode = 'drawn';
  /** @type {RoomSettings|null} */ #settings = null;
  /** @type {{x: number, y: number, at: number}|null} */ #pulse = null;
  /** @type {number} */ #follow = 0;
  #closed = false;
  #pictures = 0;
  /** How much later than the newest result's picture the preview is. */
  aheadMs = 120;
  mirrored = false;
  /** @type {(context: CanvasRenderingContext2D, rect: Rect, moment: Moment|null) => void} Draws more, after the boxes. */
  onPaint = () => {};
  /** @type {(moment: Moment|null) => void} */
  onPicture = () => {};

  /** @param {StageParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const context = parts.overlay.getContext('2d');
    if (!context) throw new Error('no 2D canvas');
    this.#context = context;
    this.#observer = new ResizeObserver(() => this.#fitOverlay());
    this.#observer.observe(parts.overlay);
    this.#next();
  }

  get timeline() {
    return this.#timeline;
  }

  /** Pictures shown so far. */
  get pictures() {
    return this.#pictures;
  }

  get heldBackMs() {
    return this.#hold.targetMs;
  }

  get hasPicture() {
    return this.#parts.video.videoWidth > 0 && this.#parts.video.srcObject !== null;
  }

  /** @param {MediaStream|null} stream @param {RTCRtpReceiver|null} [receiver] */
  setStream(stream, receiver = null) {
    const { video } = this.#parts;
    if (video.srcObject === stream) return;
    this.#hold.close();
    this.#hold = new PictureHold(this.#mode === 'overlay' ? receiver : null);
    this.#timeline.clear();
    video.srcObject = stream;
    if (stream) video.play().catch(() => {});
  }

  /** @param {StageMode} mode */
  setMode(mode) {
    this.#mode = mode;
    const { scene, video } = this.#parts;
    if (mode === 'overlay' && !this.#painter) {
      try {
        this.#painter = new FocusPainter(scene);
      } catch {
        this.#painter = null;
      }
    }
    const painted = mode === 'overlay' && this.#painter !== null;
    scene.toggleAttribute('hidden', !painted);
    video.classList.toggle('beneath', painted);
    this.#hold.close();
    this.#hold = new PictureHold(null);
    this.#timeline.clear();
    this.repaint();
  }

  get canFocus() {
    return this.#painter !== null;
  }

  /** @param {RoomSettings} settings */
  setSettings(settings) {
    this.#settings = settings;
  }

  /** @param {DetectionsMessage} message */
  addResult(message) {
    this.#timeline.add(message);
    this.#hold.onResult(message.rtp_timestamp, performance.now());
  }

  /** @returns {Rect} where the picture lies on the stage, in CSS pixels */
  get rect() {
    const { overlay, video } = this.#parts;
    return fit(overlay.clientWidth, overlay.clientHeight, video.videoWidth, video.videoHeight);
  }

  /**
   * A pointer's place as fractions of the picture; null beside it.
   * @param {{clientX: number, clientY: number}} event
   */
  locate(event) {
    const bounds = this.#parts.overlay.getBoundingClientRect();
    return toFraction(this.rect, event.clientX - bounds.left, event.clientY - bounds.top, this.mirrored);
  }

  /** Shows where was tapped, until the answer comes. @param {number} x @param {number} y */
  pulse(x, y) {
    this.#pulse = { x: this.mirrored ? 1 - x : x, y, at: performance.now() };
    const again = () => {
      this.repaint();
      if (this.#pulse) requestAnimationFrame(again);
    };
    requestAnimationFrame(again);
  }

  #next() {
    if (this.#closed) return;
    const { video } = this.#parts;
    if ('requestVideoFrameCallback' in video) {
      this.#follow = video.requestVideoFrameCallback((now, metadata) => {
        this.#show(now, metadata.rtpTimestamp);
        this.#next();
      });
    } else {
      this.#follow = requestAnimationFrame((now) => {
        this.#show(now, undefined);
        this.#next();
      });
    }
  }

  /** @param {number} now @param {number|undefined} timestamp */
  #show(now, timestamp) {
    this.#pictures++;
    if (timestamp !== undefined) this.#hold.onPicture(timestamp, now);
    const moment = this.#momentOf(timestamp);
    this.#paintScene(moment);
    this.#paintOverlay(moment);
    this.#last = moment;
    this.onPicture(moment);
  }

  /** @type {Moment|null} */ #last = null;

  /** What the picture on show is taken to hold. */
  get moment() {
    return this.#last;
  }

  /** @param {number|undefined} timestamp @returns {Moment|null} */
  #momentOf(timestamp) {
    if (this.#mode === 'preview') return this.#timeline.ahead(this.aheadMs);
    if (timestamp !== undefined) return this.#timeline.at(timestamp) ?? null;
    return this.#timeline.ahead(0);
  }

  /** @param {Moment|null} moment */
  #paintScene(moment) {
    if (this.#mode !== 'overlay' || !this.#painter) return;
    const { video } = this.#parts;
    this.#painter.paint(video, video.videoWidth, video.videoHeight, this.#effects.of(this.#settings, moment, this.#timeline));
  }

  /** @param {Moment|null} moment */
  #paintOverlay(moment) {
    const { overlay } = this.#parts;
    const context = this.#context;
    const ratio = overlay.width / Math.max(1, overlay.clientWidth);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, overlay.clientWidth, overlay.clientHeight);
    const { rect } = this;
    const draws = this.#mode === 'overlay' || this.#mode === 'preview';
    const mode = this.#settings?.mode ?? 'annotate';
    if (draws && moment && mode !== 'plain' && mode !== 'privacy') {
      const targetId = moment.message.target_id;
      const boxes = mode === 'focus' ? moment.boxes.filter(({ track_id: id }) => id === targetId || id === moment.message.second_target_id) : moment.boxes;
      drawBoxes(context, rect, boxes, { targetId, mirrored: this.mirrored });
    }
    this.onPaint(context, rect, moment);
    this.#paintPulse(context, rect);
  }

  /** @param {CanvasRenderingContext2D} context @param {Rect} rect */
  #paintPulse(context, rect) {
    if (!this.#pulse) return;
    const share = (performance.now() - this.#pulse.at) / PULSE_MS;
    if (share >= 1) {
      this.#pulse = null;
      return;
    }
    context.beginPath();
    context.arc(rect.left + this.#pulse.x * rect.width, rect.top + this.#pulse.y * rect.height, 14 + 26 * share, 0, 2 * Math.PI);
    context.strokeStyle = `rgb(255 255 255 / ${1 - share})`;
    context.lineWidth = 3;
    context.stroke();
  }

  /** Draws the lines again on the picture that is there: a zone was moved, the window resized. */
  repaint() {
    this.#paintOverlay(this.#last);
  }

  #fitOverlay() {
    const { overlay } = this.#parts;
    const ratio = Math.min(MOST_PIXEL_RATIO, window.devicePixelRatio || 1);
    overlay.width = Math.round(overlay.clientWidth * ratio);
    overlay.height = Math.round(overlay.clientHeight * ratio);
    this.repaint();
  }

  /** The picture as it is seen, at its own resolution. @param {HTMLCanvasElement} canvas */
  compose(canvas) {
    const { video, scene, overlay } = this.#parts;
    if (!this.hasPicture) return false;
    if (canvas.width !== video.videoWidth || canvas.height !== video.videoHeight) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
    }
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) return false;
    const source = this.#mode === 'overlay' && this.#painter ? scene : video;
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    const { rect } = this;
    const ratio = overlay.width / Math.max(1, overlay.clientWidth);
    if (rect.width > 0 && overlay.width > 0) {
      context.drawImage(overlay, rect.left * ratio, rect.top * ratio, rect.width * ratio, rect.height * ratio, 0, 0, canvas.width, canvas.height);
    }
    return true;
  }

  close() {
    this.#closed = true;
    if ('cancelVideoFrameCallback' in this.#parts.video) this.#parts.video.cancelVideoFrameCallback(this.#follow);
    else cancelAnimationFrame(this.#follow);
    this.#observer.disconnect();
    this.#hold.close();
    this.#painter?.close();
    this.#parts.video.srcObject = null;
  }
}
