// The objects of any picture, from those of the pictures that were looked at.

/** @typedef {import('./result-api.js').Bbox} Bbox */
/** @typedef {import('./result-api.js').Frame} Frame */
/** @typedef {import('./result-api.js').FoundObject} FoundObject */
/**
 * @typedef {object} ShownObject
 * @property {FoundObject} source as it was found on the nearest frame that has it
 * @property {number} frame that frame's number
 * @property {Bbox} bbox where it is on this picture
 * @property {boolean} isBetween it was not looked for on this very picture
 */

/** @param {number} first @param {number} second @param {number} part */
const mix = (first, second, part) => first + (second - first) * part;

/**
 * On a picture that was looked at, what was found there. Between two of them, a track's object on the straight way from one to the
 * other; any other object as it was on the nearer one.
 * @param {{before: Frame, after: Frame|null}} frames @param {number} seconds @param {number} half of the time that a picture is shown
 * @returns {ShownObject[]}
 */
export function objectsAt({ before, after }, seconds, half) {
  const found = (/** @type {Frame} */ frame, /** @type {boolean} */ isBetween) => (/** @type {FoundObject} */ source) =>
    ({ source, frame: frame.frame_number, bbox: source.bbox, isBetween });
  if (Math.abs(seconds - before.timestamp_seconds) <= half) return before.detections.map(found(before, false));
  if (!after) return [];
  const part = Math.min(1, Math.max(0, (seconds - before.timestamp_seconds) / (after.timestamp_seconds - before.timestamp_seconds)));
  const nearer = part < 0.5 ? before : after;
  const later = new Map(after.detections.filter(({ track_id: id }) => id !== null).map((one) => [one.track_id, one]));
  const moving = before.detections.filter(({ track_id: id }) => id !== null && later.has(id)).map((first) => {
    const second = /** @type {FoundObject} */ (later.get(first.track_id));
    return {
      ...found(nearer, true)(nearer === before ? first : second),
      bbox: {
        x: mix(first.bbox.x, second.bbox.x, part),
        y: mix(first.bbox.y, second.bbox.y, part),
        width: mix(first.bbox.width, second.bbox.width, part),
        height: mix(first.bbox.height, second.bbox.height, part),
      },
    };
  });
  const followed = new Set(moving.map(({ source }) => source.track_id));
  return [...moving, ...nearer.detections.filter(({ track_id: id }) => id === null || !followed.has(id)).map(found(nearer, true))];
}

/** 7 of "obj_007"; 0 for an object without a track. @param {string|null} id */
export function trackNumber(id) {
  const number = Number(id?.match(/\d+$/)?.[0]);
  return Number.isFinite(number) ? number : 0;
}
