// A choice of few.
import { make } from './dom.js';

/** A choice of few as radio buttons side by side. */
export class Segments {
  /** @type {HTMLInputElement[]} */ #inputs = [];

  /**
   * @param {HTMLElement} place
   * @param {string} name
   * @param {readonly {value: string, label: string, hint?: string}[]} choices
   * @param {(value: string) => void} onChoose
   */
  constructor(place, name, choices, onChoose) {
    place.replaceChildren();
    for (const { value, label, hint } of choices) {
      const input = make('input', { attributes: { type: 'radio', name, value }, on: { change: () => onChoose(value) } });
      const row = make('label', {}, input, make('span', { text: label }));
      if (hint) row.title = hint;
      this.#inputs.push(input);
      place.append(row);
    }
  }

  get value() {
    return this.#inputs.find(({ checked }) => checked)?.value ?? '';
  }

  set value(value) {
    for (const input of this.#inputs) input.checked = input.value === value;
  }
}
