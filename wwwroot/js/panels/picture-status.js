// How the picture in the large view stands.
import { showDetector, showLevel } from './chips.js';
import { byId, setText, show } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {import('./connection-sign.js').ConnectionSign} ConnectionSign */
/** @typedef {import('./status-phrase.js').Standing} Standing */
/** @typedef {import('../picture/stage.js').Stage} Stage */
/** @typedef {import('../session/messages.js').StatsMessage} StatsMessage */

/**
 * One phrase for how things stand, on the chip and, where the picture is none or stands still, over the last one; and the
 * numbers on a picture that moves.
 */
export class PictureStatus {
  /** @type {Stage} */ #stage;
  /** @type {ConnectionSign} */ #sign;
  /** @type {StatsMessage|null} */ #stats = null;
  #stillMs = 0;
  #shown = 0;

  /** @param {Stage} stage @param {ConnectionSign} sign */
  constructor(stage, sign) {
    this.#stage = stage;
    this.#sign = sign;
    languageChanges.addEventListener('change', () => {
      if (this.#stats) this.addStats(this.#stats);
      this.describe({});
    });
  }

  /** The room's newest; null before the first. */
  get stats() {
    return this.#stats;
  }

  /** @param {Partial<Standing>} news */
  describe(news) {
    const { hasPicture } = this.#stage;
    const { words, live } = this.#sign.describe({ hasPicture, stillMs: this.#stillMs, stats: this.#stats, ...news });
    const waiting = byId('waiting', HTMLElement);
    waiting.dataset.over = hasPicture ? 'picture' : 'nothing';
    setText(byId('waiting-title', HTMLElement), words);
    const invites = words === text.view.waiting;
    setText(byId('waiting-text', HTMLElement), invites ? text.view.waitingHint : '');
    show(byId('phone-link', HTMLElement), invites);
    show(waiting, !live);
    show(byId('numbers', HTMLElement), live);
  }

  /** @param {StatsMessage} message */
  addStats(message) {
    this.#stats = message;
    showLevel(byId('level', HTMLElement), message.level);
    showDetector(byId('detector', HTMLElement), message.model, message.provider);
    setText(byId('delay', HTMLElement), text.ms(message.age_ms));
  }

  /** How many pictures were shown since it was asked last. @param {number} elapsedMs since then @returns {number} */
  measure(elapsedMs) {
    const shown = this.#stage.pictures - this.#shown;
    this.#shown = this.#stage.pictures;
    // A page that is not in front is shown no pictures.
    this.#stillMs = shown > 0 || document.visibilityState !== 'visible' ? 0 : this.#stillMs + elapsedMs;
    this.describe({});
    this.#stage.keepClearOf([...byId('numbers', HTMLElement).children]);
    setText(byId('rate', HTMLElement), text.fps(shown));
    return shown;
  }

  /** Another room is shown. */
  clear() {
    this.#stats = null;
    this.#stillMs = 0;
    this.describe({ phones: null, restarting: false, reason: '' });
  }
}
