// The state of all jobs, kept up to date while any is at work.
import { Poll } from '../ui/poll.js';
import { libraryApi } from './library-api.js';

/** @typedef {import('./library-api.js').Job} Job */

const PERIOD_MS = 2_000;

/** A job that somebody asks for elsewhere is seen this many periods later at most. */
const IDLE_TURNS = 5;

/** One question for all jobs: a stream for each would take up the few connections that a browser opens. */
export class JobWatch {
  /** @type {Map<string, Job[]>} */ #byVideo = new Map();
  #poll;
  #turn = 0;
  #isBusy = true;

  /** @param {(watch: JobWatch) => void} onChange @param {(error: unknown) => void} onError */
  constructor(onChange, onError) {
    this.#poll = new Poll(async () => {
      if (!this.#isBusy && ++this.#turn % IDLE_TURNS !== 0) return;
      try {
        this.#take((await libraryApi.jobs()).jobs);
        onChange(this);
      } catch (error) {
        onError(error);
      }
    }, PERIOD_MS);
  }

  /** Newest first. @param {string} video @returns {Job[]} */
  of(video) {
    return this.#byVideo.get(video) ?? [];
  }

  /** Looks again at the next turn. */
  hurry() {
    this.#isBusy = true;
  }

  /** @param {Job[]} jobs */
  #take(jobs) {
    this.#byVideo.clear();
    for (const job of jobs) {
      if (job.video_id) this.#byVideo.set(job.video_id, [...this.of(job.video_id), job]);
    }
    this.#isBusy = jobs.some(({ status }) => status === 'queued' || status === 'processing');
  }

  close() {
    this.#poll.close();
  }
}
