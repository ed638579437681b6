// What one tracker hands to the next.

/** @typedef {import('./byte-tracker.js').TrackerState} TrackerState */

/** More objects than any picture has: the lost ones of a second included. */
const MAX_TRACKS = 400;
const AXES = 4;
const STATES = new Set(['tracked', 'lost', 'removed']);

/**
 * Whether a tracker may go on with this: numbers are numbers, ids are none twice, and there is an end to it.
 * @param {unknown} value @returns {value is TrackerState}
 */
export function isTrackerState(value) {
  const state = /** @type {Partial<TrackerState>|null} */ (value);
  if (typeof state !== 'object' || state === null || !areFinite([state.now, state.stampMs ?? 0]) || !isId(state.lastId, 0)) return false;
  if (typeof state.started !== 'boolean' || !Array.isArray(state.tracked) || !Array.isArray(state.lost)) return false;
  const records = [...state.tracked, ...state.lost];
  return records.length <= MAX_TRACKS && records.every(isRecord) && new Set(records.map(({ id }) => id)).size === records.length;
}

/** @param {any} record */
function isRecord(record) {
  return typeof record === 'object' && record !== null && isId(record.id, 1) && STATES.has(record.state)
    && areFinite([record.classId, record.score, record.born, record.lastSeen])
    && typeof record.activated === 'boolean' && typeof record.givenUp === 'boolean'
    && Array.isArray(record.filter) && record.filter.length === AXES
    && record.filter.every((/** @type {unknown} */ axis) => Array.isArray(axis) && axis.length === 5 && areFinite(axis));
}

/** @param {unknown} id @param {number} least */
function isId(id, least) {
  return Number.isInteger(id) && /** @type {number} */ (id) >= least && /** @type {number} */ (id) < 2 ** 31;
}

/** @param {readonly unknown[]} values */
function areFinite(values) {
  return values.every((value) => Number.isFinite(value));
}
