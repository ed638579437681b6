// The frames of an analysis, read in pages: those at the player's place first, the rest while there is time.

/** @typedef {import('./result-api.js').Frame} Frame */
/** @typedef {{from: number, to: number}} Gap frames that nobody has asked for yet, both included */

const PAGE_FRAMES = 500;

/** No video has so many. */
const LAST = Number.MAX_SAFE_INTEGER;

/** So many frames before the wanted one come with it: whoever jumps somewhere looks at what was before it too. */
const BEFORE = 60;

/**
 * Keeps frames in the order of their numbers, and what is missing between them. An open one belongs to a job that runs: behind the last
 * frame that came there may be more at any time.
 */
export class FrameStore {
  /** @type {Frame[]} */ #frames = [];
  /** @type {Gap[]} */ #gaps = [{ from: 0, to: LAST }];
  #load;
  #isOpen;

  /**
   * @param {(from: number, to: number, limit: number) => Promise<{frames: Frame[], next: number|null}>} load
   * @param {boolean} [isOpen]
   */
  constructor(load, isOpen = false) {
    this.#load = load;
    this.#isOpen = isOpen;
  }

  /** @returns {readonly Frame[]} */
  get frames() {
    return this.#frames;
  }

  get isComplete() {
    return this.#gaps.length === 0;
  }

  /** Every how manieth picture was looked at; 0 while that is unknown. */
  get step() {
    let least = Infinity;
    for (let i = 1; i < Math.min(this.#frames.length, 16); i++) {
      least = Math.min(least, this.#frames[i].frame_number - this.#frames[i - 1].frame_number);
    }
    return Number.isFinite(least) ? least : 0;
  }

  /**
   * Reads a page: what lacks at the wanted frame, else behind it, else before it.
   * @param {number} wanted @returns {Promise<boolean>} whether anything new came
   */
  async loadNext(wanted) {
    const gap = this.#gaps.find(({ to }) => to >= wanted) ?? this.#gaps[0];
    if (!gap) return false;
    const from = gap.to < wanted ? gap.from : Math.max(gap.from, wanted - BEFORE);
    const { frames, next } = await this.#load(from, gap.to, PAGE_FRAMES);
    const to = next ?? (this.#isOpen ? frames.at(-1)?.frame_number ?? from - 1 : gap.to);
    this.#insert(frames);
    this.#cover(gap, from, to);
    return frames.length > 0;
  }

  /**
   * The frame that belongs to a time, and the one after it where nothing lacks between them.
   * @param {number} seconds @param {number} half of the time that a picture is shown
   * @returns {{before: Frame, after: Frame|null}|null}
   */
  at(seconds, half) {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#frames[middle].timestamp_seconds <= seconds + half) low = middle + 1;
      else high = middle;
    }
    const before = this.#frames[low - 1];
    const after = this.#frames[low] ?? null;
    if (!before) return null;
    return { before, after: after && !this.#lacks(before.frame_number, after.frame_number) ? after : null };
  }

  /** @param {number} first @param {number} second */
  #lacks(first, second) {
    return this.#gaps.some(({ from, to }) => from < second && to > first);
  }

  /** @param {Frame[]} frames in their order; none of them is here */
  #insert(frames) {
    if (frames.length === 0) return;
    const at = this.#frames.findLastIndex(({ frame_number: number }) => number < frames[0].frame_number) + 1;
    this.#frames = [...this.#frames.slice(0, at), ...frames, ...this.#frames.slice(at)];
  }

  /** @param {Gap} gap @param {number} from @param {number} to */
  #cover(gap, from, to) {
    const rest = [{ from: gap.from, to: from - 1 }, { from: to + 1, to: gap.to }].filter((one) => one.from <= one.to);
    this.#gaps.splice(this.#gaps.indexOf(gap), 1, ...rest);
  }
}
