// All results of one job, read in the background.
import { libraryApi, Problem } from '../library/library-api.js';
import { FrameStore } from './frame-store.js';
import { MaskStore } from './mask-store.js';
import { ResultApi } from './result-api.js';

/** @typedef {import('../library/library-api.js').Video} Video */
/** @typedef {import('./result-api.js').Scene} Scene */
/** @typedef {import('./result-api.js').Summary} Summary */
/** @typedef {import('./result-api.js').TrackSpan} TrackSpan */

const RETRY_MS = 2_000;

/** What is there of them so far. A job that runs has frames alone, and more of them with each `extend`. */
export class Results {
  /** @type {readonly TrackSpan[]} */ tracks = [];
  /** @type {readonly Scene[]} */ scenes = [];
  /** @type {Summary|null} */ summary = null;
  #api;
  #actions;
  #isOpen;
  #isReading = false;
  #isClosed = false;

  /**
   * @param {Video} video @param {string} job @param {boolean} isOpen it runs still
   * @param {{onChange: (what: 'all'|'frames'|'masks') => void, wanted: () => number}} actions wanted: the picture that is shown
   */
  constructor(video, job, isOpen, actions) {
    this.job = job;
    this.#api = new ResultApi(video.video_id, job);
    this.#actions = actions;
    this.#isOpen = isOpen;
    this.frames = new FrameStore((from, to, limit) => this.#api.frames(from, to, limit), isOpen);
    this.masks = new MaskStore((from, to) => this.#api.masks(from, to), video, () => this.#tell('masks'));
  }

  get isOpen() {
    return this.#isOpen;
  }

  /** @param {string} format */
  exportAt(format) {
    return this.#api.exportAt(format);
  }

  /** Reads everything: first what lies on the timeline, then the frames from the shown picture on. */
  async load() {
    await this.#patiently(async () => {
      [this.summary, this.tracks, this.scenes] = await Promise.all([this.#api.summary(), this.#api.tracks(), this.#api.scenes()]);
      this.#tell('all');
    });
    while (!this.frames.isComplete && !this.#isClosed) {
      await this.#patiently(async () => {
        await this.frames.loadNext(this.#actions.wanted());
        this.#tell('frames');
      });
    }
  }

  /** Reads what has come since; once at a time. */
  async extend() {
    if (this.#isReading || this.#isClosed) return;
    this.#isReading = true;
    try {
      while (!this.#isClosed && await this.frames.loadNext(0)) this.#tell('frames');
    } catch {
      // Again with the next word of the job.
    }
    this.#isReading = false;
  }

  /** @param {() => Promise<void>} work is done again until it goes well, or what it asks for is gone */
  async #patiently(work) {
    while (!this.#isClosed) {
      try {
        await work();
        return;
      } catch (error) {
        if (error instanceof Problem && !error.isPassing) {
          this.close();
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** @param {'all'|'frames'|'masks'} what */
  #tell(what) {
    if (!this.#isClosed) this.#actions.onChange(what);
  }

  close() {
    this.#isClosed = true;
    this.masks.close();
  }
}

/**
 * The jobs of one video, newest first.
 * @param {string} video @returns {Promise<import('./result-api.js').FollowedJob[]>}
 */
export async function jobsOf(video) {
  return /** @type {import('./result-api.js').FollowedJob[]} */ ((await libraryApi.jobsOf(video)).jobs);
}
