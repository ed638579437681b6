// The jobs of a video that are at work, or were a moment ago.
import { libraryApi } from '../library/library-api.js';
import { byId } from '../ui/dom.js';
import { JobPanel } from './job-panel.js';
import { followJob } from './result-api.js';

/** @typedef {import('./result-api.js').FollowedJob} FollowedJob */
/** @typedef {{id: string, panel: JobPanel, end: () => void}} Followed */

/** A card for each kind of job, the newest of its kind; every word of a job is passed on. */
export class JobBoard {
  #place = byId('jobs', HTMLElement);
  /** @type {Map<string, Followed>} */ #jobs = new Map();
  #actions;

  /** @param {{onChange: (job: FollowedJob) => void, onError: (error: unknown) => void}} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /** @param {string} kind @param {string} id */
  follow(kind, id) {
    const panel = this.#add(kind, id);
    const end = followJob(id, (job) => {
      panel.update(job);
      this.#actions.onChange(job);
      if (job.status === 'completed' && job.kind === 'analyse') this.#remove(kind);
    });
    this.#jobs.set(kind, { id, panel, end });
  }

  /** One that was over before the page was opened. @param {FollowedJob} job */
  show(job) {
    const panel = this.#add(job.kind, job.job_id);
    panel.update(job);
    this.#jobs.set(job.kind, { id: job.job_id, panel, end: () => {} });
  }

  /** @param {string} kind @returns {JobPanel|null} */
  panel(kind) {
    return this.#jobs.get(kind)?.panel ?? null;
  }

  /** @param {string} kind @param {string} id */
  #add(kind, id) {
    this.#remove(kind);
    const panel = new JobPanel(kind, {
      cancel: () => void libraryApi.cancelJob(id).catch((error) => this.#actions.onError(error)),
      dismiss: () => this.#remove(kind),
    });
    this.#place.append(panel.element);
    return panel;
  }

  /** @param {string} kind */
  #remove(kind) {
    const job = this.#jobs.get(kind);
    job?.end();
    job?.panel.element.remove();
    this.#jobs.delete(kind);
  }
}
