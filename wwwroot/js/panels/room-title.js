// Which room the page is about.
import { byId, setText } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** The room's name on the page and in the window's title. */
export class RoomTitle {
  #room = '';
  /** @type {() => string} */ #page;

  /** @param {() => string} page what the page is called, in its language of now */
  constructor(page) {
    this.#page = page;
    languageChanges.addEventListener('change', () => this.show(this.#room));
  }

  /** @param {string} room */
  show(room) {
    this.#room = room;
    setText(byId('room-name', HTMLElement), room);
    document.title = `${room} · ${this.#page()} · ${text.product}`;
  }
}
