// Which objects are shown: by class, confidence and track.

/** One filter for the picture, the timeline and the chart; whoever changes it tells all of them. */
export class ObjectFilter {
  /** @type {Set<string>} */ hidden = new Set();
  minConfidence = 0;
  /** Only this one, where one is chosen. @type {string|null} */ track = null;

  /** @param {{class: string, confidence: number, track_id: string|null}} object */
  shows({ class: name, confidence, track_id: track }) {
    return confidence >= this.minConfidence && !this.hidden.has(name) && (this.track === null || this.track === track);
  }

  /**
   * A track by its mean confidence; the one that is chosen is a mark on the timeline, not all of it.
   * @param {{class: string, avg_confidence: number}} span
   */
  lists({ class: name, avg_confidence: confidence }) {
    return confidence >= this.minConfidence && !this.hidden.has(name);
  }
}
