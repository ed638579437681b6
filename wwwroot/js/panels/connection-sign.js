// How the page's connection stands.
import { setTone } from './chips.js';
import { phraseOf } from './status-phrase.js';
import { byId, setText } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/session.js').SessionState} SessionState */
/** @typedef {import('./status-phrase.js').Standing} Standing */
/** @typedef {import('./status-phrase.js').Phrase} Phrase */
/** @typedef {import('../ui/toasts.js').Toasts} Toasts */

/** How the page's connection stands: on its chip, and in words where it is refused, was lost or came back. */
export class ConnectionSign {
  #chip = byId('state', HTMLElement);
  #words = byId('state-text', HTMLElement);
  /** @type {Toasts} */ #toasts;
  /** @type {boolean} */ #tellsLoss;
  #wasLost = false;
  /** @type {Standing} */ #standing = { state: 'connecting' };

  /** @param {Toasts} toasts @param {{tellsLoss: boolean}} options tellsLoss: a loss is told in words too, not on the chip alone */
  constructor(toasts, { tellsLoss }) {
    this.#toasts = toasts;
    this.#tellsLoss = tellsLoss;
    languageChanges.addEventListener('change', () => this.describe({}));
  }

  /** @param {SessionState} state @param {string} reason */
  show(state, reason) {
    this.describe({ state, reason, ...(state === 'live' ? { restarting: false } : {}) });
    if (state === 'refused') {
      this.#toasts.show(reason || text.state.refused, 'bad');
    } else if (state === 'repairing' || state === 'returning' || state === 'offline') {
      if (this.#tellsLoss && !this.#wasLost) this.#toasts.show(text.state[state], 'warn');
      this.#wasLost = true;
    } else if (state === 'live' && this.#wasLost) {
      this.#wasLost = false;
      this.#toasts.show(text.phone.networkBack, 'good');
    }
  }

  /** What else is known by now. @param {Partial<Standing>} news @returns {Phrase} */
  describe(news) {
    this.#standing = { ...this.#standing, ...news };
    const phrase = phraseOf(this.#standing);
    this.#chip.dataset.state = this.#standing.state;
    setTone(this.#chip, phrase.tone);
    setText(this.#words, phrase.words);
    return phrase;
  }
}
