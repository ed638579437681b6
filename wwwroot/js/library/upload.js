// One file on its way to the server.
import { Backoff } from '../session/backoff.js';
import { Problem } from './library-api.js';
import { SpeedMeter } from './speed-meter.js';

/** @typedef {import('./library-api.js').Video} Video */
/** @typedef {'queued'|'sending'|'checking'|'paused'|'away'|'failed'|'done'} UploadState */
/**
 * @typedef {object} UploadApi
 * @property {(name: string, bytes: number) => Promise<string>} begin
 * @property {(at: string) => Promise<number>} offset
 * @property {(at: string) => Promise<Video>} video
 * @property {(at: string) => Promise<unknown>} remove
 * @property {(at: string, offset: number, part: Blob, onProgress: (sent: number) => void, signal: AbortSignal) => Promise<number>} send
 */

/** One request: what proxies buffer, and the most that has to be asked about after a lost network. */
export const PART_BYTES = 8 * 1024 * 1024;

const KEEPS = [401, 507];
/** What is wrong with the file itself: it is no video, or of no kind that the server takes. */
const FINAL = [400, 415];

/**
 * Sends a file in parts by the resumable protocol. After whatever went wrong the server is asked how much it has, and the upload goes on
 * there: a lost network by itself, a pause and what the server refused when told to.
 */
export class Upload {
  /** @type {UploadApi} */ #api;
  /** @type {(upload: Upload) => void} */ #onChange;
  #backoff = new Backoff();
  #speed;
  /** @type {AbortController|null} */ #abort = null;
  /** Whether the server's offset has to be asked for. */ #unsure;
  /** @type {Promise<void>} */ #running = Promise.resolve();

  /** @type {UploadState} */ state = 'queued';
  /** Where it is, once it has a place. @type {string|null} */ at;
  sent = 0;
  /** Why it failed, in the server's words. */ error = '';
  /** It would fail once more. */ isHopeless = false;
  /** The file itself: changed, moved, or on a stick that was pulled out. */ isUnreadable = false;
  /** @type {Video|null} */ video = null;

  /**
   * @param {File} file @param {UploadApi} api
   * @param {(upload: Upload) => void} onChange
   * @param {string|null} [at] where an earlier page began it
   * @param {() => number} [now] in milliseconds
   */
  constructor(file, api, onChange, at = null, now = () => performance.now()) {
    this.file = file;
    this.at = at;
    this.#api = api;
    this.#onChange = onChange;
    this.#unsure = at !== null;
    this.#speed = new SpeedMeter(now);
  }

  get size() {
    return this.file.size;
  }

  get isOver() {
    return this.state === 'done' || this.state === 'failed';
  }

  /** Bytes a second lately, 0 where nothing is known. */
  get speed() {
    return this.state === 'sending' ? this.#speed.perSecond : 0;
  }

  /** Begins, or goes on after a pause or a failure; resolves when it rests. */
  start() {
    if (this.#abort) return this.#running;
    this.#abort = new AbortController();
    this.#backoff.reset();
    this.error = '';
    this.isUnreadable = false;
    this.#running = this.#run(this.#abort.signal).finally(() => {
      this.#abort = null;
    });
    return this.#running;
  }

  pause() {
    if (this.isOver || this.state === 'paused') return;
    this.#stop('paused');
  }

  /** The network is back, or the page in front: does not wait any longer. */
  hurry() {
    this.#backoff.hurry();
  }

  /** Gives it up, here and at the server. */
  async cancel() {
    this.#stop('failed');
    await this.#running;
    if (this.at) await this.#api.remove(this.at).catch(() => {});
  }

  /** @param {UploadState} state */
  #stop(state) {
    this.#unsure = this.at !== null;
    this.#to(state);
    this.#abort?.abort();
    this.#backoff.hurry();
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    this.#to('sending');
    while (!signal.aborted) {
      try {
        await this.#sendAll(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#unsure = this.at !== null;
        if (error instanceof Problem && !error.isPassing && error.status !== 409) {
          if (error.status === 404 && this.at) {
            // It was dropped meanwhile, by time or in another window: once more from the beginning.
            this.at = null;
            this.#unsure = false;
            this.#progress(0);
            continue;
          }
          // What was refused for good is dropped there; a full disk and a missing key leave it as it is.
          if (!KEEPS.includes(error.status)) this.at = null;
          this.error = error.detail || error.message;
          this.isHopeless = FINAL.includes(error.status);
          this.#to('failed');
          return;
        }
        if (!(error instanceof Problem) && !(await this.#isReadable())) {
          // A browser says no more of it than of a network that is gone.
          if (signal.aborted) return;
          this.isUnreadable = true;
          this.#to('failed');
          return;
        }
        // 409: an earlier request of ours may still be at work there.
        if (!(error instanceof Problem && error.status === 409)) this.#to('away');
        await this.#backoff.wait();
      }
    }
  }

  /** @param {AbortSignal} signal */
  async #sendAll(signal) {
    if (!this.at) {
      this.at = await this.#api.begin(this.file.name, this.size);
      this.#progress(0);
    } else if (this.#unsure) {
      this.#progress(await this.#api.offset(this.at));
      if (this.sent >= this.size && (await this.#isFinished())) return;
    }
    this.#unsure = false;
    this.#speed.restart();
    if (signal.aborted) return;
    this.#to('sending');

    // An upload that is whole and no video yet is told so by a part without bytes.
    do {
      const from = this.sent;
      const part = this.file.slice(from, Math.min(from + PART_BYTES, this.size));
      const now = await this.#api.send(/** @type {string} */ (this.at), from, part, (sent) => {
        if (!signal.aborted) this.#progress(from + sent);
      }, signal);
      this.#progress(now);
      this.#backoff.reset();
    } while (this.sent < this.size);
    this.video = await this.#api.video(/** @type {string} */ (this.at));
    this.#to('done');
  }

  async #isFinished() {
    try {
      this.video = await this.#api.video(/** @type {string} */ (this.at));
      this.#to('done');
      return true;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return false;
      throw error;
    }
  }

  /** Whether the byte that comes next can be had. */
  #isReadable() {
    const from = Math.min(this.sent, this.size - 1);
    return this.file.slice(from, from + 1).arrayBuffer().then(() => true, () => false);
  }

  /** @param {number} bytes */
  #progress(bytes) {
    this.sent = Math.min(bytes, this.size);
    this.#speed.add(this.sent);
    if (this.state === 'sending' && this.at && this.sent >= this.size) this.#to('checking');
    else this.#onChange(this);
  }

  /** @param {UploadState} state */
  #to(state) {
    this.state = state;
    this.#onChange(this);
  }
}
