// Another camera, or the same one again, on a session that runs.
import { CameraError } from './camera.js';
import { text } from '../ui/text.js';

/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./camera.js').CameraErrorReason} CameraErrorReason */
/** @typedef {import('./camera.js').Facing} Facing */
/** @typedef {import('./phone-choices.js').PhoneChoices} PhoneChoices */
/** @typedef {import('../session/session.js').Session} Session */
/** @typedef {import('../ui/toasts.js').Toasts} Toasts */

const RETRY_MS = 1_500;

/**
 * @typedef {object} SwapListener
 * @property {() => void} onSwapped another stream goes out now
 * @property {(reason: CameraErrorReason) => void} onGone the camera that was lost cannot be had again
 */

/**
 * Puts a camera on a session that runs: another one or another size when somebody wishes it, and the same one again
 * when the system took it away, as soon as the page is in front and the camera is free.
 */
export class CameraSwap {
  /** @type {Camera} */ #camera;
  /** @type {PhoneChoices} */ #choices;
  /** @type {() => Session|null} */ #session;
  /** @type {Toasts} */ #toasts;
  /** @type {SwapListener} */ #listener;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #retry;
  #abort = new AbortController();

  /**
   * @param {Camera} camera
   * @param {PhoneChoices} choices
   * @param {() => Session|null} session null while nothing runs
   * @param {Toasts} toasts
   * @param {SwapListener} listener
   */
  constructor(camera, choices, session, toasts, listener) {
    this.#camera = camera;
    this.#choices = choices;
    this.#session = session;
    this.#toasts = toasts;
    this.#listener = listener;
    document.addEventListener('visibilitychange', () => {
      if (!camera.isAlive) void this.#again();
    }, { signal: this.#abort.signal });
  }

  /** @param {{facing?: Facing, height?: number}} wish @returns {Promise<boolean>} whether it came true */
  async change(wish) {
    try {
      return await this.#put(wish);
    } catch (error) {
      this.#toasts.show(error instanceof CameraError ? text.phone[error.reason] : text.notice.error, 'bad');
      void this.#again();
      return false;
    }
  }

  /** The system took the camera away. */
  async lost() {
    if (!this.#session()) return;
    this.#toasts.show(text.phone.interrupted, 'warn');
    await this.#again();
  }

  async #again() {
    clearTimeout(this.#retry);
    if (!this.#session() || document.visibilityState !== 'visible') return;
    try {
      if (await this.#put({ height: this.#choices.height })) this.#toasts.show(text.phone.cameraBack, 'good');
    } catch (error) {
      if (error instanceof CameraError && error.reason === 'busy') this.#retry = setTimeout(() => void this.#again(), RETRY_MS);
      else this.#listener.onGone(error instanceof CameraError ? error.reason : 'missing');
    }
  }

  /** @param {{facing?: Facing, height?: number}} wish @returns {Promise<boolean>} false where it was stopped meanwhile */
  async #put(wish) {
    const stream = await this.#camera.open(wish);
    const session = this.#session();
    if (!stream || !session) return false;
    await session.replaceCamera(stream, this.#camera.bitrate);
    this.#listener.onSwapped();
    return true;
  }

  close() {
    this.#abort.abort();
    clearTimeout(this.#retry);
  }
}
