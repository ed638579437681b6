// What the page of models asks the server.
const PATIENCE_MS = 5_000;
/** Loading a large model, a warm-up and ten runs. */
const LONG_PATIENCE_MS = 120_000;

/**
 * @typedef {object} Model
 * @property {string} name
 * @property {string} task
 * @property {string} licence
 * @property {boolean} on_disk
 * @property {number} bytes
 * @property {string|null} provider
 * @property {string|null} problem
 * @property {string|null} layout
 * @property {number|null} input_width
 * @property {number|null} input_height
 * @property {('detect'|'mask'|'classes')[]} suits
 * @property {'catalogue'|'folder'|'added'|'given'|'embedded'} origin
 * @property {Rate|null} rate
 *
 * @typedef {{per_second: number, milliseconds: number, runs: number, provider: string, measured_at: string}} Rate
 * @typedef {import('../session/api.js').Pull} Pull
 * @typedef {import('../session/api.js').RoomEntry & {model: string}} Room
 * @typedef {{label: string, score: number, xmin: number, ymin: number, xmax: number, ymax: number}} Found
 * @typedef {{model: string, provider: string, width: number, height: number, detections: Found[],
 *   timings_ms: {queue: number, prepare: number, run: number, decode: number}}} Look
 */

/** The server said no; the message is its sentence. */
export class Refused extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * A form with a model: the names come first, for they are wanted while the file is looked into.
 * @param {File} file @param {string} classes
 */
export function formOf(file, classes) {
  const form = new FormData();
  if (classes.trim() !== '') form.append('classes', classes.trim());
  form.append('model', file, file.name);
  return form;
}

/** Asks with whatever key the page was given. */
export class ModelsApi {
  /** @type {string} */ #key = '';
  /** @type {string|undefined} */ #token;

  /** @param {string} [token] of the page's address */
  constructor(token) {
    this.#token = token;
  }

  /** @param {string} key */
  use(key) {
    this.#key = key.trim();
  }

  /** @returns {Record<string, string>} */
  #headers() {
    const bearer = this.#key || this.#token;
    return bearer ? { authorization: `Bearer ${bearer}` } : {};
  }

  /** @template T @param {string} path @param {RequestInit} [init] @param {number} [patience] @returns {Promise<T>} */
  async #ask(path, init = {}, patience = PATIENCE_MS) {
    const headers = { accept: 'application/json', ...this.#headers(), .../** @type {Record<string, string>} */ (init.headers ?? {}) };
    const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(patience) });
    const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
    if (!response.ok) throw new Refused(response.status, answer.detail ?? '');
    return answer;
  }

  /** @returns {Promise<Model[]>} */
  models() { return this.#ask('/api/models'); }

  /** @returns {Promise<Room[]>} */
  rooms() { return this.#ask('/api/rooms'); }

  /** @returns {Promise<Pull>} */
  pullStatus() { return this.#ask('/api/models/pull'); }

  /** @param {string} name @returns {Promise<Pull>} */
  pull(name) { return this.#ask(`/api/models/${encodeURIComponent(name)}/pull`, { method: 'POST' }); }

  /** @returns {Promise<Pull>} */
  cancelPull() { return this.#ask('/api/models/pull', { method: 'DELETE' }); }

  /** @param {string} name @returns {Promise<Rate>} */
  measure(name) { return this.#ask(`/api/models/${encodeURIComponent(name)}/measure`, { method: 'POST' }, LONG_PATIENCE_MS); }

  /** @param {string} name @returns {Promise<{}>} */
  remove(name) { return this.#ask(`/api/models/${encodeURIComponent(name)}`, { method: 'DELETE' }); }

  /** @param {string} room @param {string} model @returns {Promise<{room: string, model: string, before: string|null}>} */
  setRoom(room, model) {
    const headers = { 'content-type': 'application/json' };
    return this.#ask(`/api/rooms/${encodeURIComponent(room)}/model`, { method: 'PUT', headers, body: JSON.stringify({ model }) });
  }

  /** @param {string} model @param {Blob} picture @returns {Promise<Look>} */
  detect(model, picture) {
    const headers = { 'content-type': picture.type || 'image/jpeg' };
    return this.#ask(`/api/detect?model=${encodeURIComponent(model)}`, { method: 'POST', headers, body: picture }, LONG_PATIENCE_MS);
  }

  /**
   * Sends a model and tells how much has gone.
   * @param {File} file @param {string} classes @param {(share: number) => void} onProgress @param {AbortSignal} signal
   * @returns {Promise<Model>}
   */
  add(file, classes, onProgress, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', '/api/models');
      request.responseType = 'json';
      for (const [name, value] of Object.entries(this.#headers())) request.setRequestHeader(name, value);
      request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
      request.addEventListener('load', () => {
        if (request.status === 201) resolve(request.response);
        else reject(new Refused(request.status, request.response?.detail ?? ''));
      });
      request.addEventListener('error', () => reject(new Error('away')));
      request.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      signal.addEventListener('abort', () => request.abort(), { once: true });
      request.send(formOf(file, classes));
    });
  }
}
