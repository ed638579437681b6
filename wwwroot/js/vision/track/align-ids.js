// Two trackers of the same picture, and one name for each object.
import { overlap } from './held-target.js';

/** @typedef {import('../../session/messages.js').WireDetection} WireDetection */

const MIN_OVERLAP = 0.5;

/**
 * What each of our objects is called by the others, where that is another name.
 * @param {readonly WireDetection[]} ours @param {readonly WireDetection[]} theirs of the same picture
 * @returns {Map<number, number>}
 */
export function alignIds(ours, theirs) {
  const pairs = ours.flatMap((our) => theirs.map((their) => ({ our, their, share: overlap(our, their) })))
    .filter(({ share }) => share >= MIN_OVERLAP)
    // What is called the same already stays so, though another box lies closer.
    .sort((a, b) => Number(isSame(b)) - Number(isSame(a)) || b.share - a.share);
  const names = new Map();
  const [done, taken] = [new Set(), new Set()];
  for (const { our, their } of pairs) {
    if (done.has(our.track_id) || taken.has(their.track_id)) continue;
    done.add(our.track_id);
    taken.add(their.track_id);
    if (our.track_id !== their.track_id) names.set(our.track_id, their.track_id);
  }
  return names;
}

/** @param {{our: WireDetection, their: WireDetection}} pair */
function isSame({ our, their }) {
  return our.track_id === their.track_id;
}
