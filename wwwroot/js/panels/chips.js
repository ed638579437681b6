// Small signs: state, load, detector.
import { setText } from '../ui/dom.js';
import { text } from '../ui/text.js';
import { isMotion } from '../session/messages.js';

/** @typedef {import('../session/messages.js').Level} Level */

/** @type {Readonly<Record<Level, string>>} */
const LEVEL_TONES = { optimal: 'good', moderate: '', high: 'warn', critical: 'bad' };

/** @param {HTMLElement} chip @param {string} tone */
export function setTone(chip, tone) {
  for (const other of ['good', 'warn', 'bad']) chip.classList.toggle(`chip-${other}`, other === tone);
}

/** @param {HTMLElement} chip @param {Level} level */
export function showLevel(chip, level) {
  setTone(chip, LEVEL_TONES[level] ?? '');
  setText(chip, text.level[level] ?? level);
}

/**
 * Which detector is at work: a model, or the one that needs none.
 * @param {HTMLElement} chip
 * @param {string|undefined} model
 * @param {string|undefined} provider
 */
export function showDetector(chip, model, provider) {
  if (!model) {
    setText(chip, text.detectorUnknown);
    return;
  }
  chip.dataset.detector = isMotion(model) ? 'motion' : 'model';
  setText(chip, isMotion(model) ? text.detectorMotion : text.detectorModel(model, provider ?? ''));
  chip.title = isMotion(model) ? text.detectorMotionLong : text.detectorModelLong(model, provider ?? '');
}
