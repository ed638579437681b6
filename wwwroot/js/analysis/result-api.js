// What the page asks the server about the analysis of one video.
import { ask, libraryApi, read } from '../library/library-api.js';

/** @typedef {import('../library/library-api.js').Job} Job */
/** @typedef {{id: string, label: string, status: 'pending'|'processing'|'complete'|'error', seconds: number|null}} JobStep */
/** @typedef {Job & {steps: JobStep[], attempt: number, created_at: string, finished_at: string|null}} FollowedJob */
/** @typedef {{x: number, y: number, width: number, height: number}} Bbox in the picture's pixels */
/** @typedef {{class: string, confidence: number, bbox: Bbox, track_id: string|null}} FoundObject */
/** @typedef {{frame_number: number, timestamp_seconds: number, detections: FoundObject[]}} Frame */
/** @typedef {{track_id: string|null, class: string, confidence: number, mask_rle: string, frame: number}} FoundMask */
/** @typedef {{track_id: string, class: string, start_frame: number, end_frame: number, avg_confidence: number}} TrackSpan */
/** @typedef {{type: string, description: string, difficulty: string, track_id: string|null}} SceneElement */
/**
 * @typedef {object} Scene
 * @property {number} scene_number
 * @property {number} start_frame
 * @property {number} end_frame
 * @property {string} description
 * @property {number} importance 1 to 10
 * @property {string} scene_type
 * @property {SceneElement[]} replaceable_elements
 */
/**
 * @typedef {object} Summary
 * @property {number} frames
 * @property {number} detections
 * @property {number} masks
 * @property {number} tracks
 * @property {number} scenes
 * @property {string} model
 * @property {string} provider
 * @property {string|null} notice what was asked for and could not be had
 */
/** @typedef {{name: string, task: string, on_disk: boolean}} Model */

const PAGE_ROWS = 500;
const RETRY_MS = 2_000;
const JSON_TYPE = { 'content-type': 'application/json' };

/** The results of one job, in pages. */
export class ResultApi {
  #at;
  #job;

  /** @param {string} video @param {string} job */
  constructor(video, job) {
    this.#at = libraryApi.at(video);
    this.#job = job;
  }

  /**
   * Frames with what was found on them.
   * @param {number} from @param {number} to @param {number} limit @returns {Promise<{frames: Frame[], next: number|null}>}
   */
  frames(from, to, limit) {
    return read(this.#path('detections', { from, to, limit }));
  }

  /** @param {number} from @param {number} to @returns {Promise<FoundMask[]>} */
  async masks(from, to) {
    return (await read(this.#path('masks', { from, to, limit: PAGE_ROWS }))).masks;
  }

  /** All objects over time, without their boxes. @returns {Promise<TrackSpan[]>} */
  tracks() {
    return this.#all('tracks', { frames: false });
  }

  /** @returns {Promise<Scene[]>} */
  scenes() {
    return this.#all('scenes', {});
  }

  /** @returns {Promise<Summary>} */
  summary() {
    return read(`/api/jobs/${this.#job}/result`);
  }

  /** @param {string} format */
  exportAt(format) {
    return this.#path('export', { format });
  }

  /** @param {'tracks'|'scenes'} what @param {Record<string, unknown>} query */
  async #all(what, query) {
    const rows = [];
    for (let after = {}; ;) {
      const page = await read(this.#path(what, { ...query, ...after, limit: PAGE_ROWS }));
      rows.push(...page[what]);
      if (page.next === null) return rows;
      after = { after: page.next };
    }
  }

  /** @param {string} what @param {Record<string, unknown>} query */
  #path(what, query) {
    const fields = Object.entries({ ...query, job: this.#job }).map(([key, value]) => [key, String(value)]);
    return `${this.#at}/${what}?${new URLSearchParams(fields)}`;
  }
}

/** @param {string} video @param {string} kind @param {object} options @returns {Promise<string>} the job's id */
export async function startJob(video, kind, options) {
  const answer = await ask('POST', '/api/jobs', JSON_TYPE, JSON.stringify({ video_id: video, kind, options }));
  return (await answer.json()).job_id;
}

/** @returns {Promise<Model[]>} */
export function models() {
  return read('/api/models');
}

/** @param {string} job @returns {Promise<{video_id: string}>} of one that made a video */
export function resultOf(job) {
  return read(`/api/jobs/${job}/result`);
}

/** @param {Job} job */
export function isOver({ status }) {
  return status !== 'queued' && status !== 'processing';
}

/**
 * Follows a job until it is over. A browser takes up a lost stream again by itself, but not one that was answered with something else, as
 * by a proxy whose server begins anew.
 * @param {string} job @param {(job: FollowedJob) => void} onChange
 * @returns {() => void} ends it
 */
export function followJob(job, onChange) {
  let isDone = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ let timer;
  /** @type {EventSource} */ let events;
  const end = () => {
    isDone = true;
    clearTimeout(timer);
    events.close();
  };
  const open = () => {
    events = new EventSource(`/api/jobs/${job}/events`);
    events.addEventListener('job', ({ data }) => {
      const now = JSON.parse(data);
      if (isOver(now)) end();
      onChange(now);
    });
    events.addEventListener('error', () => {
      if (!isDone && events.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS);
    });
  };
  open();
  return end;
}
