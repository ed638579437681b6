// Where the bars of tracks lie.

/** @typedef {import('./result-api.js').TrackSpan} TrackSpan */

/**
 * Tracks in as few lanes as there are at a time: each in the first whose last bar ended before.
 * @param {readonly TrackSpan[]} tracks @returns {TrackSpan[][]} each lane in order
 */
export function lanesOf(tracks) {
  /** @type {TrackSpan[][]} */ const lanes = [];
  for (const track of [...tracks].sort((a, b) => a.start_frame - b.start_frame || a.track_id.localeCompare(b.track_id))) {
    const lane = lanes.find((one) => /** @type {TrackSpan} */ (one.at(-1)).end_frame < track.start_frame);
    if (lane) lane.push(track);
    else lanes.push([track]);
  }
  return lanes;
}

/** The bars of a lane that a span of frames meets. @param {readonly TrackSpan[]} lane in order @param {number} from @param {number} to */
export function visibleOf(lane, from, to) {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane[middle].end_frame < from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < lane.length && lane[end].start_frame <= to) end++;
  return lane.slice(low, end);
}
