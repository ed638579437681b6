// What stands over the phone's picture.
import { showDetector, showLevel } from './chips.js';
import { byId, setText, show } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/link-meter.js').LinkNumbers} LinkNumbers */
/** @typedef {import('../session/messages.js').StatsMessage} StatsMessage */

/** Pictures a second, delay, load and detector, and in words what is in focus. */
export class PhoneNumbers {
  /** The room's newest. @type {StatsMessage|null} */ #stats = null;
  #held = '';

  constructor() {
    languageChanges.addEventListener('change', () => {
      if (this.#stats) this.hear(this.#stats);
      this.hold(this.#held);
    });
  }

  /** @param {StatsMessage} stats */
  hear(stats) {
    this.#stats = stats;
    showLevel(byId('level', HTMLElement), stats.level);
    showDetector(byId('detector', HTMLElement), stats.model, stats.provider);
  }

  /** @param {string} what is in focus; empty where nothing is */
  hold(what) {
    this.#held = what;
    setText(byId('hint', HTMLElement), what ? text.phone.holding(what) : text.phone.hold);
  }

  /**
   * The delay is a result's age at the server, the way back, and the wait to be shown.
   * @param {LinkNumbers} link @returns {number} how far the camera is ahead of its results, in ms
   */
  measure({ inFps, outFps, rttMs, bufferMs }) {
    const wayMs = (this.#stats?.age_ms ?? 0) + (rttMs ?? 0);
    show(byId('numbers', HTMLElement), true);
    setText(byId('rate', HTMLElement), text.fps(inFps || outFps));
    setText(byId('delay', HTMLElement), text.ms(wayMs + bufferMs));
    return wayMs;
  }
}
