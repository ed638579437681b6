// What the studio asks the server.
import { ask, read } from '../library/library-api.js';

/** @typedef {'track-point'|'text-to-video'|'remove-object'} TaskKind */
/** @typedef {import('./click-points.js').ClickFields} ClickFields */

/**
 * @typedef {object} TaskStep
 * @property {string} id
 * @property {string} label names what does the work
 * @property {'pending'|'processing'|'complete'|'error'} status
 * @property {number} seconds
 */

/**
 * @typedef {object} Task
 * @property {string} task_id
 * @property {TaskKind} kind
 * @property {'processing'|'complete'|'error'} status
 * @property {string|null} error
 * @property {number} progress
 * @property {TaskStep[]} steps
 * @property {boolean} [found]
 * @property {number} [track_id] as the request had it
 * @property {string} [ai_response]
 * @property {Record<string, string>|null} engine
 * @property {string} [masked_video_url]
 * @property {string} [highlighted_video_url]
 * @property {string} [inpainted_video_url]
 * @property {string} [masks_url]
 * @property {string} [masks_video_url]
 * @property {string|null} [audio_url]
 * @property {string} [drums_url]
 * @property {string} [bass_url]
 * @property {string} [vocals_url]
 * @property {string} [other_url]
 */

/**
 * @typedef {object} Preview
 * @property {number} frame_idx
 * @property {number} frames
 * @property {number} width
 * @property {number} height
 * @property {number} fps
 * @property {{mask: string}} engine
 * @property {number[]} [times] without a click
 * @property {boolean} [found]
 * @property {number[]} [rle]
 */

// A clip is decoded before the first answer.
const PREVIEW_PATIENCE_MS = 60_000;
const JSON_TYPE = 'application/json';

export const studioApi = Object.freeze({
  /**
   * The outline of clicks; without any the clip is made ready.
   * @param {string} video @param {ClickFields} [clicks] @returns {Promise<Preview>}
   */
  preview: async (video, clicks) => {
    const body = JSON.stringify({ video_id: video, ...clicks });
    return (await ask('POST', '/api/preview-mask', { 'content-type': JSON_TYPE, accept: JSON_TYPE }, body, PREVIEW_PATIENCE_MS)).json();
  },

  /** @param {TaskKind} kind @param {Record<string, string>} fields @returns {Promise<Task>} */
  start: async (kind, fields) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return (await ask('POST', `/api/${kind}`, { prefer: 'respond-async', accept: JSON_TYPE }, form)).json();
  },

  /** @param {string} id @returns {Promise<Task>} */
  task: (id) => read(`/api/task/${encodeURIComponent(id)}`),
  /** @param {string} id */
  cancel: (id) => ask('DELETE', `/api/task/${encodeURIComponent(id)}`),
  /** @param {string} at @returns {Promise<ArrayBuffer>} */
  bytes: async (at) => (await ask('GET', at)).arrayBuffer(),
});
