// Who detects, as the user chose.
import { byId, setAddress, setText, tokenOfAddress } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/inference-parts.js').Wish} Wish */

const WISHES = /** @type {const} */ (['server', 'auto', 'browser']);

/** The choice; what detects in the page is loaded with the first choice that needs it. */
export class InferenceSwitch {
  #select = byId('inference', HTMLSelectElement);
  #parts;
  /** @type {import('../session/inference-parts.js').Inference|null} */ #inference = null;
  #turn = 0;

  /** @param {import('../session/inference-parts.js').SwitchParts} parts */
  constructor(parts) {
    this.#parts = parts;
    for (const wish of WISHES) this.#select.add(new Option(text.inference[wish], wish));
    languageChanges.addEventListener('change', () => {
      for (const option of this.#select.options) option.text = text.inference[/** @type {Wish} */ (option.value)];
    });
    this.#select.addEventListener('change', () => {
      setAddress('inference', this.wish);
      void this.#choose();
    });
    const asked = WISHES.find((wish) => wish === new URLSearchParams(location.search).get('inference'));
    if (asked) this.#select.value = asked;
    // Once the page stands.
    if (this.isWanted) queueMicrotask(() => void this.#choose());
  }

  get wish() {
    return /** @type {Wish} */ (this.#select.value);
  }

  /** Whether the page itself may come to detect. */
  get isWanted() {
    return this.wish !== 'server';
  }

  /** Whether the page is to take the message as it came. @param {import('../session/messages.js').Message} message */
  hear(message) {
    return this.#inference?.hear(message) ?? true;
  }

  /** Another room, or none: begins anew. */
  restart() {
    this.close();
    void this.#choose();
  }

  async #choose() {
    const turn = ++this.#turn;
    const { wish } = this;
    this.#parts.onWish?.();
    if (this.#inference) {
      this.#inference.wish = wish;
      return;
    }
    if (wish === 'server') return;
    const { PageInference } = await this.#parts.load();
    const inference = new PageInference(wish, {
      ...this.#parts, token: tokenOfAddress(), onState: (words) => setText(byId('inference-note', HTMLElement), words),
    });
    if (turn === this.#turn) this.#inference = inference;
    else inference.close();
  }

  close() {
    this.#turn++;
    this.#inference?.close();
    this.#inference = null;
  }
}
