// How many cameras and viewers a room has.
import { byId, setText } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** The chip that counts them. */
export class PeopleChip {
  #chip = byId('people', HTMLElement);
  #write = () => {};

  constructor() {
    languageChanges.addEventListener('change', () => this.#write());
  }

  /** @param {number} phones @param {number} viewers */
  show(phones, viewers) {
    this.#write = () => setText(this.#chip, `${text.home.phones(phones)}, ${text.home.viewers(viewers)}`);
    this.#write();
  }
}
