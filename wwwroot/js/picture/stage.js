// The picture and all that is drawn on it.
import { OverlayCanvas } from '../overlay/overlay-canvas.js';
import { Effects } from './effects.js';
import { JitterTarget } from './jitter-target.js';
import { makePainter } from './painter.js';
import { Timeline } from './timeline.js';
import { Trails } from './trails.js';

/** @typedef {import('../overlay/fit.js').Rect} Rect */
/** @typedef {import('./timeline.js').Moment} Moment */
/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */

/**
 * drawn: the server has drawn what there is · overlay: this page draws, bound to the picture by its RTP timestamp ·
 * boxes: the same, but for boxes alone, which costs next to nothing ·
 * preview: this page draws over the device's own camera, which has no such timestamp
 * @typedef {'drawn'|'overlay'|'boxes'|'preview'|'bare'} StageMode
 */

/**
 * @typedef {object} StageParts
 * @property {HTMLVideoElement} video
 * @property {HTMLCanvasElement} scene where the picture itself is painted in overlay mode
 * @property {HTMLCanvasElement} overlay lines and labels, at the screen's resolution
 */

/** The picture and all that is drawn on it. Owns the loop that follows the video's pictures. */
export class Stage {
  /** @type {StageParts} */ #parts;
  /** @type {OverlayCanvas} */ #overlay;
  /** @type {import('./painter.js').Painter|null} */ #painter = null;
  #timeline = new Timeline();
  #trails = new Trails();
  #effects = new Effects();
  #jitter = new JitterTarget(null);
  /** @type {StageMode} */ #mode = 'drawn';
  /** @type {RoomSettings|null} */ #settings = null;
  /** @type {number} */ #follow = 0;
  #closed = false;
  #pictures = 0;
  /** How much later than the newest result's picture the preview is. */
  aheadMs = 120;
  /** @type {(context: CanvasRenderingContext2D, rect: Rect) => void} draws more, after the boxes. */
  onPaint = () => {};
  /** @type {(moment: Moment|null) => void} */
  onPicture = () => {};

  /** @param {StageParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#overlay = new OverlayCanvas(parts.overlay, parts.video, () => this.repaint());
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
    return this.#jitter.targetMs;
  }

  get hasPicture() {
    return this.#parts.video.videoWidth > 0 && this.#parts.video.srcObject !== null;
  }

  /** @param {MediaStream|null} stream @param {RTCRtpReceiver|null} [receiver] */
  setStream(stream, receiver = null) {
    const { video } = this.#parts;
    if (video.srcObject === stream) return;
    this.#jitter.close();
    this.#jitter = new JitterTarget(this.#mode === 'overlay' ? receiver : null);
    this.#timeline.clear();
    this.#trails.clear();
    video.srcObject = stream;
    if (stream) video.play().catch(() => {});
  }

  /** @param {StageMode} mode */
  setMode(mode) {
    this.#mode = mode;
    const { scene, video } = this.#parts;
    if (mode === 'overlay' && !this.#painter) {
      try {
        this.#painter = makePainter(scene);
      } catch {
        this.#painter = null;
      }
    }
    const painted = mode === 'overlay' && this.#painter !== null;
    scene.toggleAttribute('hidden', !painted);
    video.classList.toggle('beneath', painted);
    this.#jitter.close();
    this.#jitter = new JitterTarget(null);
    this.#timeline.clear();
    this.#trails.clear();
    this.repaint();
  }

  /** Whether boxes have words beside them. @param {boolean} labels */
  set labels(labels) {
    this.#overlay.labels = labels;
  }

  get canFocus() {
    return this.#painter !== null;
  }

  /** @param {RoomSettings} settings */
  setSettings(settings) {
    this.#settings = settings;
    this.#trails.seconds = settings.trails ?? 0;
  }

  /** @param {DetectionsMessage} message @param {boolean} [isOwn] the page found it itself */
  addResult(message, isOwn = false) {
    this.#timeline.add(message);
    this.#trails.add(message);
    if (isOwn) this.#jitter.onOwnResult();
    else this.#jitter.onResult(message.rtp_timestamp, performance.now());
  }

  /** @returns {Rect} where the picture lies on the stage, in CSS pixels */
  get rect() {
    return this.#overlay.rect;
  }

  get keepOut() {
    return this.#overlay.keepOut;
  }

  get mirrored() {
    return this.#overlay.mirrored;
  }

  set mirrored(mirrored) {
    this.#overlay.mirrored = mirrored;
  }

  /** A pointer's place as fractions of the picture; null beside it. @param {{clientX: number, clientY: number}} event */
  locate(event) {
    return this.#overlay.locate(event);
  }

  /** Labels stay clear of these. @param {readonly Element[]} elements over the picture */
  keepClearOf(elements) {
    this.#overlay.keepClearOf(elements);
  }

  /** Shows where was tapped, until the answer comes. @param {number} x @param {number} y */
  pulse(x, y) {
    this.#overlay.pulse(x, y);
  }

  #next() {
    if (this.#closed) return;
    const { video } = this.#parts;
    if ('requestVideoFrameCallback' in video) {
      this.#follow = video.requestVideoFrameCallback((now, metadata) => {
        this.#next();
        this.#show(now, metadata.rtpTimestamp);
      });
    } else {
      this.#follow = requestAnimationFrame((now) => {
        this.#next();
        this.#show(now, undefined);
      });
    }
  }

  /** @param {number} now @param {number|undefined} timestamp */
  #show(now, timestamp) {
    this.#pictures++;
    if (timestamp !== undefined) this.#jitter.onPicture(timestamp, now);
    this.#paint(this.#momentOf(timestamp));
    this.onPicture(this.#last);
  }

  /** Paints what the video has now: a hidden page is told of no picture. */
  refresh() {
    this.#paint(this.#momentOf(undefined));
  }

  /** @param {Moment|null} moment */
  #paint(moment) {
    this.#paintScene(moment);
    this.#paintOverlay(moment);
    this.#last = moment;
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
    const draws = this.#mode === 'overlay' || this.#mode === 'boxes' || this.#mode === 'preview';
    const mode = this.#settings?.mode ?? 'annotate';
    this.#overlay.paint(draws && moment ? {
      mode,
      boxes: moment.boxes,
      targets: moment.message,
      wayOf: (id) => this.#trails.of(id, timestampOf(moment)),
    } : null, this.onPaint);
  }

  /** Draws the lines again on the picture that is there: a zone was moved, the window resized. */
  repaint() {
    this.#paintOverlay(this.#last);
  }

  /** The picture as it is seen, at its own resolution. @param {HTMLCanvasElement} canvas */
  compose(canvas) {
    const { video, scene } = this.#parts;
    if (!this.hasPicture) return false;
    if (canvas.width !== video.videoWidth || canvas.height !== video.videoHeight) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
    }
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) return false;
    const source = this.#mode === 'overlay' && this.#painter ? scene : video;
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    this.#overlay.drawOnto(context, canvas.width, canvas.height);
    return true;
  }

  close() {
    this.#closed = true;
    if ('cancelVideoFrameCallback' in this.#parts.video) this.#parts.video.cancelVideoFrameCallback(this.#follow);
    else cancelAnimationFrame(this.#follow);
    this.#overlay.close();
    this.#jitter.close();
    this.#painter?.close();
    this.#parts.video.srcObject = null;
  }
}

/** @param {Moment} moment @returns {number} the timestamp of the picture that it is of */
function timestampOf({ message, ageMs }) {
  return (message.rtp_timestamp + Math.round(ageMs * 90)) >>> 0;
}
