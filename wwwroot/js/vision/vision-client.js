// The page's end of detecting by itself.

/** @typedef {import('./messages.js').OpenCommand} OpenCommand */
/** @typedef {import('./messages.js').VisionCommand} VisionCommand */
/** @typedef {import('./messages.js').VisionReport} VisionReport */
/** @typedef {import('./messages.js').VisionSettings} VisionSettings */
/** @typedef {import('./messages.js').TrackerState} TrackerState */

/** The runtime's memory only grows: after so many runs another worker takes over. */
const MAX_RUNS = 20_000;
/** A picture that takes longer than this will never come back. */
const HANG_MS = 30_000;
/** More faults within this time are no accident. */
const MAX_RESTARTS = 3;
const RESTART_WINDOW_MS = 60_000;
const WORKER = '/js/vision/vision-worker.js';

/**
 * @typedef {object} VisionListener
 * @property {(report: VisionReport) => void} onReport
 * @property {(reason: string) => void} onRestart another worker is about to take over
 */

/**
 * One worker at a time, and its successor where it failed, hung or ran long: models, tracker and target go on as they were.
 * Owns the workers and what it was given to follow.
 */
export class VisionClient {
  #listener; #open; #makeWorker;
  /** @type {Worker|null} */ #worker = null;
  /** @type {Worker|null} Opens its models while the first still works. */ #successor = null;
  /** @type {TrackerState|null} */ #state = null;
  /** @type {VisionSettings} */ #settings;
  /** @type {MediaStreamTrack|null} */ #track = null;
  /** @type {MediaStreamTrack|null} What the worker reads: while it lives, the camera is on. */ #clone = null;
  /** @type {number|null} */ #target = null;
  /** @type {number[]} */ #restarts = [];
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #hang;
  #ready = false;
  #waiting = 0;
  #closed = false;

  /** @param {OpenCommand} open @param {VisionListener} listener @param {() => Worker} [makeWorker] */
  constructor(open, listener, makeWorker = () => new Worker(WORKER, { type: 'module' })) {
    this.#open = open;
    this.#listener = listener;
    this.#makeWorker = makeWorker;
    this.#settings = open.settings;
    this.#worker = this.#begin();
  }

  /** Whether another picture would be looked at now. */
  get isFree() {
    return this.#ready && this.#waiting === 0;
  }

  /** The picture becomes the worker's. @param {VideoFrame|ImageBitmap} picture @param {number} stampMs */
  push(picture, stampMs) {
    if (!this.#worker || !this.isFree) {
      picture.close();
      return false;
    }
    this.#waiting++;
    this.#watch();
    this.#worker.postMessage({ type: 'picture', picture, stampMs }, [picture]);
    return true;
  }

  /** The worker reads a camera's pictures by itself; false where this browser can't hand them over. @param {MediaStreamTrack|null} track */
  follow(track) {
    const canFollow = track !== null && 'MediaStreamTrackProcessor' in globalThis;
    this.#track = canFollow ? track : null;
    if (this.#worker && this.#ready) this.#handTrack(this.#worker);
    else if (!this.#track) this.#clone?.stop(); // That of a worker that is gone.
    return canFollow;
  }

  /** @param {VisionSettings} settings */
  configure(settings) {
    this.#settings = settings;
    this.#worker?.postMessage({ type: 'configure', settings });
  }

  /** Goes on with another tracker's objects. @param {TrackerState} state */
  resume(state) {
    this.#state = state;
    if (this.#ready) this.#worker?.postMessage({ type: 'restore', state });
  }

  /** @param {Map<number, number>} names what objects are called from now on, by what they were */
  rename(names) {
    this.#worker?.postMessage({ type: 'rename', names });
  }

  /** Whose outline is made. @param {number|null} id */
  target(id) {
    this.#target = id;
    this.#worker?.postMessage({ type: 'target', id });
  }

  #begin() {
    const worker = this.#makeWorker();
    worker.addEventListener('message', ({ data }) => this.#hear(worker, data));
    worker.addEventListener('error', (event) => this.#fault(worker, event.message || 'the worker could not be started'));
    worker.postMessage({ ...this.#open, settings: this.#settings });
    return worker;
  }

  /** @param {Worker} worker @param {VisionReport} report */
  #hear(worker, report) {
    if (this.#closed || (worker !== this.#worker && worker !== this.#successor)) return;
    switch (report.type) {
      case 'ready':
        this.#takeOver(worker);
        break;
      case 'result':
        if (worker !== this.#worker) return;
        this.#waiting = 0;
        this.#watch();
        this.#state = report.state;
        if (report.runs >= MAX_RUNS && !this.#successor) this.#successor = this.#begin();
        break;
      case 'error':
        if (report.code === 'run' || (report.code === 'memory' && this.#ready)) {
          this.#fault(worker, report.message);
          return;
        }
        break;
    }
    this.#listener.onReport(report);
  }

  /** From here on pictures go to this one. @param {Worker} worker */
  #takeOver(worker) {
    if (worker === this.#successor) {
      this.#worker?.terminate();
      this.#worker = worker;
      this.#successor = null;
    }
    this.#ready = true;
    this.#waiting = 0;
    this.#watch();
    if (this.#state) worker.postMessage({ type: 'restore', state: this.#state });
    worker.postMessage({ type: 'configure', settings: this.#settings });
    worker.postMessage({ type: 'target', id: this.#target });
    this.#handTrack(worker);
  }

  /** @param {Worker} worker */
  #handTrack(worker) {
    this.#clone?.stop();
    this.#clone = null;
    if (!this.#track) {
      worker.postMessage({ type: 'untrack' });
      return;
    }
    // A processor is bound to the worker that its stream went to; each worker gets one of its own.
    const Processor = /** @type {any} */ (globalThis).MediaStreamTrackProcessor;
    this.#clone = this.#track.clone();
    const { readable } = new Processor({ track: this.#clone, maxBufferSize: 1 });
    worker.postMessage({ type: 'track', readable }, [readable]);
  }

  /** @param {Worker} worker @param {string} reason */
  #fault(worker, reason) {
    if (this.#closed) return;
    worker.terminate();
    if (worker === this.#successor) {
      this.#successor = null;
      return;
    }
    if (worker !== this.#worker) return;
    const now = performance.now();
    this.#restarts = [...this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS), now];
    const wasReady = this.#ready;
    this.#ready = false;
    this.#waiting = 0;
    this.#watch();
    // What fails before it worked at all fails again.
    if (!wasReady || this.#restarts.length > MAX_RESTARTS) {
      this.#worker = null;
      this.#listener.onReport({ type: 'error', code: 'run', message: reason });
      return;
    }
    this.#listener.onRestart(reason);
    this.#worker = this.#successor ?? this.#begin();
    this.#successor = null;
  }

  #watch() {
    clearTimeout(this.#hang);
    const worker = this.#worker;
    if (this.#waiting > 0 && worker) this.#hang = setTimeout(() => this.#fault(worker, 'no answer'), HANG_MS);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#hang);
    this.#clone?.stop();
    this.#worker?.terminate();
    this.#successor?.terminate();
  }
}
