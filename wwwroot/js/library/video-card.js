// A video in the list.
import { icon, make } from '../ui/dom.js';
import { length, size } from '../ui/language.js';
import { libraryText } from '../ui/library-text.js';
import { libraryApi } from './library-api.js';

/** @typedef {import('./library-api.js').Video} Video */
/** @typedef {import('./library-api.js').Job} Job */
/**
 * @typedef {object} CardActions
 * @property {(video: Video) => void} play
 * @property {(video: Video) => void} remove
 * @property {(job: Job) => void} cancelJob
 * @property {(image: HTMLImageElement, source: string) => void} loadThumbnail
 * @property {{analysis: boolean, studio: (video: Video) => boolean}} pages that the server has, and that are there for a video
 */

/** Its picture, its facts, what jobs do with it, and what can be done. */
export class VideoCard {
  #jobs = make('ul', { class: 'video-jobs' });
  #shown = '';
  #actions;
  /** @type {HTMLElement} */ element;

  /** @param {Video} video @param {CardActions} actions @param {Date} now */
  constructor(video, actions, now) {
    this.video = video;
    this.#actions = actions;
    const image = make('img', { attributes: { alt: '' } });
    image.addEventListener('error', () => image.remove());
    actions.loadThumbnail(image, libraryApi.thumbnail(video.video_id));
    const play = make('button', {
      class: 'video-picture',
      attributes: { type: 'button', 'aria-label': libraryText.play(video.name, length(video.duration_seconds)) },
      on: { click: () => actions.play(video) },
    }, icon('play'), image, make('span', { class: 'video-length', text: length(video.duration_seconds) }));
    this.element = make('li', { class: 'card video', attributes: { 'data-video': video.video_id } }, play,
      make('div', { class: 'video-body' },
        make('h3', { text: video.name, attributes: { title: video.name } }),
        this.#facts(now), this.#jobs, this.#links()));
  }

  /** @param {Date} now */
  #facts(now) {
    const { bytes, width, height, created_at: created, expires_at: expires } = this.video;
    const facts = [size(bytes), `${width}×${height}`, libraryText.added(new Date(created))].map((text) => make('span', { text }));
    if (expires) {
      const end = new Date(expires);
      facts.push(make('span', { text: libraryText.expires(end, now), attributes: { title: libraryText.expiresAt(end) } }));
    }
    return make('p', { class: 'video-facts' }, ...facts);
  }

  #links() {
    const { name, video_id: id } = this.video;
    const link = (/** @type {string} */ href, /** @type {string} */ words, /** @type {string} */ label) =>
      make('a', { class: 'button button-small', text: words, attributes: { href, 'aria-label': label } });
    const row = make('div', { class: 'video-links' });
    if (this.#actions.pages.analysis) row.append(link(`/library/${id}`, libraryText.analysis, libraryText.analysisOf(name)));
    if (this.#actions.pages.studio(this.video)) row.append(link(`/studio?video=${id}`, libraryText.studio, libraryText.studioOf(name)));
    row.append(make('a', {
      class: 'button button-icon',
      attributes: { href: libraryApi.file(id), download: name, 'aria-label': libraryText.downloadNamed(name), title: libraryText.download },
    }, icon('snapshot')));
    row.append(make('button', {
      class: 'button button-icon',
      attributes: { type: 'button', 'aria-label': libraryText.remove(name), title: libraryText.removeYes },
      on: { click: () => this.#actions.remove(this.video) },
    }, icon('trash')));
    return row;
  }

  /** The newest of each kind. @param {Job[]} jobs newest first */
  showJobs(jobs) {
    const newest = jobs.filter((job, at) => job.status !== 'cancelled' && jobs.findIndex(({ kind }) => kind === job.kind) === at);
    const state = JSON.stringify(newest.map(({ job_id: id, status, progress, error }) => [id, status, progress, error]));
    if (state === this.#shown) return;
    this.#shown = state;
    this.#jobs.replaceChildren(...newest.map((job) => this.#job(job)));
  }

  /** @param {Job} job */
  #job(job) {
    const kind = libraryText.kind(job.kind);
    const tone = { completed: 'good', failed: 'bad', processing: 'warn', queued: 'plain', cancelled: 'plain' }[job.status];
    const words = job.status === 'processing' ? `${kind} ${Math.floor(job.progress * 100)} %` : `${kind} ${libraryText.job[job.status]}`;
    const row = make('li', { class: 'video-job', attributes: { 'data-job': job.job_id, 'data-status': job.status } },
      make('span', { class: `chip chip-${tone}`, text: words }));
    if (job.status === 'processing' || job.status === 'queued') {
      const bar = make('progress', { attributes: { max: '1', 'aria-label': libraryText.jobNamed(kind, this.video.name) } });
      bar.value = job.progress;
      row.append(bar, make('button', {
        class: 'button button-icon',
        attributes: { type: 'button', 'aria-label': libraryText.jobCancel(kind, this.video.name), title: libraryText.cancel },
        on: { click: () => this.#actions.cancelJob(job) },
      }, icon('close')));
    }
    if (job.status === 'failed' && job.error) row.append(make('span', { class: 'video-error', text: job.error }));
    return row;
  }
}
