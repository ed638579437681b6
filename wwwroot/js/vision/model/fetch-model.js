// A model's bytes, from the server, from what the browser keeps, or from a file.
import { ModelCache } from './model-cache.js';

/** @typedef {import('../messages.js').ModelSource} ModelSource */
/** @typedef {{bytes: number, total: number, perSecond: number}} Progress */

/**
 * @typedef {object} FetchOptions
 * @property {string} [token]
 * @property {number} [maxBytes]
 * @property {(progress: Progress) => void} onProgress
 * @property {CacheStorage} [storage] where models are kept
 * @property {typeof globalThis.fetch} [fetch]
 */

/** More than this no page can hold beside the runtime's own copies. */
const MAX_BYTES = 512 * 1024 * 1024;
const REPORT_EVERY_MS = 100;

/** A model could not be had; the message is for people. */
export class ModelError extends Error {}

/**
 * @param {ModelSource} source
 * @param {FetchOptions} options
 * @returns {Promise<Uint8Array>}
 */
export async function fetchModel({ url, file }, options) {
  const maxBytes = Math.min(MAX_BYTES, options.maxBytes ?? MAX_BYTES);
  if (file) {
    if (file.size > maxBytes) throw tooLarge(file.size, maxBytes);
    return new Uint8Array(await file.arrayBuffer());
  }
  if (!url) throw new ModelError('no address');
  const cache = new ModelCache(options.storage);
  const kept = await cache.find(url);
  /** @type {Response|null} */
  let response = null;
  try {
    /** @type {Record<string, string>} */
    const headers = options.token ? { authorization: `Bearer ${options.token}` } : {};
    if (kept) headers['if-none-match'] = `"${kept.hash}"`;
    response = await (options.fetch ?? fetch)(url, { headers, cache: 'no-store' });
  } catch {
    // Away: what is kept serves.
  }
  const unchanged = kept && (response === null || response.status === 304 || response.status >= 500);
  if (unchanged) return new Uint8Array(await kept.response.arrayBuffer());
  if (!response) throw new ModelError('The server does not answer, and the model is not kept in this browser yet.');
  if (!response.ok) throw new ModelError(await reasonOf(response));
  const total = Number(response.headers.get('content-length') ?? 0);
  if (total > maxBytes) throw tooLarge(total, maxBytes);
  const bytes = await readAll(response, total, maxBytes, options.onProgress);
  const hash = (response.headers.get('etag') ?? '').replaceAll('"', '');
  await verify(bytes, hash);
  await cache.keep(url, hash, bytes);
  return bytes;
}

/** @param {Response} response @param {number} total @param {number} maxBytes @param {(progress: Progress) => void} onProgress */
async function readAll(response, total, maxBytes, onProgress) {
  const began = performance.now();
  let bytes = new Uint8Array(total || 1 << 20);
  let have = 0;
  let reported = 0;
  const report = (/** @type {number} */ now) => {
    reported = now;
    onProgress({ bytes: have, total: Math.max(total, have), perSecond: have / Math.max(0.001, (now - began) / 1000) });
  };
  const reader = response.body?.getReader();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done || !value) break;
    if (have + value.length > maxBytes) {
      await reader?.cancel();
      throw tooLarge(have + value.length, maxBytes);
    }
    if (have + value.length > bytes.length) {
      const larger = new Uint8Array(Math.max(2 * bytes.length, have + value.length));
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(value, have);
    have += value.length;
    if (performance.now() - reported > REPORT_EVERY_MS) report(performance.now());
  }
  report(performance.now());
  return have === bytes.length ? bytes : bytes.slice(0, have);
}

/** A proxy that cut the file short or changed it is found out here. @param {Uint8Array} bytes @param {string} hash */
async function verify(bytes, hash) {
  if (!/^[0-9a-f]{64}$/.test(hash) || !globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', /** @type {Uint8Array<ArrayBuffer>} */ (bytes)));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found !== hash) throw new ModelError('The model arrived damaged. Reload the page to fetch it again.');
}

/** @param {Response} response */
async function reasonOf(response) {
  const problem = await response.json().catch(() => null);
  return typeof problem?.detail === 'string' ? problem.detail : `The server answered ${response.status}.`;
}

/** @param {number} bytes @param {number} most */
function tooLarge(bytes, most) {
  const mega = (/** @type {number} */ count) => Math.round(count / (1024 * 1024));
  return new ModelError(`The model has ${mega(bytes)} MB; this device takes at most ${mega(most)}.`);
}
