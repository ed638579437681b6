// ByteTrack.
import { pixelOverlap } from '../detect/rect.js';
import { assign } from './sparse-assignment.js';
import { TrackList } from './track-list.js';
import { Track } from './track.js';

/** @typedef {import('./track.js').Detection} Detection */
/** @typedef {import('./track.js').TrackRecord} TrackRecord */
/** @typedef {{now: number, started: boolean, lastId: number, tracked: TrackRecord[], lost: TrackRecord[]}} PlainState */
/** @typedef {PlainState & {stampMs?: number}} TrackerState stampMs: of its last picture */

/** ByteTrack's published thresholds (Zhang et al., ECCV 2022, and its reference settings); times in thirtieths of a second. */
export const PUBLISHED = Object.freeze({
  trackThreshold: 0.5,
  lowThreshold: 0.1,
  matchThreshold: 0.8,
  secondMatchThreshold: 0.5,
  unconfirmedMatchThreshold: 0.7,
  birthMargin: 0.1,
  lostBuffer: 30,
  duplicateOverlap: 0.85,
  fuseScore: true,
});

/** @typedef {{-readonly [K in keyof typeof PUBLISHED]: (typeof PUBLISHED)[K] extends boolean ? boolean : number}} TrackOptions */

/**
 * The thresholds for a confidence that somebody chose, as the server's rooms have them.
 * @param {number} confidence @returns {TrackOptions}
 */
export function optionsFor(confidence) {
  return {
    ...PUBLISHED,
    trackThreshold: confidence,
    lowThreshold: Math.min(0.1, confidence * 0.4),
    birthMargin: Math.min(0.1, (1 - confidence) / 2),
    fuseScore: confidence >= 0.5,
  };
}

/**
 * ByteTrack as published, and equal to the server's: confident detections are matched first, then the doubtful ones are
 * offered to the tracks that are left, and only confident ones found new tracks. Time comes in as steps.
 */
export class ByteTracker {
  #tracks = new TrackList();
  #now = 0;
  #started = false;
  #lastId = 0;

  /** @param {TrackOptions} [options] */
  constructor(options = { ...PUBLISHED }) {
    this.options = options;
  }

  /** In sight and confirmed. */
  get active() {
    return this.#tracks.active;
  }

  /** Out of sight, and remembered. @returns {readonly Track[]} */
  get lost() {
    return this.#tracks.lost;
  }

  /** @param {number} id */
  find(id) {
    return this.#tracks.tracked.find((track) => track.id === id) ?? this.#tracks.lost.find((track) => track.id === id) ?? null;
  }

