// How things stand, in one phrase with its cause.
import { text } from '../ui/text.js';

/** @typedef {import('../session/session.js').SessionState} SessionState */
/** @typedef {import('../session/messages.js').StatsMessage} StatsMessage */

/**
 * @typedef {object} Standing
 * @property {SessionState} state the session's
 * @property {string} [reason] why it was refused
 * @property {boolean} [restarting] the server said that it stops
 * @property {boolean} [hasPicture]
 * @property {number} [stillMs] for how long no new picture came
 * @property {number|null} [phones] cameras on air; null where that was not told yet
 * @property {StatsMessage|null} [stats] the room's newest
 */

/** @typedef {{words: string, tone: ''|'good'|'warn'|'bad', live: boolean}} Phrase live: there is a picture, and it moves */

/** A picture late by less than this is a hiccup. */
const STILL_MS = 2_000;

/** @type {Readonly<Record<SessionState, ''|'warn'|'bad'>>} */
const AWAY_TONES = { connecting: '', live: '', repairing: 'warn', returning: 'warn', offline: 'bad', refused: 'bad', closed: '' };

/** @param {Standing} standing @returns {Phrase} */
export function phraseOf({ state, reason = '', restarting = false, hasPicture = true, stillMs = 0, phones = null, stats = null }) {
  if (state !== 'live') return { words: awayWords(state, reason, restarting), tone: AWAY_TONES[state], live: false };
  if (phones === 0) return { words: text.view.waiting, tone: '', live: false };
  if (!hasPicture) return { words: text.status.noPicture, tone: '', live: false };
  if (stillMs >= STILL_MS) return { words: text.status.still(Math.round(stillMs / 1000)), tone: 'warn', live: false };
  if (stats && isBusy(stats)) return { words: text.status.busy(Math.round(stats.detected_fps)), tone: 'warn', live: true };
  return { words: text.state.live, tone: 'good', live: true };
}

/** @param {SessionState} state @param {string} reason @param {boolean} restarting */
function awayWords(state, reason, restarting) {
  if (state === 'refused') return reason || text.state.refused;
  const comesBack = state === 'returning' || state === 'repairing' || state === 'connecting';
  return restarting && comesBack ? text.status.restarting : text.state[state];
}

/** Under load, and less than half of the pictures are looked at. @param {StatsMessage} stats */
function isBusy({ level, detected_fps: detected, received_fps: received }) {
  return (level === 'high' || level === 'critical') && received > 0 && detected < received / 2;
}
