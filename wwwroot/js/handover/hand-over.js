// Who detects: the server or this page. A machine of plain facts in, decisions out, by a clock that comes with each fact.
import { Rhythm } from './rhythm.js';

/** @typedef {'auto'|'server'|'browser'} Wish */
/** @typedef {'server'|'overlap'|'page'|'return'} Phase overlap and return: both detect */
/** @typedef {'none'|'opening'|'ready'|'failed'} WorkerState */
/** @typedef {'busy'|'unreachable'|'weak'|'wished'} PageCause why the page took over: the server is busy, away, or has no model */
/** @typedef {'slow'|'device'|'worker'|'forbidden'|'wished'|'late'|'back'} ServerCause why the server did */

/** Results in a row before the page's are the room's. */
const OVERLAP = 3;
/** With fewer results a second than this the page is no help. */
const MIN_PER_SECOND = 5;
const RATE_WINDOW_MS = 1_200;
/** A page that is slower than this in its timed run is not tried. */
const MAX_MEDIAN_MS = 150;
/** A picture that is out for longer than this is stuck: the server goes on at once. */
const STUCK_MS = 400;
/** From this silence on it is no hiccup: the page takes over, where it only filled in before. */
const SILENT_MS = 500;
/** The page waits this long for the server's first result after it gave back. */
const MAX_RETURN_MS = 1_000;
/** A server that was away is back when it has been heard again for this long. */
const BACK_MS = 3_000;
/** It tells how it is every second. */
const HEARD_MS = 1_500;
const COOL_MS = 10_000;
const MAX_COOL_MS = 600_000;

/** One page's side of it. Owns nothing and calls nobody but its listener. */
export class HandOver {
  /** @type {Wish} */ #wish;
  /** @type {Phase} */ #phase = 'server';
  /** @type {PageCause|ServerCause|null} */ #cause = null;
  /** @type {(phase: Phase, cause: PageCause|ServerCause|null) => void} */ #onPhase;
  #since = 0;
  #server = new Rhythm();
  #page = new Rhythm();
  #isLive = false;
  #wasLive = false;
  #heardAt = -Infinity;
  #isCritical = false;
  #isWeak = false;
  /** @type {WorkerState} */ #worker = 'none';
  #medianMs = Infinity;
  #complains = false;
  #isAllowed = true;
  #coolUntil = 0;
  #coolMs = COOL_MS;
  #row = 0;
  /** @type {number[]} */ #results = [];
  /** @type {number[]} */ #pictures = [];
  #pushedAt = NaN;
  #taken = -Infinity;

  /** @param {Wish} wish @param {(phase: Phase, cause: PageCause|ServerCause|null) => void} [onPhase] */
  constructor(wish, onPhase = () => {}) {
    this.#wish = wish;
    this.#onPhase = onPhase;
  }

  get phase() {
    return this.#phase;
  }

  get cause() {
    return this.#cause;
  }

