// Which RTP timestamp a picture has that this page sees.

/** Video's RTP clock, ticks a millisecond. */
const TICKS_PER_MS = 90;
const KEPT = 9;

/** @typedef {{rtp_timestamp: number, capture_ts: number|null}} Stamped */

/** A viewer's pictures come with their RTP timestamps; unwrapped they are a clock that goes on. */
export class ViewerClock {
  #last = NaN;
  #ticks = 0;

  /** @param {number} rtp @returns {number} milliseconds */
  stampOf(rtp) {
    if (Number.isNaN(this.#last)) this.#ticks = rtp + 2 ** 32;
    else this.#ticks += (rtp - this.#last) | 0;
    this.#last = rtp;
    return this.#ticks / TICKS_PER_MS;
  }

  /** @param {number} stampMs @returns {number} */
  rtpOf(stampMs) {
    return Math.round(stampMs * TICKS_PER_MS) % 2 ** 32;
  }

  /** @param {Stamped} _message */
  hear(_message) {}

  get isSet() {
    return true;
  }
}

/**
 * A camera's own pictures have no RTP timestamp yet when the page sees them. The server's results tell it beside the time of
 * capture; both run at the same pace, so one of them gives the other. The room looks for the nearest picture.
 */
export class CameraStamps {
  /** @type {number[]} RTP less capture time, in ticks of 32 bits. */ #offsets = [];

  /** @param {Stamped} message of the server's, of any picture of this camera */
  hear({ rtp_timestamp: rtp, capture_ts: captureMs }) {
    if (captureMs === null || !Number.isFinite(captureMs)) return;
    this.#offsets.push((rtp - Math.round(captureMs * TICKS_PER_MS)) | 0);
    if (this.#offsets.length > KEPT) this.#offsets.shift();
  }

  get isSet() {
    return this.#offsets.length > 0;
  }

  /** @param {number} rtp @returns {number} milliseconds since 1970 */
  stampOf(rtp) {
    if (!this.isSet) return Date.now();
    // By the clock of now: an offset alone is one of 32 bits.
    const now = Date.now();
    const nowRtp = Math.round(now * TICKS_PER_MS) + this.#offset;
    return now + ((rtp - nowRtp) | 0) / TICKS_PER_MS;
  }

  /** @param {number} stampMs since 1970 @returns {number} */
  rtpOf(stampMs) {
    return (Math.round(stampMs * TICKS_PER_MS) + this.#offset) >>> 0;
  }

  /** The middle one: a camera that was exchanged, or one message that is off, moves it after a few. */
  get #offset() {
    const [first = 0] = this.#offsets;
    const sorted = this.#offsets.map((offset) => (offset - first) | 0).sort((a, b) => a - b);
    return (first + (sorted[sorted.length >> 1] ?? 0)) | 0;
  }
}
