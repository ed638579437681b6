// What was seen in the last half minute.
/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */

/**
 * @typedef {object} TrackLife
 * @property {number} id
 * @property {string} label
 * @property {number} score
 * @property {number} firstMs
 * @property {number} lastMs
 * @property {boolean} predicted
 */

const GONE_MS = 1_000;
const FORGOTTEN_MS = 30_000;
const MAX_TRACKS = 200;

/** The life of every track of the last half minute, from the results as they come. */
export class TrackLog {
  /** @type {Map<number, TrackLife>} */ #tracks = new Map();

  /** @param {DetectionsMessage} message @param {number} nowMs */
  add(message, nowMs) {
    for (const { track_id: id, label, score, predicted } of message.detections) {
      const known = this.#tracks.get(id);
      this.#tracks.set(id, { id, label, score, predicted, firstMs: known?.firstMs ?? nowMs, lastMs: nowMs });
    }
    for (const [id, { lastMs }] of this.#tracks) {
      if (nowMs - lastMs > FORGOTTEN_MS || this.#tracks.size > MAX_TRACKS) this.#tracks.delete(id);
    }
  }

  /** Those in the picture first, the oldest first among them. @param {number} nowMs */
  list(nowMs) {
    return [...this.#tracks.values()]
      .map((track) => ({ ...track, present: nowMs - track.lastMs < GONE_MS, lifeMs: track.lastMs - track.firstMs }))
      .sort((a, b) => Number(b.present) - Number(a.present) || (a.present ? a.firstMs - b.firstMs : b.lastMs - a.lastMs));
  }

  /** How many of each class are in the picture. @param {number} nowMs @returns {[string, number][]} */
  counts(nowMs) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const { label, lastMs } of this.#tracks.values()) {
      if (nowMs - lastMs < GONE_MS) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  }

  clear() {
    this.#tracks.clear();
  }
}
