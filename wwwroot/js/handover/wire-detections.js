// A result as it is sent to the room.

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */

const MAX_OBJECTS = 100;

/**
 * Short numbers, boxes that have an extent, and nothing that the server knows itself.
 * @param {DetectionsMessage} message @returns {object}
 */
export function wireDetections({ rtp_timestamp, width, height, model, provider, detections, mask, timings_ms: timings }) {
  const boxes = detections.map((box) => ({
    ...box, score: short(box.score), xmin: short(box.xmin), ymin: short(box.ymin), xmax: short(box.xmax), ymax: short(box.ymax),
  })).filter((box) => box.xmin < box.xmax && box.ymin < box.ymax).slice(0, MAX_OBJECTS);
  const masked = mask && boxes.some(({ track_id: id }) => id === mask.track_id) ? mask : null;
  return {
    type: 'detections', rtp_timestamp, width, height, model: wordOf(model), provider, source: 'browser', detections: boxes, mask: masked,
    timings_ms: timings && Object.fromEntries(Object.entries(timings).map(([name, value]) => [name, Math.round(value * 10) / 10])),
  };
}

/** @param {number} share */
function short(share) {
  return Math.round(Math.max(0, Math.min(share, 1)) * 1e5) / 1e5;
}

/** A dropped file may be called anything. @param {string} name */
function wordOf(name) {
  return name.replaceAll(/[^\p{L}\p{Nd} \-_.'/&+(),]/gu, '').trim().slice(0, 64).trim() || 'model';
}
