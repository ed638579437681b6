// What stands under each class of a room: the colours of its tracks, or its colour and share of a segmented picture.
import { colourOf } from '../overlay/palette.js';

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {{colours: string[], share: number|null}} Entry */

const MAX_COLOURS = 4;

/** @param {Pick<DetectionsMessage, 'detections'|'classes'>} message @returns {Map<string, Entry>} by class */
export function legendOf({ detections, classes }) {
  /** @type {Map<string, Entry>} */ const legend = new Map();
  for (const { label, color, coverage } of classes ?? []) legend.set(label, { colours: [`rgb(${color.join(' ')})`], share: coverage });
  for (const { label, track_id: id } of [...detections].sort((a, b) => a.track_id - b.track_id)) {
    const entry = legend.get(label) ?? { colours: [], share: null };
    if (entry.share === null && entry.colours.length < MAX_COLOURS) entry.colours.push(colourOf(id));
    legend.set(label, entry);
  }
  return legend;
}
