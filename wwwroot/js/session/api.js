// What pages ask the server over HTTP.
const PATIENCE_MS = 5_000;
/** A long recording is read once more at its end. */
const RECORDING_PATIENCE_MS = 20_000;

/**
 * @typedef {object} RoomEntry a room on air, as far as pages show it
 * @property {string} room
 * @property {number} phones
 * @property {number} viewers
 * @property {number} width 0 before the first picture
 * @property {number} height
 * @property {number} fps
 * @property {import('./messages.js').Level} level
 */

/**
 * @typedef {{phone_url: string, urls: string[], secure: boolean}} JoinInfo
 * @typedef {{status: string, version: string, model: string, provider: string, provider_reason?: string, tokens_required?: boolean}} Health
 */

/**
 * @typedef {'camera'|'operator'|'watcher'} Rights
 * @typedef {{room: string, name: string, on_air: boolean, viewers: number, fps: number, since: string}} CameraEntry
 * @typedef {{url: string, rights: Rights, expires: string|null, qr_svg_url: string}} RoomLink
 */

/**
 * @template T
 * @param {string} path
 * @param {string} [token] a room's
 * @returns {Promise<T>} rejects where the server is away or says no
 */
async function get(path, token) {
  /** @type {Record<string, string>} */
  const headers = token ? { accept: 'application/json', authorization: `Bearer ${token}` } : { accept: 'application/json' };
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS), headers });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/**
 * @typedef {object} Pull the fetch of a model
 * @property {string|null} model
 * @property {'idle'|'pulling'|'done'|'failed'|'cancelled'} state
 * @property {number} bytes
 * @property {number} total
 * @property {string|null} error
 * @property {boolean} allowed whether this page may ask for one
 * @property {string} default the model that the catalogue would choose
 * @property {number} default_bytes
 */

/** @param {'POST'|'DELETE'} method @param {string} path @returns {Promise<Pull>} rejects with the status */
async function askPull(method, path) {
  const response = await fetch(path, { method, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

/**
 * @typedef {object} RoomRecordingState
 * @property {string} recording_id
 * @property {'source'|'annotated'} view
 * @property {'recording'|'finished'} status
 * @property {number} duration_seconds
 * @property {string[]} [video_ids]
 */

/**
 * @param {'POST'|'DELETE'} method @param {string} room @param {string} [token] @param {object} [body]
 * @param {'recording'|'clip'} [what] @param {number} [patience] in milliseconds
 * @returns {Promise<RoomRecordingState>} rejects with the server's sentence
 */
export async function recording(method, room, token, body, what = 'recording', patience = RECORDING_PATIENCE_MS) {
  /** @type {Record<string, string>} */
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const request = { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(patience) };
  const response = await fetch(`/api/rooms/${encodeURIComponent(room)}/${what}`, request);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? '');
  return answer;
}

export const api = Object.freeze({
  /** @returns {Promise<RoomEntry[]>} */
  rooms: () => get('/api/rooms'),
  /** @returns {Promise<JoinInfo>} */
  joinInfo: () => get('/api/join-info'),
  /** @returns {Promise<import('./messages.js').ModelEntry[]>} */
  models: () => get('/api/models'),
  /** @returns {Promise<Pull>} */
  pullStatus: () => get('/api/models/pull'),
  /** @param {string} model a name of the catalogue */
  pull: (model) => askPull('POST', `/api/models/${encodeURIComponent(model)}/pull`),
  cancelPull: () => askPull('DELETE', '/api/models/pull'),
  /** @returns {Promise<Health>} */
  health: () => get('/api/health'),
  /** The server's OpenAPI document. @returns {Promise<Record<string, any>>} */
  openApi: () => get('/openapi/v1.json'),
  /** @param {string} url */
  qr: (url) => `/api/qr.svg?text=${encodeURIComponent(url)}`,
  /** @param {string} room @param {number} stamp so that the browser asks again @param {string} [token] */
  thumbnail: (room, stamp, token) =>
    `/api/rooms/${encodeURIComponent(room)}/thumbnail.jpg?t=${stamp}${token ? `&token=${encodeURIComponent(token)}` : ''}`,
  /** @param {string} room @param {string} [token] @returns {Promise<CameraEntry[]>} */
  cameras: (room, token) => get(`/api/rooms/${encodeURIComponent(room)}/cameras`, token),
  /** @param {string} room @param {'source'|'annotated'} view @param {string} [token] @returns {Promise<RoomRecordingState>} */
  record: (room, view, token) => recording('POST', room, token, { view }),
  /** @param {string} room @param {string} [token] @returns {Promise<RoomRecordingState>} */
  stopRecording: (room, token) => recording('DELETE', room, token),
  /** @param {string} room @param {Rights} rights @param {string} [token] @returns {Promise<RoomLink>} rejects with the status */
  link: async (room, rights, token) => {
    /** @type {Record<string, string>} */
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const request = { method: 'POST', headers, body: JSON.stringify({ rights }), signal: AbortSignal.timeout(PATIENCE_MS) };
    const response = await fetch(`/api/rooms/${encodeURIComponent(room)}/links`, request);
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  },
});