  /**
   * Takes the detections of one picture, so many thirtieths of a second after the last one.
   * @param {readonly Detection[]} detections @param {number} [steps]
   */
  update(detections, steps = 1) {
    const first = !this.#started;
    this.#started = true;
    this.#now += steps;
    const { options } = this;
    const usable = detections.filter(({ box }) => box.right > box.left && box.bottom > box.top && Number.isFinite(box.right + box.bottom));
    const low = usable.filter(({ score }) => score > options.lowThreshold && score < options.trackThreshold);
    let high = usable.filter(({ score }) => score > options.trackThreshold);
    const unconfirmed = this.#tracks.tracked.filter(({ activated }) => !activated);
    const pool = [...this.#tracks.active, ...this.#tracks.lost];
    for (const track of pool) track.predict(steps);

    const confident = this.#match(pool, high, options.matchThreshold, options.fuseScore);
    high = confident.rest;
    const second = this.#match(confident.alone.filter(({ state }) => state === 'tracked'), low, options.secondMatchThreshold, false);
    for (const track of second.alone) track.state = 'lost';
    const young = this.#match(unconfirmed, high, options.unconfirmedMatchThreshold, options.fuseScore);
    for (const track of young.alone) track.state = 'removed';
    for (const detection of young.rest) {
      if (detection.score < options.trackThreshold + options.birthMargin) continue;
      this.#tracks.tracked.push(new Track(++this.#lastId, detection, this.#now, first));
    }
    this.#giveUpOld();
    this.#tracks.settle(options.duplicateOverlap);
    return this.active;
  }

  /**
   * Takes what another tracker of the same pictures follows, under the ids that it has: so that either goes on where the other
   * stops. What it does not name was lost from sight.
   * @param {readonly (Detection & {id: number})[]} objects @param {number} steps
   */
  follow(objects, steps) {
    this.#started = true;
    this.#now += steps;
    for (const track of [...this.#tracks.tracked, ...this.#tracks.lost]) track.predict(steps);
    for (const track of this.#tracks.tracked) track.state = 'lost';
    for (const object of objects) {
      const known = this.find(object.id);
      if (known) known.match(object, this.#now);
      else this.#tracks.tracked.push(new Track(object.id, object, this.#now, true));
      this.#lastId = Math.max(this.#lastId, object.id);
    }
    this.#giveUpOld();
    this.#tracks.settle(this.options.duplicateOverlap, true);
  }

  /**
   * Calls objects by other names, all at once; one whose name is wanted by another gets a new one.
   * @param {ReadonlyMap<number, number>} names
   */
  rename(names) {
    const tracks = [...this.#tracks.tracked, ...this.#tracks.lost];
    // What was renamed before, or is gone, wants no name any more.
    const wanted = new Set(tracks.map(({ id }) => names.get(id)).filter((name) => name !== undefined));
    this.#lastId = Math.max(this.#lastId, ...wanted);
    for (const track of tracks) {
      track.id = names.get(track.id) ?? (wanted.has(track.id) ? ++this.#lastId : track.id);
    }
  }

  #giveUpOld() {
    for (const track of this.#tracks.lost) {
      if (track.state !== 'tracked' && this.#now - track.lastSeen > this.options.lostBuffer) track.state = 'removed';
    }
  }

  /**
   * @param {Track[]} tracks @param {Detection[]} detections @param {number} limit a pair that costs this much is none
   * @param {boolean} fuse whether a doubtful detection overlaps less
   * @returns {{alone: Track[], rest: Detection[]}} what found nothing
   */
  #match(tracks, detections, limit, fuse) {
    const edges = [];
    for (let row = 0; row < tracks.length && detections.length > 0; row++) {
      const { box } = tracks[row];
      for (let column = 0; column < detections.length; column++) {
        const overlap = pixelOverlap(box, detections[column].box);
        const cost = 1 - (fuse ? overlap * detections[column].score : overlap);
        if (cost < limit) edges.push({ row, column, cost });
      }
    }
    const { columnOf, rowOf } = assign(tracks.length, detections.length, edges, limit);
    tracks.forEach((track, row) => {
      if (columnOf[row] >= 0) track.match(detections[columnOf[row]], this.#now);
    });
    return { alone: tracks.filter((_, row) => columnOf[row] < 0), rest: detections.filter((_, column) => rowOf[column] < 0) };
  }

  /** Another picture altogether: nothing of before is looked for, and no id is used twice. */
  reset() {
    this.#tracks = new TrackList();
    this.#started = false;
  }

  /** Everything that the next worker needs to go on with the same ids. @returns {TrackerState} */
  save() {
    return {
      now: this.#now,
      started: this.#started,
      lastId: this.#lastId,
      tracked: this.#tracks.tracked.map(({ record }) => record),
      lost: this.#tracks.lost.map(({ record }) => record),
    };
  }

  /** @param {TrackerState} state */
  restore({ now, started, lastId, tracked, lost }) {
    this.#now = now;
    this.#started = started;
    this.#lastId = lastId;
    this.#tracks.tracked = tracked.map((record) => Track.from(record));
    this.#tracks.lost = lost.map((record) => Track.from(record));
  }
}
