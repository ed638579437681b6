// A choice of few.
import { make } from './dom.js';
import { languageChanges } from './language.js';

/** @typedef {{value: string, label: string, hint?: string}} Choice */

/** A choice of few as radio buttons side by side. */
export class Segments {
  /** @type {HTMLInputElement[]} */ #inputs = [];

  /**
   * @param {HTMLElement} place
   * @param {string} name
   * @param {readonly Choice[]|(() => readonly Choice[])} choices a function where the page may change its language
   * @param {(value: string) => void} onChoose
   */
  constructor(place, name, choices, onChoose) {
    const read = typeof choices === 'function' ? choices : () => choices;
    this.#inputs = read().map(({ value }) =>
      make('input', { attributes: { type: 'radio', name, value }, on: { change: () => onChoose(value) } }));
    place.replaceChildren(...this.#inputs.map((input) => make('label', {}, input, make('span'))));
    this.#name(read());
    if (typeof choices === 'function') languageChanges.addEventListener('change', () => this.#name(read()));
  }

  get value() {
    return this.#inputs.find(({ checked }) => checked)?.value ?? '';
  }

  set value(value) {
    for (const input of this.#inputs) input.checked = input.value === value;
  }

  /** @param {readonly Choice[]} choices */
  #name(choices) {
    for (const { value, label, hint } of choices) {
      const row = this.#inputs.find((input) => input.value === value)?.parentElement;
      if (!row?.lastElementChild) continue;
      row.lastElementChild.textContent = label;
      if (hint) row.title = hint;
    }
  }
}
