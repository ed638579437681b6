// The device's camera.
/** @typedef {'user'|'environment'} Facing */
/** @typedef {'denied'|'insecure'|'missing'|'busy'|'unsupported'} CameraErrorReason */

/** @type {Readonly<Record<number, {width: number, height: number, bitrate: number}>>} */
export const SIZES = Object.freeze({
  360: { width: 640, height: 360, bitrate: 900_000 },
  480: { width: 640, height: 480, bitrate: 1_500_000 },
  720: { width: 1280, height: 720, bitrate: 2_500_000 },
  1080: { width: 1920, height: 1080, bitrate: 4_500_000 },
});

/** Why no picture could be had, in a word that the page turns into advice. */
export class CameraError extends Error {
  /** @param {CameraErrorReason} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** @type {Record<string, CameraErrorReason>} */
const BY_NAME = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** @param {unknown} error of getUserMedia @returns {CameraErrorReason} */
export function reasonOf(error) {
  if (!window.isSecureContext) return 'insecure';
  if (!navigator.mediaDevices?.getUserMedia) return 'unsupported';
  return BY_NAME[error instanceof Error ? error.name : ''] ?? 'missing';
}

/** The device's camera: owns the running stream, and tells when the system takes it away. */
export class Camera {
  /** @type {MediaStream|null} */ #stream = null;
  /** @type {Facing} */ #facing = 'environment';
  #height = 480;
  #torch = false;
  /** Counts up at each close: what was asked for before is not wanted any more. */
  #turn = 0;
  /** @type {() => void} */ #onLost;

  /** @param {() => void} onLost the system ended or muted the track for good (a call, another app, the lock screen) */
  constructor(onLost) {
    this.#onLost = onLost;
  }

  get stream() {
    return this.#stream;
  }

  get facing() {
    return this.#facing;
  }

  get height() {
    return this.#height;
  }

  get bitrate() {
    return SIZES[this.#height].bitrate;
  }

  get track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  get isAlive() {
    return this.track?.readyState === 'live';
  }

  /**
   * @param {{facing?: Facing, height?: number}} [wish]
   * @returns {Promise<MediaStream|null>} null where it was closed, or opened otherwise, before the system lent it
   */
  async open({ facing = this.#facing, height = this.#height } = {}) {
    if (!window.isSecureContext) throw new CameraError('insecure');
    if (!navigator.mediaDevices?.getUserMedia) throw new CameraError('unsupported');
    // Phones lend one camera at a time: the old one goes before the new one is asked for.
    this.close();
    const size = SIZES[height] ?? SIZES[480];
    const turn = this.#turn;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          facingMode: { ideal: facing },
          width: { ideal: size.width },
          height: { ideal: size.height },
          frameRate: { ideal: 30 },
        },
      });
    } catch (error) {
      if (turn !== this.#turn) return null;
      throw new CameraError(reasonOf(error));
    }
    if (turn !== this.#turn) {
      stop(stream);
      return null;
    }
    this.#stream = stream;
    this.#facing = facing;
    this.#height = height;
    this.#torch = false;
    const track = this.track;
    if (track) {
      track.contentHint = 'motion';
      track.addEventListener('ended', () => {
        if (this.track === track) this.#onLost();
      });
    }
    return stream;
  }

  get hasTorch() {
    return this.track?.getCapabilities?.().torch === true;
  }

  get torch() {
    return this.#torch;
  }

  /** @returns {{min: number, max: number, step: number, value: number}|null} */
  get zoom() {
    const range = this.track?.getCapabilities?.().zoom;
    if (!range || !(range.max > range.min)) return null;
    return { min: range.min, max: range.max, step: range.step || 0.1, value: this.track?.getSettings().zoom ?? range.min };
  }

  /** @param {boolean} on */
  async setTorch(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
    this.#torch = on;
  }

  /** @param {number} value */
  async setZoom(value) {
    await this.track?.applyConstraints({ advanced: [{ zoom: value }] });
  }

  /** Whether there is another camera to turn to. @returns {Promise<boolean>} */
  async hasSeveral() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind }) => kind === 'videoinput').length > 1;
  }

  close() {
    this.#turn++;
    if (this.#stream) stop(this.#stream);
    this.#stream = null;
  }
}

/** @param {MediaStream} stream */
function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}
