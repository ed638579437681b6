// One object over time.
import { BoxFilter } from './box-filter.js';

/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {{classId: number, score: number, box: Rect}} Detection */
/** @typedef {'tracked'|'lost'|'removed'} TrackState */
/** @typedef {import('./axis-filter.js').AxisState} AxisState */

/**
 * @typedef {object} TrackRecord plain data of one track, to hand over to another worker
 * @property {number} id @property {number} classId @property {number} score @property {TrackState} state
 * @property {boolean} activated @property {number} born @property {number} lastSeen @property {boolean} givenUp
 * @property {AxisState[]} filter
 */

/** One object over time. Owned by its tracker. */
export class Track {
  #filter;
  classId = 0;
  score = 0;
  /** @type {TrackState} */ state = 'tracked';
  lastSeen = 0;
  /** Was given up once: found again it lives on, lost again it is gone at once. */
  givenUp = false;

  /**
   * @param {number} id @param {Detection} detection @param {number} now
   * @param {boolean} activated false until a second picture confirms it
   */
  constructor(id, detection, now, activated) {
    this.id = id;
    this.#filter = new BoxFilter(detection.box);
    this.activated = activated;
    this.born = now;
    this.#see(detection, now);
  }

  get box() {
    return this.#filter.box;
  }

  /** @param {Detection} detection @param {number} now */
  match(detection, now) {
    this.#filter.correct(detection.box);
    this.state = 'tracked';
    this.activated = true;
    this.#see(detection, now);
  }

  /** @param {number} steps */
  predict(steps) {
    if (this.state !== 'tracked') this.#filter.stopGrowing();
    this.#filter.predict(steps);
  }

  /** @param {Detection} detection @param {number} now */
  #see(detection, now) {
    this.classId = detection.classId;
    this.score = detection.score;
    this.lastSeen = now;
  }

  /** @returns {TrackRecord} */
  get record() {
    const { id, classId, score, state, activated, born, lastSeen, givenUp } = this;
    return { id, classId, score, state, activated, born, lastSeen, givenUp, filter: this.#filter.state };
  }

  /** @param {TrackRecord} record */
  static from({ filter, ...facts }) {
    const track = new Track(facts.id, { classId: facts.classId, score: facts.score, box: UNIT }, 0, facts.activated);
    track.#filter = BoxFilter.from(filter);
    return Object.assign(track, facts);
  }
}

const UNIT = Object.freeze({ left: 0, top: 0, right: 1, bottom: 1 });
