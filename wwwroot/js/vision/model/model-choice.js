// Which models this page works with.

/** @typedef {import('../../session/messages.js').ModelEntry} ModelEntry */
/** @typedef {import('../messages.js').ModelSource} ModelSource */

const KEPT = 'rtc-vision-models';
const PATIENCE_MS = 5_000;

/** @typedef {{detectors: string[], masks: string[]}} ModelList names that the server has on disk */

/**
 * The server's list, or what it was when the server was last there. Empty where neither is known.
 * @param {string|undefined} token @param {{fetch?: typeof globalThis.fetch, storage?: Storage}} [parts]
 * @returns {Promise<ModelList>}
 */
export async function listModels(token, { fetch = globalThis.fetch, storage = globalThis.localStorage } = {}) {
  try {
    /** @type {Record<string, string>} */
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const response = await fetch('/api/models', { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(String(response.status));
    const list = read(await response.json());
    storage.setItem(KEPT, JSON.stringify(list));
    return list;
  } catch {
    try {
      const kept = JSON.parse(storage.getItem(KEPT) ?? '');
      return { detectors: namesOf(kept.detectors), masks: namesOf(kept.masks) };
    } catch {
      return { detectors: [], masks: [] };
    }
  }
}

/** @param {ModelEntry[]} entries @returns {ModelList} */
function read(entries) {
  const names = (/** @type {string} */ task) =>
    entries.filter((entry) => entry.on_disk && entry.task === task && !BUILT_IN.has(entry.name)).map(({ name }) => name);
  return { detectors: names('detect'), masks: names('mask') };
}

/** These have no file. */
const BUILT_IN = new Set(['motion', 'grabcut', 'ellipse']);

/** @param {unknown} value @returns {string[]} */
function namesOf(value) {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** A model by its name on the server. @param {string} name @returns {ModelSource} */
export function onServer(name) {
  return { name, url: new URL(`/models/${encodeURIComponent(name)}.onnx`, location.origin).href };
}

/**
 * A mask model is one file or a pair; the server says which.
 * @param {string} name @param {string|undefined} token @returns {Promise<ModelSource[]>}
 */
export async function maskSources(name, token) {
  const decoder = onServer(`${name}-decoder`);
  try {
    /** @type {Record<string, string>} */
    const headers = { range: 'bytes=0-0', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(decoder.url ?? '', { headers });
    await response.body?.cancel();
    if (response.ok) return [{ ...onServer(`${name}-encoder`), name }, { ...decoder, name }];
  } catch {
    // Offline: no second file is known of.
  }
  return [onServer(name)];
}
