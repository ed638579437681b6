// The page detects for its room, or stands by to.
import { inferenceText } from '../ui/inference-text.js';
import { listModels, maskSources, onServer } from '../vision/model/model-choice.js';
import { MOTION } from '../vision/motion/motion-detector.js';
import { takePicture } from '../vision/source/video-picture.js';
import { alignIds } from '../vision/track/align-ids.js';
import { PictureTracker } from '../vision/track/picture-tracker.js';
import { VisionClient } from '../vision/vision-client.js';
import { DeviceHealth } from './device-health.js';
import { HandOver } from './hand-over.js';
import { CameraStamps, ViewerClock } from './picture-clocks.js';
import { PictureFeed } from './picture-feed.js';
import { wireDetections } from './wire-detections.js';

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../session/messages.js').Message} Message */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */
/** @typedef {import('../vision/messages.js').VisionReport} VisionReport */
/** @typedef {import('./hand-over.js').Wish} Wish */

/** @typedef {import('../session/inference-parts.js').InferenceParts} InferenceParts */

const NMS = 0.45;
const MAX_DETECTIONS = 100;
const PER_SECOND = 30;
const TICK_MS = 15;
/** Own results that the room's may still be compared with. */
const KEPT = 30;
/** The server took the nearest picture to a camera's stamp. */
const MAX_MISS_TICKS = 1_800;
/** Codes of notices by which the server says that it will take nothing from here. */
const REFUSED = new Set(['privacy_server_only', 'forbidden', 'detector_taken', 'not_on_air']);
const REFUSED_MS = 5_000;

/** Joins worker, pictures, room and the decision who detects. Owns the worker while one is wanted. */
export class PageInference {
  #parts;
  #over;
  #isCamera;
  #clock;
  #shadow = new PictureTracker(0.5);
  #health;
  /** @type {VisionClient|null} */ #client = null;
  /** @type {PictureFeed|null} */ #feed = null;
  /** @type {HTMLVideoElement|MediaStream|null} */ #source = null;
  /** @type {DetectionsMessage[]} */ #mine = [];
  /** @type {number|null} */ #target = null;
  #opened = '';
  #serverModel = '';
  #isCritical = false;
  #refusedUntil = 0;
  #onShow = NaN;
  #offered = NaN;
  #frame = 0;
  #timer;

