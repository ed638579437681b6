// What the page asks the server about videos, uploads and jobs.
const PATIENCE_MS = 15_000;
const VIDEOS = '/api/videos';

/**
 * @typedef {object} Session
 * @property {string|null} user null where a key is missing
 * @property {string[]} pages that this server has
 * @property {string[]} job_kinds
 * @property {number} max_video_megabytes
 * @property {number} retain_days 0 keeps videos
 * @property {number} max_clip_megabytes of a clip of the studio
 * @property {number} max_clip_seconds
 */

/**
 * @typedef {object} Video
 * @property {string} video_id
 * @property {string} name
 * @property {number} bytes
 * @property {number} duration_seconds
 * @property {number} width
 * @property {number} height
 * @property {number} fps
 * @property {number} total_frames
 * @property {string} codec
 * @property {boolean} has_audio
 * @property {string} created_at
 * @property {boolean} has_sidecar it was recorded here, with what was detected
 * @property {string|null} expires_at
 */

/**
 * @typedef {object} Job
 * @property {string} job_id
 * @property {string} kind
 * @property {string|null} video_id
 * @property {'queued'|'processing'|'completed'|'failed'|'cancelled'} status
 * @property {number} progress
 * @property {string|null} error
 */

/** An answer of the server that was no. */
export class Problem extends Error {
  /** @param {number} status @param {string} detail @param {number|null} [offset] how much of an upload is there, where it says so */
  constructor(status, detail, offset = null) {
    super(detail || String(status));
    this.status = status;
    this.detail = detail;
    this.offset = offset;
  }

  /** It may go well a moment later: the server is busy or starts again. */
  get isPassing() {
    return this.status === 429 || this.status === 408 || (this.status >= 500 && this.status !== 507);
  }
}

/** Containers round a length up, and the last picture lasts as long as any. */
const SECONDS_TOLERANCE = 0.15;

/** Whether the studio works on it. @param {{bytes: number, duration_seconds: number}} video @param {Session} session */
export function isClip({ bytes, duration_seconds: seconds }, { max_clip_megabytes: megabytes, max_clip_seconds: most }) {
  return bytes <= megabytes * 1e6 && seconds <= most + SECONDS_TOLERANCE;
}

/** The sentence of problem details; other answers have none. @param {string} body */
export function detailOf(body) {
  try {
    const detail = JSON.parse(body)?.detail;
    return typeof detail === 'string' ? detail : '';
  } catch {
    return '';
  }
}

/**
 * @param {string} method @param {string} path @param {Record<string, string>} [headers] @param {BodyInit} [body]
 * @param {number} [patience] in milliseconds
 * @returns {Promise<Response>}
 */
export async function ask(method, path, headers = {}, body = undefined, patience = PATIENCE_MS) {
  const response = await fetch(path, { method, headers, body, signal: AbortSignal.timeout(patience) });
  if (!response.ok) throw new Problem(response.status, detailOf(await response.text()));
  return response;
}

/** @template T @param {string} path @returns {Promise<T>} */
export async function read(path) {
  return (await ask('GET', path, { accept: 'application/json' })).json();
}

export const libraryApi = Object.freeze({
  /** @returns {Promise<Session>} */
  session: () => read('/api/session'),
  /** The browser keeps it as a cookie that no script reads. @param {string} key */
  enter: (key) => ask('POST', '/api/session', { 'x-api-key': key }),
  leave: () => ask('DELETE', '/api/session'),
  /** @param {string} [after] @returns {Promise<{videos: Video[], next: string|null}>} */
  videos: (after) => read(after ? `${VIDEOS}?limit=24&after=${encodeURIComponent(after)}` : `${VIDEOS}?limit=24`),
  /** @param {string} at @returns {Promise<Video>} */
  video: (at) => read(at),
  /** @param {string} at */
  remove: (at) => ask('DELETE', at),
  /** The newest. @returns {Promise<{jobs: Job[]}>} */
  jobs: () => read('/api/jobs?limit=100'),
  /** The newest of one video. @param {string} video @returns {Promise<{jobs: Job[]}>} */
  jobsOf: (video) => read(`/api/jobs?limit=100&video_id=${encodeURIComponent(video)}`),
  /** @param {string} job */
  cancelJob: (job) => ask('DELETE', `/api/jobs/${job}`),

  /** Takes a place for an upload. @param {string} name @param {number} bytes @returns {Promise<string>} its address */
  begin: async (name, bytes) => {
    const answer = await ask('POST', `${VIDEOS}?resumable=1&name=${encodeURIComponent(name)}`, { 'upload-length': String(bytes) });
    return new URL(answer.headers.get('location') ?? '', location.href).pathname;
  },
  /** How much of it is there. @param {string} at @returns {Promise<number>} */
  offset: async (at) => Number((await ask('HEAD', at)).headers.get('upload-offset')),

  /** @param {string} video */
  at: (video) => `${VIDEOS}/${video}`,
  /** @param {string} video */
  file: (video) => `${VIDEOS}/${video}/file`,
  /** @param {string} video @returns {Promise<string>} */
  sidecar: async (video) => (await ask('GET', `${VIDEOS}/${video}/sidecar`)).text(),
  /** @param {string} video */
  thumbnail: (video) => `${VIDEOS}/${video}/thumbnail.jpg`,
});
