// What the page asks the server about events.
const PATIENCE_MS = 10_000;
const AT = '/api/events';

/**
 * @typedef {object} EventEntry
 * @property {number} event_id
 * @property {string} room
 * @property {string} rule_id
 * @property {string} rule_name
 * @property {import('../ui/rule-text.js').When} when
 * @property {string|null} class
 * @property {number} confidence
 * @property {{xmin: number, ymin: number, xmax: number, ymax: number}} box fractions of the picture
 * @property {string|null} zone
 * @property {'forward'|'backward'|null} direction
 * @property {number|null} count
 * @property {number|null} seconds
 * @property {string} happened_at
 * @property {string|null} thumbnail_url
 * @property {string|null} video_id
 */

/** @typedef {{room?: string, class?: string, rule?: string, from?: string, to?: string}} Search what is looked for */

/** The server said no. */
export class Refused extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail || String(status));
    this.status = status;
  }
}

/** A search as the query of an address. @param {Search} search @param {string} [token] @param {Record<string, string>} [more] */
export function queryOf(search, token, more = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...search, ...(token ? { token } : {}), ...more })) {
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** @param {string} method @param {string} path */
async function ask(method, path) {
  const response = await fetch(path, { method, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, problem.detail ?? '');
}

export const eventsApi = Object.freeze({
  /**
   * @param {Search} search @param {string} [token] @param {string} [after]
   * @returns {Promise<{events: EventEntry[], next: string|null}>}
   */
  list: async (search, token, after) =>
    (await ask('GET', AT + queryOf(search, token, { limit: '30', ...(after ? { after } : {}) }))).json(),
  /** @param {number} id @param {string} [token] @returns {Promise<EventEntry>} */
  find: async (id, token) => (await ask('GET', `${AT}/${id}${queryOf({}, token)}`)).json(),
  /** @param {number} id @param {string} [token] */
  remove: (id, token) => ask('DELETE', `${AT}/${id}${queryOf({}, token)}`),
  /** @param {Search} search @param {'csv'|'jsonl'} format @param {string} [token] */
  exportAddress: (search, format, token) => `${AT}/export${queryOf(search, token, { format })}`,
  /** @param {Search} search @param {string} [token] @param {number} [after] */
  streamAddress: ({ room, class: label, rule }, token, after) =>
    `${AT}/stream${queryOf({ room, class: label, rule }, token, after ? { after: String(after) } : {})}`,
  /** @param {EventEntry} event @param {string} [token] */
  thumbnail: (event, token) => (event.thumbnail_url ? event.thumbnail_url + queryOf({}, token) : null),
  /** @param {string} video */
  clip: (video) => `/api/videos/${video}/file`,
});
