// The browser's statistics of a connection, as rates.
/**
 * @typedef {object} LinkNumbers what the browser itself sees of the connection, over the last interval
 * @property {number} inFps @property {number} outFps
 * @property {number} inKbps @property {number} outKbps
 * @property {number} loss share of packets, 0 to 1
 * @property {number|null} rttMs
 * @property {number} bufferMs what the jitter buffer held a picture
 * @property {number} width @property {number} height
 * @property {string} codec @property {string} way udp, tcp or relay
 * @property {number} freezes
 */

/** The browser's running counters, summed over streams, and when they were read. */
const NOTHING = { frames: 0, sent: 0, bytesIn: 0, bytesOut: 0, received: 0, lost: 0, delay: 0, emitted: 0, freezes: 0, at: 0 };
/** @typedef {typeof NOTHING} Counts */

/** Turns the browser's running counters into rates, one reading after another. */
export class LinkMeter {
  /** @type {Counts|null} */ #last = null;

  /**
   * @param {RTCPeerConnection} pc
   * @returns {Promise<LinkNumbers|null>} null the first time: a rate needs two readings
   */
  async read(pc) {
    const report = await pc.getStats();
    /** @type {Counts} */
    const now = { ...NOTHING, at: performance.now() };
    /** @type {number|null} */ let rttMs = null;
    let width = 0; let height = 0; let codecId = ''; let pairId = '';
    report.forEach((/** @type {any} */ entry) => {
      if (entry.type === 'inbound-rtp' && entry.kind === 'video') {
        now.frames += entry.framesDecoded ?? 0;
        now.bytesIn += entry.bytesReceived ?? 0;
        now.received += entry.packetsReceived ?? 0;
        now.lost += Math.max(0, entry.packetsLost ?? 0);
        now.delay += entry.jitterBufferDelay ?? 0;
        now.emitted += entry.jitterBufferEmittedCount ?? 0;
        now.freezes += entry.freezeCount ?? 0;
        width = entry.frameWidth ?? width;
        height = entry.frameHeight ?? height;
        codecId = entry.codecId ?? codecId;
      } else if (entry.type === 'outbound-rtp' && entry.kind === 'video') {
        now.sent += entry.framesEncoded ?? 0;
        now.bytesOut += entry.bytesSent ?? 0;
        width ||= entry.frameWidth ?? 0;
        height ||= entry.frameHeight ?? 0;
        codecId ||= entry.codecId ?? '';
      } else if (entry.type === 'transport') {
        pairId = entry.selectedCandidatePairId ?? pairId;
      }
    });
    const pair = /** @type {any} */ (report.get(pairId));
    if (pair?.currentRoundTripTime !== undefined) rttMs = pair.currentRoundTripTime * 1000;
    const way = /** @type {any} */ (report.get(pair?.localCandidateId));
    const codec = /** @type {any} */ (report.get(codecId))?.mimeType?.replace('video/', '') ?? '';
    const last = this.#last;
    this.#last = now;
    if (!last || now.frames < last.frames || now.bytesOut < last.bytesOut) return null;
    const seconds = Math.max(0.001, (now.at - last.at) / 1000);
    const packets = now.received - last.received + now.lost - last.lost;
    return {
      inFps: (now.frames - last.frames) / seconds,
      outFps: (now.sent - last.sent) / seconds,
      inKbps: (now.bytesIn - last.bytesIn) * 8 / 1000 / seconds,
      outKbps: (now.bytesOut - last.bytesOut) * 8 / 1000 / seconds,
      loss: packets > 0 ? Math.max(0, (now.lost - last.lost) / packets) : 0,
      rttMs,
      bufferMs: now.emitted > last.emitted ? (now.delay - last.delay) / (now.emitted - last.emitted) * 1000 : 0,
      width,
      height,
      codec,
      way: way?.candidateType === 'relay' ? 'relay' : way?.protocol ?? '',
      freezes: now.freezes,
    };
  }

  reset() {
    this.#last = null;
  }
}
