// What the form of an analysis asks for, as the server wants it.

/** @typedef {{left: number, top: number, width: number, height: number}} RegionPercent */
/**
 * @typedef {object} AnalysisChoice
 * @property {string} model
 * @property {number} every
 * @property {number} confidence
 * @property {boolean} masks
 * @property {string} scenes
 * @property {Record<string, string>} labels
 * @property {RegionPercent|null} region
 */

/** Numbers of a hundredth are what a slider gives; their sums are not. @param {number} value */
const fraction = (value) => Math.round(value * 1e4) / 1e6;

/**
 * Lines of "bottle = product".
 * @param {string} text
 * @returns {{labels: Record<string, string>, wrong: string|null}} wrong: the first line that is no pair
 */
export function parseLabels(text) {
  /** @type {Record<string, string>} */ const labels = {};
  for (const line of text.split('\n').map((one) => one.trim()).filter(Boolean)) {
    const at = line.search(/=|→|:/);
    const [from, to] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (at < 0 || !from || !to) return { labels, wrong: line };
    labels[from] = to;
  }
  return { labels, wrong: null };
}

/** Keeps a region within the picture. @param {RegionPercent} region @returns {RegionPercent} */
export function within({ left, top, width, height }) {
  const at = (/** @type {number} */ value) => Math.min(99, Math.max(0, Math.round(value) || 0));
  const size = (/** @type {number} */ value, /** @type {number} */ from) => Math.min(100 - from, Math.max(1, Math.round(value) || 1));
  return { left: at(left), top: at(top), width: size(width, at(left)), height: size(height, at(top)) };
}

/** @param {AnalysisChoice} choice @returns {object} the options of a job */
export function optionsOf({ model, every, confidence, masks, scenes, labels, region }) {
  return {
    model, sample_every: every, confidence, masks, scenes,
    ...(Object.keys(labels).length > 0 ? { label_map: labels } : {}),
    ...(region ? { region: {
      x: fraction(region.left), y: fraction(region.top), width: fraction(region.width), height: fraction(region.height),
    } } : {}),
  };
}
