// Where tracks were in the last seconds.
import { ticks } from './timeline.js';

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {{x: number, y: number}} Place fractions of the picture */

const CLOCK = 90_000;
/** Closer together than this two places make no better line; the server's trails are as fine. */
const SPACING_TICKS = CLOCK / 15;

/** The middle of each track's box over the last seconds, for the trails that are drawn behind them. */
export class Trails {
  /** @type {Map<number, {x: number, y: number, at: number}[]>} */ #ways = new Map();
  /** How much of each way is kept; 0 keeps none. */
  seconds = 0;

  /** @param {DetectionsMessage} message */
  add({ rtp_timestamp: at, detections }) {
    if (this.seconds <= 0) {
      this.clear();
      return;
    }
    for (const { track_id: id, xmin, xmax, ymin, ymax } of detections) {
      const way = this.#ways.get(id) ?? [];
      const last = way.at(-1);
      // A late result adds nothing to a line, and a clock that began anew ends the old one.
      if (last && Math.abs(ticks(last.at, at)) > this.seconds * CLOCK) way.length = 0;
      if (last && way.length > 0 && ticks(last.at, at) < SPACING_TICKS) continue;
      way.push({ x: (xmin + xmax) / 2, y: (ymin + ymax) / 2, at });
      this.#ways.set(id, way);
    }
    for (const [id, way] of this.#ways) {
      while (way.length > 0 && ticks(way[0].at, at) > this.seconds * CLOCK) way.shift();
      if (way.length === 0) this.#ways.delete(id);
    }
  }

  /** A track's way up to a picture. @param {number} id @param {number} timestamp the picture's @returns {Place[]} the oldest first */
  of(id, timestamp) {
    return (this.#ways.get(id) ?? []).filter(({ at }) => {
      const since = ticks(at, timestamp);
      return since >= 0 && since <= this.seconds * CLOCK;
    });
  }

  clear() {
    this.#ways.clear();
  }
}
