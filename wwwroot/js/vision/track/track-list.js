// All tracks of a tracker.
import { pixelOverlap } from '../detect/rect.js';

/** @typedef {import('./track.js').Track} Track */

/** All tracks: those in sight, and those lost and remembered. One tracker owns it. */
export class TrackList {
  /** In sight, confirmed or not. @type {Track[]} */ tracked = [];
  /** Out of sight, and remembered. @type {Track[]} */ lost = [];

  /** In sight and confirmed. */
  get active() {
    return this.tracked.filter(({ activated }) => activated);
  }

  /**
   * Sorts every track into tracked and lost. As in the published code a track that was given up stays matchable for one more
   * picture, because the list of the removed is consulted before the newly removed join it.
   * @param {number} duplicateOverlap @param {boolean} [trackedWin] whatever their age: somebody says that they are there
   */
  settle(duplicateOverlap, trackedWin = false) {
    /** @type {Track[]} */ const tracked = [];
    /** @type {Track[]} */ const lost = [];
    const place = (/** @type {Track} */ track, /** @type {boolean} */ wasLost) => {
      if (track.state === 'tracked') {
        tracked.push(track);
        return;
      }
      const known = track.givenUp;
      track.givenUp ||= track.state === 'removed';
      if (!known && (wasLost || track.state !== 'removed')) lost.push(track);
    };
    for (const track of this.tracked) place(track, false);
    for (const track of this.lost) place(track, true);
    const duplicates = duplicatesOf(tracked, lost, duplicateOverlap, trackedWin);
    this.tracked = tracked.filter((track) => !duplicates.has(track));
    this.lost = lost.filter((track) => !duplicates.has(track));
  }
}

/**
 * Of a tracked and a lost track in the same place the younger one.
 * @param {Track[]} tracked @param {Track[]} lost @param {number} most @param {boolean} trackedWin
 */
function duplicatesOf(tracked, lost, most, trackedWin) {
  /** @type {Set<Track>} */
  const duplicates = new Set();
  const lostBoxes = lost.map(({ box }) => box);
  for (const one of lost.length > 0 ? tracked : []) {
    const { box } = one;
    lost.forEach((other, at) => {
      if (pixelOverlap(box, lostBoxes[at]) <= most) return;
      duplicates.add(trackedWin || one.lastSeen - one.born > other.lastSeen - other.born ? other : one);
    });
  }
  return duplicates;
}
