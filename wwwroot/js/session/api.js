// What pages ask the server over HTTP.
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
 * @template T
 * @param {string} path
 * @param {number} [patienceMs]
 * @returns {Promise<T>} rejects where the server is away or says no
 */
async function get(path, patienceMs = 5_000) {
  const response = await fetch(path, { signal: AbortSignal.timeout(patienceMs), headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

export const api = Object.freeze({
  /** @returns {Promise<RoomEntry[]>} */
  rooms: () => get('/api/rooms'),
  /** @returns {Promise<JoinInfo>} */
  joinInfo: () => get('/api/join-info'),
  /** @returns {Promise<Health>} */
  health: () => get('/api/health'),
  /** The server's OpenAPI document. @returns {Promise<Record<string, any>>} */
  openApi: () => get('/openapi/v1.json'),
  /** @param {string} url */
  qr: (url) => `/api/qr.svg?text=${encodeURIComponent(url)}`,
  /** @param {string} room @param {number} stamp so that the browser asks again */
  thumbnail: (room, stamp) => `/api/rooms/${encodeURIComponent(room)}/thumbnail.jpg?t=${stamp}`,
});