  /** Whether a worker with a model has to be there. */
  get opens() {
    return (this.#wish !== 'server' && this.#isAllowed) || this.#phase === 'return';
  }

  get wish() {
    return this.#wish;
  }

  get worker() {
    return this.#worker;
  }

  /** Whether the page's results are the room's. */
  get reports() {
    return this.#phase === 'page' && this.#isLive;
  }

  /** Whether the worker gets this picture. @param {number} nowMs */
  detects(nowMs) {
    if (this.#phase !== 'server') return true;
    // In doubt it is looked at: a result too many costs a little, one too few is a gap.
    return this.#wish === 'auto' && this.#isAble(nowMs) && this.#server.isLate(nowMs);
  }

  /** @param {Wish} wish @param {number} nowMs */
  setWish(wish, nowMs) {
    this.#wish = wish;
    this.#coolUntil = 0;
    this.#coolMs = COOL_MS;
    this.review(nowMs);
  }

  /**
   * False in a private room, for a watcher, or where the picture on show has boxes drawn in.
   * @param {boolean} isAllowed @param {number} nowMs
   */
  allow(isAllowed, nowMs) {
    this.#isAllowed = isAllowed;
    this.review(nowMs);
  }

  /** Whether there is a connection. @param {boolean} isLive @param {number} nowMs */
  live(isLive, nowMs) {
    if (isLive && !this.#isLive) this.#server.clear();
    this.#isLive = isLive;
    this.#wasLive ||= isLive;
    this.review(nowMs);
  }

  /** @param {{isCritical: boolean, isWeak: boolean}} facts weak: without a model, where the page has one @param {number} nowMs */
  serverIs({ isCritical, isWeak }, nowMs) {
    this.#heardAt = nowMs;
    this.#isCritical = isCritical;
    this.#isWeak = isWeak;
    this.review(nowMs);
  }

  /** A result of somebody else's came: the server's, or another page's by way of it. @param {number} nowMs */
  serverResult(nowMs) {
    this.#server.beat(nowMs);
    if (this.#phase === 'return') this.#enter('server', nowMs, this.#cause);
    this.review(nowMs);
  }

  /** @param {WorkerState} state @param {number} nowMs @param {number} [medianMs] of a timed run */
  workerIs(state, nowMs, medianMs = this.#medianMs) {
    this.#worker = state;
    this.#medianMs = medianMs;
    this.#pushedAt = NaN;
    this.review(nowMs);
  }

  /** Battery or temperature. @param {boolean} complains @param {number} nowMs */
  device(complains, nowMs) {
    this.#complains = complains;
    this.review(nowMs);
  }

  /** The camera gave a picture. @param {number} nowMs */
  picture(nowMs) {
    remember(this.#pictures, nowMs);
    this.review(nowMs);
  }

  /** The worker was given one. @param {number} nowMs */
  pushed(nowMs) {
    this.#pushedAt = nowMs;
  }

  /** The worker's result came. @param {number} nowMs */
  pageResult(nowMs) {
    this.#pushedAt = NaN;
    remember(this.#results, nowMs);
    this.#page.beat(nowMs);
    this.#row++;
    this.review(nowMs);
  }

  /**
   * Whether this result is to be shown: each picture once, none after a later one; of the side that only overlaps or fills in, none
   * while the other's come.
   * @param {'server'|'page'} source @param {number} stampMs of its picture @param {number} nowMs
   */
  takes(source, stampMs, nowMs) {
    if (stampMs <= this.#taken && this.#taken - stampMs < 10_000) return false;
    const isServers = this.#phase === 'server' || this.#phase === 'overlap';
    if (source === 'page' && isServers && !this.#server.isLate(nowMs)) return false;
    if (source === 'server' && this.#phase === 'page' && !this.#page.isLate(nowMs)) return false;
    this.#taken = stampMs;
    return true;
  }

  /** Decides anew; also called by a timer, since silence is no event. @param {number} nowMs */
  review(nowMs) {
    const pageCause = this.#wanted(nowMs);
    const isSilent = !this.#isLive || this.#server.silentMs(nowMs) > SILENT_MS;
    switch (this.#phase) {
      case 'server':
        if (pageCause) this.#enter(isSilent && pageCause !== 'wished' ? 'page' : 'overlap', nowMs, pageCause);
        break;
      case 'overlap':
        if (!pageCause) this.#enter('server', nowMs, null);
        else if (this.#row >= OVERLAP || (isSilent && this.#row > 0)) this.#enter('page', nowMs, pageCause);
        break;
      case 'page': {
        const cause = this.#failing(nowMs);
        if (cause) this.#giveBack(cause, nowMs);
        break;
      }
      case 'return':
        if (nowMs - this.#since > MAX_RETURN_MS) this.#enter('server', nowMs, this.#cause);
        break;
    }
  }

  /** Who asked for the browser knows the device. */
  get #suffers() {
    return this.#complains && this.#wish !== 'browser';
  }

  /** @param {number} nowMs */
  #isAble(nowMs) {
    return this.#isAllowed && this.#worker === 'ready' && this.#medianMs <= MAX_MEDIAN_MS && !this.#suffers && nowMs >= this.#coolUntil;
  }

  /** Why the page is to detect; null where it is not. @param {number} nowMs @returns {PageCause|null} */
  #wanted(nowMs) {
    if (this.#wish === 'server' || !this.#isAble(nowMs)) return null;
    if (this.#wish === 'browser') return 'wished';
    // Before the first connection nothing is lost.
    if (!this.#isLive) return this.#wasLive ? 'unreachable' : null;
    // A camera that gives nothing is no fault of the server's.
    const seen = this.#pictures.filter((at) => nowMs - at < SILENT_MS).length;
    if (seen > 3 && this.#server.silentMs(nowMs) > SILENT_MS) return 'unreachable';
    if (this.#isCritical) return 'busy';
    return this.#isWeak ? 'weak' : null;
  }

  /** Why the page can't go on; null where it can. @param {number} nowMs @returns {ServerCause|null} */
  #failing(nowMs) {
    if (this.#wish === 'server') return 'wished';
    if (!this.#isAllowed) return 'forbidden';
    if (this.#worker !== 'ready') return 'worker';
    if (this.#suffers) return 'device';
    if (this.#cause === 'unreachable' && this.#isBack(nowMs)) return 'back';
    if (nowMs - this.#pushedAt > Math.max(STUCK_MS, 3 * this.#medianMs)) return 'late';
    const window = (/** @type {number[]} */ times) => times.filter((at) => at > this.#since && nowMs - at <= RATE_WINDOW_MS).length;
    const least = (MIN_PER_SECOND * RATE_WINDOW_MS) / 1000;
    const isSlow = nowMs - this.#since > RATE_WINDOW_MS && window(this.#results) < least && window(this.#pictures) >= least;
    return isSlow ? 'slow' : null;
  }

  /** @param {number} nowMs */
  #isBack(nowMs) {
    const isHeard = nowMs - this.#since > BACK_MS && nowMs - this.#heardAt < HEARD_MS;
    return this.#isLive && isHeard && !this.#isCritical && !this.#isWeak;
  }

  /** @param {ServerCause} cause @param {number} nowMs */
  #giveBack(cause, nowMs) {
    if (cause === 'slow' || cause === 'late' || cause === 'device') {
      this.#coolUntil = nowMs + this.#coolMs;
      this.#coolMs = Math.min(2 * this.#coolMs, MAX_COOL_MS);
    }
    this.#server.clear();
    this.#enter(this.#worker === 'ready' && this.#isAllowed ? 'return' : 'server', nowMs, cause);
  }

  /** @param {Phase} phase @param {number} nowMs @param {PageCause|ServerCause|null} cause */
  #enter(phase, nowMs, cause) {
    this.#phase = phase;
    this.#cause = cause;
    this.#since = nowMs;
    this.#row = 0;
    this.#onPhase(phase, cause);
  }
}

/** @param {number[]} times @param {number} nowMs */
function remember(times, nowMs) {
  times.push(nowMs);
  while (times.length > 0 && nowMs - times[0] > 2 * RATE_WINDOW_MS) times.shift();
}
