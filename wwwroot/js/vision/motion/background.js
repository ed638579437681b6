// What a camera sees when nothing moves.

/** @typedef {{y: Float32Array, u: Float32Array, v: Float32Array}} Planes */

/** Nothing is reported before so many pictures: the first of a camera hunt for exposure and focus. */
const PICTURES_TO_LEARN = 12;
/** Shares by which a mean follows a picture: before nothing, behind something, behind what has not changed for long. */
const LEARNING = 0.04;
const LEARNING_BEHIND = 0.002;
const LEARNING_STILL = 0.03;
const STILL_PICTURES = 75;
const STILL_DIFFERENCE = 4;
const MIN_SPREAD = 3;
const MAX_SPREAD = 20;
const SPREADS_APART = 3.2;
const MIN_DIFFERENCE = 11;
const CHROMA_WEIGHT = 1.6;
/** A shadow darkens to no less than this share and keeps the colour. */
const DARKEST_SHADOW = 0.5;
const SHADOW_CHROMA = 5;
/** Above this share of changed pixels, or this middle difference of all, the camera itself has changed. */
const CAMERA_CHANGED = 0.55;
const JUMP = 8;
const STEADY_DRIFT = 1.5;
const BLACK = 16;

/** A mean and a spread for each pixel, by the server's rule: learned all the time, slowly where something stands in front. */
export class Background {
  #mean; #meanU; #meanV; #spread; #raw; #previous; #still;
  #width; #height;
  #seen = 0;

  /** @param {number} width @param {number} height */
  constructor(width, height) {
    const count = width * height;
    this.#width = width;
    this.#height = height;
    this.#mean = new Float32Array(count);
    this.#meanU = new Float32Array(count);
    this.#meanV = new Float32Array(count);
    this.#spread = new Float32Array(count);
    this.#previous = new Float32Array(count);
    this.#raw = new Uint8Array(count);
    this.#still = new Uint8Array(count);
    /** Not zero where something stands before the background. */
    this.foreground = new Uint8Array(count);
    /** How far a changed pixel is from its background. */
    this.strength = new Uint8Array(count);
  }

  /** Compares and learns; false while the foreground means nothing. @param {Planes} planes */
  update(planes) {
    const drift = this.#seen === 0 ? Infinity : this.#drift(planes.y);
    if (Math.abs(drift) > JUMP) return this.#adopt(planes);
    if (Math.abs(drift) > STEADY_DRIFT) this.#scale(drift);
    if (this.#compare(planes) > CAMERA_CHANGED * this.#mean.length) return this.#adopt(planes);
    this.#clean();
    this.#learn(planes);
    this.#seen++;
    return this.#seen > PICTURES_TO_LEARN;
  }

  /** @param {Planes} planes */
  #adopt({ y, u, v }) {
    this.#mean.set(y);
    this.#meanU.set(u);
    this.#meanV.set(v);
    this.#previous.set(y);
    this.#spread.fill(MIN_SPREAD * 2);
    this.#still.fill(0);
    this.foreground.fill(0);
    this.#seen = 1;
    return false;
  }

  /** The middle one of all differences: what most pixels did, whatever moves in front of them. @param {Float32Array} luma */
  #drift(luma) {
    const histogram = new Uint32Array(512);
    for (let i = 0; i < luma.length; i++) histogram[Math.round(luma[i] - this.#mean[i]) + 255]++;
    let before = 0;
    for (let i = 0; i < histogram.length; i++) {
      before += histogram[i];
      if (before > luma.length / 2) return i - 255;
    }
    return 0;
  }

  /** Exposure multiplies light, so that the bright moves further than the dark. @param {number} drift */
  #scale(drift) {
    const middle = Math.max(1, this.#mean.reduce((sum, mean) => sum + mean, 0) / this.#mean.length - BLACK);
    const gain = (middle + drift) / middle;
    for (let i = 0; i < this.#mean.length; i++) this.#mean[i] = clamp(BLACK + (this.#mean[i] - BLACK) * gain, 0, 255);
  }

  /** @param {Planes} planes how many pixels changed */
  #compare({ y, u, v }) {
    let changed = 0;
    for (let i = 0; i < y.length; i++) {
      const mean = this.#mean[i];
      const chroma = Math.abs(u[i] - this.#meanU[i]) + Math.abs(v[i] - this.#meanV[i]);
      const total = Math.abs(y[i] - mean) + CHROMA_WEIGHT * Math.max(0, chroma - 3);
      const darker = y[i] < mean && y[i] > mean * DARKEST_SHADOW && chroma < SHADOW_CHROMA && this.#spread[i] < MAX_SPREAD;
      const moved = total > Math.max(MIN_DIFFERENCE, SPREADS_APART * this.#spread[i]) && !(darker && this.#isShadow(y, i));
      this.#raw[i] = moved ? 1 : 0;
      this.strength[i] = moved ? Math.min(255, total) : 0;
      changed += this.#raw[i];
    }
    return changed;
  }

  /** A shadow darkens neighbours by the same share, a thing has texture of its own. @param {Float32Array} luma @param {number} pixel */
  #isShadow(luma, pixel) {
    const width = this.#width;
    const x = pixel % width;
    const y = Math.trunc(pixel / width);
    if (x === 0 || y === 0 || x === width - 1 || y === this.#height - 1) return true;
    const own = luma[pixel] / Math.max(1, this.#mean[pixel]);
    return [pixel - 1, pixel + 1, pixel - width, pixel + width].every((near) => {
      const other = luma[near] / Math.max(1, this.#mean[near]);
      return Math.abs(other - own) < 0.12 || other > 0.92;
    });
  }

  /** A pixel stays when enough of its neighbours agree, and is filled in when nearly all do. */
  #clean() {
    const raw = this.#raw;
    const width = this.#width;
    this.foreground.fill(0);
    for (let y = 1; y < this.#height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const i = y * width + x;
        const near = raw[i - width - 1] + raw[i - width] + raw[i - width + 1] + raw[i - 1] + raw[i + 1]
          + raw[i + width - 1] + raw[i + width] + raw[i + width + 1];
        this.foreground[i] = near + 2 * raw[i] >= 5 ? 1 : 0;
      }
    }
  }

  /** @param {Planes} planes */
  #learn({ y, u, v }) {
    const quick = this.#seen < PICTURES_TO_LEARN ? 1 / (this.#seen + 1) : LEARNING;
    const behind = this.#seen < PICTURES_TO_LEARN ? quick : LEARNING_BEHIND;
    for (let i = 0; i < y.length; i++) {
      this.#still[i] = Math.abs(y[i] - this.#previous[i]) > STILL_DIFFERENCE ? 0 : Math.min(255, this.#still[i] + 1);
      this.#previous[i] = y[i];
      const rate = this.foreground[i] === 0 ? quick : this.#still[i] > STILL_PICTURES ? LEARNING_STILL : behind;
      const difference = y[i] - this.#mean[i];
      this.#mean[i] += rate * difference;
      this.#meanU[i] += rate * (u[i] - this.#meanU[i]);
      this.#meanV[i] += rate * (v[i] - this.#meanV[i]);
      const spread = this.#spread[i];
      this.#spread[i] = clamp(spread + rate * (Math.abs(difference) * 1.25 - spread), MIN_SPREAD, MAX_SPREAD);
    }
  }
}

/** @param {number} value @param {number} least @param {number} most */
function clamp(value, least, most) {
  return Math.max(least, Math.min(value, most));
}
