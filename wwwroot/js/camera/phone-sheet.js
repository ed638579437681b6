// The sheet of settings on the phone's page.
import { byId } from '../ui/dom.js';
import { Segments } from '../ui/segments.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';
import { SIZES } from './camera.js';

/** @typedef {import('./phone-choices.js').PhoneChoices} PhoneChoices */
/** @typedef {import('./phone-choices.js').Returned} Returned */
/** @typedef {import('../session/messages.js').Mode} Mode */

/**
 * @typedef {object} SheetListener
 * @property {(returned: Returned) => void} onReturned
 * @property {(height: number) => void} onSize
 * @property {(mode: Mode) => void} onMode
 */

/** What the phone shows, how large its picture is, and the room's effect. */
export class PhoneSheet {
  #sheet = byId('sheet', HTMLDialogElement);
  #mode = byId('mode', HTMLSelectElement);
  #abort = new AbortController();

  /** @param {PhoneChoices} choices @param {SheetListener} listener */
  constructor(choices, listener) {
    const returned = new Segments(byId('return', HTMLElement), 'return', () => [
      { value: 'annotated', label: text.phone.returnAnnotated },
      { value: 'overlay', label: text.phone.returnOverlay },
      { value: 'none', label: text.phone.returnNone },
    ], (value) => listener.onReturned(/** @type {Returned} */ (value)));
    const size = new Segments(byId('size', HTMLElement), 'size',
      Object.keys(SIZES).map((height) => ({ value: height, label: `${height}p` })),
      (value) => listener.onSize(Number(value)));
    returned.value = choices.returned;
    size.value = String(choices.height);
    for (const [value, label] of Object.entries(text.mode)) this.#mode.add(new Option(label, value));
    const { signal } = this.#abort;
    languageChanges.addEventListener('change', () => {
      for (const option of this.#mode.options) option.text = text.mode[/** @type {Mode} */ (option.value)];
    }, { signal });
    this.#mode.addEventListener('change', () => listener.onMode(/** @type {Mode} */ (this.#mode.value)), { signal });
    byId('settings', HTMLElement).addEventListener('click', () => this.#sheet.showModal(), { signal });
    byId('sheet-close', HTMLElement).addEventListener('click', () => this.#sheet.close(), { signal });
    this.#sheet.addEventListener('click', (event) => {
      // A click beside the sheet is one on the dialog itself.
      if (event.target === this.#sheet) this.#sheet.close();
    }, { signal });
  }

  /** @param {Mode} mode the room's */
  showMode(mode) {
    this.#mode.value = mode;
  }

  close() {
    this.#abort.abort();
    this.#sheet.close();
  }
}
