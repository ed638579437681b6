// How long pictures wait for their results.
import { ticks } from './timeline.js';

const MAX_MS = 400;
const STEP_DOWN_MS = 10;
const SPARE_MS = 8;
const REVIEW_MS = 1_000;
const KEPT = 120;

/**
 * Holds pictures back in the browser's jitter buffer just long enough that each one's own result is there when it
 * is shown. Where the browser offers no such control nothing is held and boxes are carried forward instead.
 */
export class JitterTarget {
  /** @type {RTCRtpReceiver|null} */ #receiver;
  /** @type {{timestamp: number, at: number}[]} */ #shown = [];
  /** @type {number[]} How late results came after their picture, in milliseconds; negative: before it. */ #late = [];
  /** @type {number[]} timestamps whose result came before the picture */ #ready = [];
  #targetMs = 0;
  #reviewed = 0;

  /** @param {RTCRtpReceiver|null} receiver */
  constructor(receiver) {
    this.#receiver = receiver && 'jitterBufferTarget' in receiver ? receiver : null;
  }

  get targetMs() {
    return this.#targetMs;
  }

  /** A picture was shown. @param {number} timestamp @param {number} now */
  onPicture(timestamp, now) {
    const ready = this.#ready.findIndex((other) => other === timestamp);
    if (ready >= 0) {
      this.#ready.splice(0, ready + 1);
      this.#late.push(-1);
    }
    this.#shown.push({ timestamp, at: now });
    if (this.#shown.length > KEPT) this.#shown.shift();
    this.#review(now);
  }

  /** A result came. @param {number} timestamp @param {number} now */
  onResult(timestamp, now) {
    const shown = this.#shown.find((picture) => picture.timestamp === timestamp);
    if (shown) this.#late.push(now - shown.at);
    else if (this.#shown.length === 0 || ticks(this.#shown[this.#shown.length - 1].timestamp, timestamp) > 0) this.#ready.push(timestamp);
    if (this.#ready.length > KEPT) this.#ready.shift();
  }

  /** The page found this itself, in a picture that it had shown: no waiting would have it there before. */
  onOwnResult() {
    this.#late = [];
    if (this.#targetMs > 0) this.#hold(0);
  }

  /** @param {number} now */
  #review(now) {
    if (now - this.#reviewed < REVIEW_MS) return;
    this.#reviewed = now;
    const late = this.#late.sort((a, b) => a - b);
    this.#late = [];
    if (late.length < 3) return;
    const slow = late[Math.floor(late.length * 0.9)];
    const change = slow > 0 ? slow + SPARE_MS : -STEP_DOWN_MS;
    this.#hold(Math.max(0, Math.min(MAX_MS, this.#targetMs + change)));
  }

  /** @param {number} targetMs */
  #hold(targetMs) {
    this.#targetMs = targetMs;
    if (this.#receiver) this.#receiver.jitterBufferTarget = targetMs;
  }

  close() {
    if (this.#receiver) this.#receiver.jitterBufferTarget = null;
    this.#receiver = null;
  }
}
