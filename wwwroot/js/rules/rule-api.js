// What the page asks the server about a room's rules.
const PATIENCE_MS = 10_000;

/** @typedef {import('../ui/rule-text.js').When} When */
/** @typedef {{days?: string[], from?: string, to?: string, time_zone?: string}} Schedule */
/** @typedef {{webhook?: string|null, mqtt?: boolean|null, record?: {before?: number|null, after?: number|null}|null}} Actions */
/**
 * @typedef {object} Rule
 * @property {string} rule_id
 * @property {string} name
 * @property {When} when
 * @property {boolean} enabled
 * @property {string|null} zone
 * @property {[number, number][]} [points]
 * @property {'any'|'forward'|'backward'} direction
 * @property {number} seconds
 * @property {number} count
 * @property {string[]} classes
 * @property {number} confidence
 * @property {Schedule|null} schedule
 * @property {number} cooldown_seconds
 * @property {Actions} actions
 */

/** Rules of one room, with its token where there is one. */
export class RuleApi {
  #at;
  #token;

  /** @param {string} room @param {string} [token] */
  constructor(room, token) {
    this.#at = `/api/rooms/${encodeURIComponent(room)}/rules`;
    this.#token = token;
  }

  /** @returns {Promise<Rule[]>} */
  async list() {
    return (await this.#ask('GET', this.#at)).rules;
  }

  /** @param {Rule} rule @returns {Promise<Rule>} */
  put({ rule_id: id, ...rule }) {
    return this.#ask('PUT', `${this.#at}/${encodeURIComponent(id)}`, rule);
  }

  /** @param {string} id */
  remove(id) {
    return this.#ask('DELETE', `${this.#at}/${encodeURIComponent(id)}`);
  }

  /** Rejects with the server's sentence. @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async #ask(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { 'content-type': 'application/json', ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}) };
    const request = { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS) };
    const response = await fetch(path, request);
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.detail ?? '');
    return answer;
  }
}