  /** @param {Wish} wish @param {InferenceParts} parts */
  constructor(wish, parts) {
    this.#parts = parts;
    this.#isCamera = parts.isCamera;
    this.#clock = parts.isCamera ? new CameraStamps() : new ViewerClock();
    this.#over = new HandOver(wish, (phase) => this.#onPhase(phase));
    this.#health = new DeviceHealth((complains) => this.#over.device(complains, performance.now()));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** @param {Wish} wish */
  set wish(wish) {
    this.#over.setWish(wish, performance.now());
    this.#tick();
  }

  /** Whether the page is to take this message as it came. @param {Message} message */
  hear(message) {
    const now = performance.now();
    if (message.type === 'stats') {
      this.#isCritical = message.level === 'critical';
      if (!this.#over.reports) this.#serverModel = message.model;
      this.#over.serverIs({ isCritical: this.#isCritical, isWeak: this.#isWeak }, now);
    } else if (message.type === 'notice' && REFUSED.has(message.code)) {
      this.#refusedUntil = now + REFUSED_MS;
    }
    return message.type !== 'detections' || this.#hearResult(message, now);
  }

  /** @param {DetectionsMessage} message @param {number} now */
  #hearResult(message, now) {
    this.#clock.hear(message);
    if (this.#target !== message.target_id) this.#client?.target(message.target_id);
    this.#target = message.target_id;
    const isEcho = message.source === 'browser' && this.#over.reports;
    if (isEcho || !this.#over.reports) this.#align(message);
    if (isEcho) return false;
    this.#over.serverResult(now);
    const stamp = this.#clock.stampOf(message.rtp_timestamp);
    if (!this.#over.takes('server', stamp, now)) return !this.#over.opens;
    this.#shadow.follow(message.detections, message.width, message.height, stamp);
    return true;
  }

  /** Objects are called as the room calls them. @param {DetectionsMessage} theirs */
  #align(theirs) {
    const off = (/** @type {DetectionsMessage} */ { rtp_timestamp: stamp }) => Math.abs((stamp - theirs.rtp_timestamp) | 0);
    const ours = this.#mine.filter((mine) => off(mine) <= (this.#isCamera ? MAX_MISS_TICKS : 0)).sort((a, b) => off(a) - off(b))[0];
    const names = ours ? alignIds(ours.detections, theirs.detections) : null;
    if (names && names.size > 0) {
      this.#client?.rename(names);
      this.#shadow.rename(names);
    }
  }

  get #isWeak() {
    return this.#serverModel === MOTION && this.#opened !== '' && this.#opened !== MOTION;
  }

  #tick() {
    const now = performance.now();
    const settings = this.#parts.settings();
    const source = this.#parts.source();
    if (source !== this.#source) this.#setSource(source);
    const isPrivate = settings?.mode === 'privacy' || settings?.mode === 'segment';
    const canSee = source !== null && now >= this.#refusedUntil;
    this.#over.allow(this.#parts.mayAct() && !isPrivate && canSee, now);
    this.#over.live(this.#parts.session()?.state === 'live', now);
    if (settings) this.#keepWorker(settings);
    this.#over.review(now);
    this.#offer(now);
    this.#describe();
  }

  /** @param {RoomSettings} settings */
  #keepWorker(settings) {
    if (!this.#over.opens) {
      if (this.#client) this.#close();
      return;
    }
    const key = `${settings.model}/${settings.confidence}`;
    if (this.#settingsKey === key) return;
    const reopens = !this.#client || this.#settingsKey.split('/')[0] !== settings.model;
    this.#settingsKey = key;
    if (reopens) void this.#open(settings);
    else this.#client?.configure(visionSettings(settings));
  }

  #settingsKey = '';
  #failure = '';
  #told = '';

  /** @param {RoomSettings} settings */
  async #open(settings) {
    const turn = this.#settingsKey;
    this.#client?.close();
    this.#client = null;
    this.#failure = '';
    this.#over.workerIs('opening', performance.now());
    const { token } = this.#parts;
    const { detectors, masks } = await listModels(token);
    const phone = matchMedia('(pointer: coarse)').matches;
    const name = [settings.model, this.#serverModel].find((wanted) => detectors.includes(wanted))
      ?? (settings.model === MOTION ? MOTION : detectors[0] ?? MOTION);
    const sources = masks[0] && !phone && settings.mode.startsWith('focus') ? await maskSources(masks[0], token) : [];
    if (turn !== this.#settingsKey) return;
    this.#opened = name;
    this.#client = new VisionClient({
      type: 'open', detector: name === MOTION ? { name } : onServer(name), masks: sources, token, provider: 'auto', phone,
      settings: visionSettings(settings),
    }, {
      onReport: (report) => this.#hearWorker(report),
      onRestart: () => this.#over.workerIs('opening', performance.now()),
    });
    this.#client.target(this.#target);
  }

  /** @param {VisionReport} report */
  #hearWorker(report) {
    const now = performance.now();
    if (report.type === 'ready') {
      this.#over.workerIs('ready', now, report.medianMs);
      this.#over.serverIs({ isCritical: this.#isCritical, isWeak: this.#isWeak }, now);
    } else if (report.type === 'result') {
      this.#take(report, now);
    } else if (report.type === 'error') {
      this.#over.workerIs('failed', now);
      this.#failure = report.message;
    }
  }

  /** @param {import('../vision/messages.js').ResultReport} report @param {number} now */
  #take({ message, stampMs }, now) {
    const result = {
      ...message, frame_id: ++this.#frame, rtp_timestamp: this.#clock.rtpOf(stampMs),
      capture_ts: this.#isCamera ? stampMs : null, target_id: this.#target,
    };
    this.#mine.push(result);
    if (this.#mine.length > KEPT) this.#mine.shift();
    this.#over.pageResult(now);
    if (this.#over.reports && this.#clock.isSet) this.#parts.session()?.post(wireDetections(result));
    if (this.#over.takes('page', stampMs, now)) {
      this.#shadow.follow(result.detections, result.width, result.height, stampMs);
      this.#parts.onResult(result);
    }
    this.#offer(now);
  }

  /** @param {HTMLVideoElement|MediaStream|null} source */
  #setSource(source) {
    this.#feed?.close();
    this.#source = source;
    this.#onShow = NaN;
    this.#feed = source && new PictureFeed(source, ({ rtp, captureMs }) => {
      if (!this.#isCamera && rtp === null) return;
      this.#onShow = this.#isCamera ? captureMs : this.#clock.stampOf(/** @type {number} */ (rtp));
      const now = performance.now();
      this.#over.picture(now);
      this.#offer(now);
    });
  }

  /** The picture on show goes to the worker where one is wanted and it is free. @param {number} now */
  #offer(now) {
    const stamp = this.#onShow;
    const client = this.#client;
    if (!client?.isFree || Number.isNaN(stamp) || stamp === this.#offered || !this.#over.detects(now)) return;
    const video = this.#feed?.video;
    if (!video || video.videoWidth === 0) return;
    if (this.#over.phase === 'server') client.resume(this.#shadow.save());
    this.#offered = stamp;
    this.#over.pushed(now);
    takePicture(video, stamp, (picture) => client.push(picture, stamp));
  }

  /** @param {import('./hand-over.js').Phase} phase */
  #onPhase(phase) {
    const { inference: before = 'server' } = document.documentElement.dataset;
    if (before === 'page') this.#parts.session()?.handOver();
    if (before === 'server') this.#client?.resume(this.#shadow.save());
    document.documentElement.dataset.inference = phase;
  }

  #describe() {
    const words = this.#words;
    if (words === this.#told) return;
    this.#told = words;
    this.#parts.onState(words);
  }

  get #words() {
    const { phase, cause, opens, wish, worker } = this.#over;
    if (phase === 'page' || phase === 'overlap') return inferenceText.page(this.#opened, cause);
    if (wish !== 'server' && !opens) return inferenceText.cannot;
    if (worker === 'failed') return inferenceText.failed(this.#failure);
    if (worker === 'opening' && cause === null) return inferenceText.loading;
    return inferenceText.server(wish, cause);
  }

  #close() {
    this.#client?.close();
    this.#client = null;
    this.#settingsKey = '';
    this.#opened = '';
    this.#over.workerIs('none', performance.now());
  }

  close() {
    if (this.#over.phase === 'page') this.#parts.session()?.handOver();
    clearInterval(this.#timer);
    this.#close();
    this.#feed?.close();
    this.#health.close();
    delete document.documentElement.dataset.inference;
  }
}

/** @param {RoomSettings} settings */
function visionSettings({ confidence }) {
  return { confidence, nms: NMS, maxDetections: MAX_DETECTIONS, perSecond: PER_SECOND };
}
