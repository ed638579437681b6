// Text messages of the frame socket, checked before anybody believes them.

/**
 * @typedef {[number, number, number]} Rgb
 * @typedef {object} Connected
 * @property {'connected'} type
 * @property {string|null} mode null in the first one, before a profile stands
 * @property {string[]} available
 * @property {Record<string, string>} unavailable why, by profile
 * @property {string[]} labels
 * @property {Record<string, Rgb>} colours
 *
 * @typedef {{label: string, share: number, colour: Rgb}} FoundClass
 * @typedef {object} Segmentation
 * @property {'segmentation'} type
 * @property {number} id
 * @property {string} mode
 * @property {string} model
 * @property {number} inferenceMs
 * @property {number} fps
 * @property {number} dropped
 * @property {FoundClass[]} classes
 *
 * @typedef {{type: 'error', code: string, message: string, recoverable: boolean}} SocketError
 * @typedef {{type: 'stats', fps: number, inferenceMs: number, dropped: number}} Stats
 * @typedef {Connected|Segmentation|SocketError|Stats} FrameMessage
 */

/** @param {unknown} value @returns {Record<string, unknown>} */
function record(value) {
  const isOne = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isOne ? /** @type {Record<string, unknown>} */ (value) : {};
}
/** @param {unknown} value @returns {string[]} */
const names = (value) => (Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []);
/** @param {unknown} value */
const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
/** @param {unknown} value */
const string = (value) => (typeof value === 'string' ? value : '');

/** @param {unknown} value @returns {Rgb} */
function colour(value) {
  const [red, green, blue] = Array.isArray(value) ? value : [];
  return [number(red), number(green), number(blue)];
}

/** @param {unknown} value @returns {Record<string, Rgb>} */
const colours = (value) => Object.fromEntries(Object.entries(record(value)).map(([label, one]) => [label, colour(one)]));

/** @param {string} text @returns {FrameMessage|null} null for what is no message, or one of a later server */
export function parseMessage(text) {
  /** @type {Record<string, unknown>} */ let message;
  try {
    message = record(JSON.parse(text));
  } catch {
    return null;
  }
  switch (message.type) {
    case 'connected':
      return {
        type: 'connected',
        mode: typeof message.model_mode === 'string' ? message.model_mode : null,
        available: names(message.available_models),
        unavailable: Object.fromEntries(Object.entries(record(message.unavailable_models)).map(([name, why]) => [name, string(why)])),
        labels: names(message.class_labels),
        colours: colours(message.default_colormap),
      };
    case 'segmentation': {
      const facts = record(message.metadata);
      const shares = record(facts.coverage);
      const shown = colours(facts.colors);
      return {
        type: 'segmentation',
        id: number(message.id),
        mode: string(facts.model_mode),
        model: string(facts.model),
        inferenceMs: number(facts.inference_time_ms),
        fps: number(facts.fps),
        dropped: number(facts.dropped),
        classes: names(facts.detected_classes).map((label) => ({ label, share: number(shares[label]), colour: shown[label] ?? [0, 0, 0] })),
      };
    }
    case 'error':
      return { type: 'error', code: string(message.code), message: string(message.message), recoverable: message.recoverable === true };
    case 'stats':
      return { type: 'stats', fps: number(message.fps), inferenceMs: number(message.avg_inference_ms), dropped: number(message.dropped) };
    default:
      return null;
  }
}
