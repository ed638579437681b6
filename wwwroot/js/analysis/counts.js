// How many objects there are over time.

/** @typedef {import('./result-api.js').Frame} Frame */
/** @typedef {import('./result-api.js').FoundObject} FoundObject */
/** @typedef {{classes: string[], byClass: Map<string, Float64Array>, frames: Uint32Array, top: number}} Counts */

/**
 * The mean number of objects on a frame, class by class, in even parts of a span of time. A part without frames has 0 of them.
 * @param {readonly Frame[]} frames @param {(object: FoundObject) => boolean} shows
 * @param {number} from in seconds @param {number} to @param {number} parts
 * @returns {Counts} top: the highest sum of any part
 */
export function countsOf(frames, shows, from, to, parts) {
  /** @type {Map<string, Float64Array>} */ const byClass = new Map();
  const seen = new Uint32Array(parts);
  for (const { timestamp_seconds: seconds, detections } of frames) {
    const part = Math.floor(((seconds - from) / (to - from)) * parts);
    if (!(part >= 0 && part < parts)) continue;
    seen[part]++;
    for (const object of detections) {
      if (!shows(object)) continue;
      let counts = byClass.get(object.class);
      if (!counts) byClass.set(object.class, (counts = new Float64Array(parts)));
      counts[part]++;
    }
  }
  const sums = new Float64Array(parts);
  for (const counts of byClass.values()) {
    for (let part = 0; part < parts; part++) {
      if (seen[part] > 0) counts[part] /= seen[part];
      sums[part] += counts[part];
    }
  }
  return { classes: [...byClass.keys()].sort(), byClass, frames: seen, top: sums.reduce((most, one) => Math.max(most, one), 0) };
}

/**
 * The classes that there are, and how many objects of each.
 * @param {readonly Frame[]} frames @returns {Map<string, number>} the most first
 */
export function classesOf(frames) {
  /** @type {Map<string, number>} */ const classes = new Map();
  for (const { detections } of frames) for (const { class: name } of detections) classes.set(name, (classes.get(name) ?? 0) + 1);
  return new Map([...classes].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])));
}
