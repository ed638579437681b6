// What the worker does with each picture.
import { RuntimeMissing } from './model/runtime.js';
import { ModelError } from './model/fetch-model.js';
import { openModels } from './open-models.js';
import { sizeOf } from './prepare/canvas-preparer.js';
import { Pace } from './source/pace.js';
import { ticksOf } from './source/stamps.js';
import { TrackSource } from './source/track-source.js';
import { PictureTracker } from './track/picture-tracker.js';
import { isTrackerState } from './track/tracker-state.js';

/** @typedef {import('./messages.js').VisionCommand} VisionCommand */
/** @typedef {import('./messages.js').VisionReport} VisionReport */
/** @typedef {import('./messages.js').VisionSettings} VisionSettings */
/** @typedef {VideoFrame|ImageBitmap} Picture */
/** @typedef {{picture: Picture, stampMs: number, arrivedMs: number|null, queuedMs: number}} Waiting */

/** One picture at a time, the newest that waits; each becomes a message as the server writes them. Owns models and pictures. */
export class VisionLoop {
  #report;
  /** @type {import('./open-models.js').OpenModels|null} */ #models = null;
  /** @type {VisionSettings} */ #settings = { confidence: 0.5, nms: 0.45, maxDetections: 100, perSecond: 30 };
  #tracker = new PictureTracker(0.5);
  #pace = new Pace(30);
  /** @type {TrackSource|null} */ #track = null;
  /** @type {Waiting|null} */ #pushed = null;
  /** @type {number|null} */ #target = null;
  #model = '';
  #frame = 0;
  #runs = 0;
  #busy = false;

  /** @param {(report: VisionReport) => void} report */
  constructor(report) {
    this.#report = report;
  }

  /** @param {VisionCommand} command */
  handle(command) {
    switch (command.type) {
      case 'open':
        void this.#open(command);
        break;
      case 'picture':
        this.#pushed?.picture.close();
        this.#pushed = { picture: command.picture, stampMs: command.stampMs, arrivedMs: null, queuedMs: performance.now() };
        this.#turn();
        break;
      case 'track':
        this.#track?.close();
        this.#track = new TrackSource(command.readable, () => this.#turn());
        break;
      case 'untrack':
        this.#track?.close();
        this.#track = null;
        break;
      case 'configure':
        this.#configure(command.settings);
        break;
      case 'restore':
        if (isTrackerState(command.state)) this.#tracker.restore(command.state);
        break;
      case 'rename':
        this.#tracker.rename(command.names);
        break;
      case 'target':
        this.#target = command.id;
        break;
    }
  }

  /** @param {VisionSettings} settings */
  #configure(settings) {
    this.#settings = settings;
    this.#tracker.confidence = settings.confidence;
    this.#pace.perSecond = settings.perSecond;
  }

  /** @param {import('./messages.js').OpenCommand} command */
  async #open(command) {
    this.#configure(command.settings);
    this.#model = command.detector.name;
    try {
      const models = await openModels(command, this.#report);
      this.#models = models;
      models.device?.lost?.then((/** @type {{reason: string, message: string}} */ lost) => {
        if (lost.reason !== 'destroyed') this.#fail('run', `The graphics chip was lost: ${lost.message}`);
      });
      const { width, height } = models.detector.plan;
      this.#report({
        type: 'ready', model: this.#model, provider: models.provider, adapter: models.adapter, medianMs: models.medianMs,
        threads: models.threads, note: models.note, width, height, masks: models.sam ? command.masks[0].name : null,
        resources: performance.getEntriesByType('resource').map(({ name }) => name),
      });
      this.#turn();
    } catch (error) {
      this.#fail(error instanceof RuntimeMissing ? 'runtime' : error instanceof ModelError ? 'model' : codeOf(error), messageOf(error));
    }
  }

  /** Takes the next picture if there is one and nothing is at work. */
  #turn() {
    if (this.#busy || !this.#models) return;
    const waiting = this.#next();
    if (!waiting) return;
    this.#busy = true;
    this.#look(waiting, this.#models)
      .catch((error) => this.#fail(codeOf(error), messageOf(error)))
      .finally(() => {
        waiting.picture.close();
        this.#busy = false;
        this.#turn();
      });
  }

  /** @returns {Waiting|null} */
  #next() {
    const pushed = this.#pushed;
    this.#pushed = null;
    if (pushed) return pushed;
    const taken = this.#track?.take();
    if (!taken) return null;
    const now = performance.now();
    if (!this.#pace.takes(now)) {
      taken.picture.close();
      return null;
    }
    return { picture: taken.picture, stampMs: taken.picture.timestamp / 1000, arrivedMs: taken.arrivedMs, queuedMs: now };
  }

  /** @param {Waiting} waiting @param {import('./open-models.js').OpenModels} models */
  async #look({ picture, stampMs, arrivedMs, queuedMs }, { detector, sam }) {
    const began = performance.now();
    const receivedMs = performance.timeOrigin + queuedMs;
    const { width, height } = sizeOf(picture);
    const { nms, maxDetections } = this.#settings;
    const { detections, detectMs, prepareMs } = await detector.detect(picture, { confidence: this.#tracker.minScore, nms, maxDetections });
    this.#runs++;
    const detected = performance.now();
    const boxes = this.#tracker.update(detections, width, height, stampMs, detector.names);
    const tracked = performance.now();
    const held = sam && boxes.find(({ track_id: id }) => id === this.#target);
    const mask = held ? await sam.segment(picture, pixelsOf(held, width, height), held.track_id, stampMs) : null;
    const masked = performance.now();
    this.#report({
      type: 'result',
      stampMs,
      arrivedMs,
      runs: this.#runs,
      encoded: sam?.encoded ?? 0,
      state: this.#tracker.save(),
      message: {
        type: 'detections', room: '', frame_id: ++this.#frame, rtp_timestamp: ticksOf(stampMs), capture_ts: null, recv_ts: receivedMs,
        inference_ts: performance.timeOrigin + masked, width, height, model: this.#model, provider: detector.provider, source: 'browser',
        level: 'optimal', target_id: this.#target, detections: boxes, mask,
        timings_ms: { queue: began - queuedMs, prepare: prepareMs, detect: detectMs, track: tracked - detected, mask: masked - tracked },
      },
    });
  }

  /** @param {'runtime'|'model'|'memory'|'run'} code @param {string} message */
  #fail(code, message) {
    this.#report({ type: 'error', code, message });
  }
}

/** @param {unknown} error @returns {'memory'|'run'} */
function codeOf(error) {
  return error instanceof RangeError || /memory|allocat/i.test(messageOf(error)) ? 'memory' : 'run';
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {import('../session/messages.js').WireDetection} box @param {number} width @param {number} height */
function pixelsOf({ xmin, ymin, xmax, ymax }, width, height) {
  return { left: xmin * width, top: ymin * height, right: xmax * width, bottom: ymax * height };
}
