// Results bound to the pictures that they belong to.
/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../session/messages.js').WireDetection} WireDetection */
/** @typedef {{xmin: number, ymin: number, xmax: number, ymax: number}} Box */
/** @typedef {{message: DetectionsMessage, boxes: WireDetection[], exact: boolean, ageMs: number}} Moment */

/** Video's RTP clock, ticks a second. */
const CLOCK = 90_000;
const KEPT = 60;
/** So many results back an outline is still taken for the object's shape. */
const MASK_REACH = 20;
/** A box is carried on its own way for this long past the newest result, then it stands still, then it goes. */
const CARRY_TICKS = 0.3 * CLOCK;
const GONE_TICKS = 1.5 * CLOCK;
/** Two pictures further apart than this say nothing about what lay between. */
const GAP_TICKS = 1.5 * CLOCK;

/**
 * Ticks from one RTP timestamp to a later one, across the 32-bit wrap.
 * @param {number} from @param {number} to
 */
export function ticks(from, to) {
  return (to - from) | 0;
}

/**
 * The results of the last seconds in the order of their pictures, and what was where in any picture shown: that
 * picture's own result where there is one, else between its neighbours, else the newest carried on.
 */
export class Timeline {
  /** @type {DetectionsMessage[]} */ #results = [];

  /** @param {DetectionsMessage} message */
  add(message) {
    const results = this.#results;
    const last = results.at(-1);
    if (last && Math.abs(ticks(last.rtp_timestamp, message.rtp_timestamp)) > 10 * CLOCK) results.length = 0;
    // The channel is unordered: a late one goes where it belongs.
    let at = results.length;
    while (at > 0 && ticks(results[at - 1].rtp_timestamp, message.rtp_timestamp) < 0) at--;
    if (at > 0 && results[at - 1].rtp_timestamp === message.rtp_timestamp) results[at - 1] = message;
    else results.splice(at, 0, message);
    if (results.length > KEPT) results.shift();
  }

  get newest() {
    return this.#results.at(-1) ?? null;
  }

  clear() {
    this.#results.length = 0;
  }

  /**
   * @param {number} timestamp the shown picture's
   * @returns {Moment|null}
   */
  at(timestamp) {
    const results = this.#results;
    let index = results.length - 1;
    while (index >= 0 && ticks(results[index].rtp_timestamp, timestamp) < 0) index--;
    if (index < 0) return null;
    const before = results[index];
    const since = ticks(before.rtp_timestamp, timestamp);
    const ageMs = since / (CLOCK / 1000);
    if (since === 0) return { message: before, boxes: before.detections, exact: true, ageMs };
    if (since > GONE_TICKS) return null;
    const after = results[index + 1];
    if (after && ticks(before.rtp_timestamp, after.rtp_timestamp) < GAP_TICKS) {
      const share = since / ticks(before.rtp_timestamp, after.rtp_timestamp);
      const boxes = before.detections.map((box) => between(box, find(after, box.track_id), share));
      return { message: before, boxes, exact: false, ageMs };
    }
    return { message: before, boxes: before.detections.map((box) => this.#carry(box, index, since)), exact: false, ageMs };
  }

  /**
   * Boxes for now where the picture's timestamp is not known (the phone's own preview, a browser without it).
   * @param {number} aheadMs how much later than the newest result's picture
   */
  ahead(aheadMs) {
    const newest = this.newest;
    return newest ? this.at((newest.rtp_timestamp + Math.round(aheadMs * (CLOCK / 1000))) >>> 0) : null;
  }

  /**
   * The newest outline of a track no later than a result, with the box it was cut out at: masks are made less
   * often than boxes, and move with them.
   * @param {DetectionsMessage} message @param {number} trackId
   * @returns {{mask: import('../session/messages.js').WireMask, box: WireDetection}|null}
   */
  maskOf(message, trackId) {
    const results = this.#results;
    const start = results.indexOf(message);
    for (let index = start; index >= 0 && start - index < MASK_REACH; index--) {
      const { mask } = results[index];
      const box = mask?.track_id === trackId ? find(results[index], trackId) : null;
      if (mask && box) return { mask, box };
    }
    return null;
  }

  /** @param {WireDetection} box @param {number} index @param {number} since @returns {WireDetection} */
  #carry(box, index, since) {
    const results = this.#results;
    const now = results[index].rtp_timestamp;
    // Speed over a few results, not two: a detector's jitter of a pixel would else be thrown far.
    for (let back = Math.max(0, index - 3); back < index; back++) {
      const span = ticks(results[back].rtp_timestamp, now);
      const old = find(results[back], box.track_id);
      if (!old || span > GAP_TICKS / 2) continue;
      const carried = between(old, box, (span + Math.min(since, CARRY_TICKS)) / span, box);
      // One that shrinks fast would be turned inside out.
      return carried.xmin < carried.xmax && carried.ymin < carried.ymax ? carried : box;
    }
    return box;
  }
}

/** @param {DetectionsMessage} message @param {number} id */
function find(message, id) {
  return message.detections.find((box) => box.track_id === id) ?? null;
}

/**
 * @param {WireDetection} from @param {WireDetection|null} to @param {number} share 0 at from, 1 at to, more beyond
 * @param {WireDetection} [like] whose other fields are kept
 * @returns {WireDetection}
 */
function between(from, to, share, like = from) {
  if (!to) return like;
  return {
    ...like,
    xmin: from.xmin + (to.xmin - from.xmin) * share,
    ymin: from.ymin + (to.ymin - from.ymin) * share,
    xmax: from.xmax + (to.xmax - from.xmax) * share,
    ymax: from.ymax + (to.ymax - from.ymax) * share,
  };
}
