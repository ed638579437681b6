// How it runs, in rows of a name and a value.
import { byId, make, setText } from '../ui/dom.js';

/** Rows that are filled in as their values become known. */
export class FactList {
  #place = byId('facts', HTMLElement);
  /** @type {Map<string, HTMLElement>} */ #values = new Map();

  /** @param {string} name @param {string} value */
  set(name, value) {
    let row = this.#values.get(name);
    if (!row) {
      row = make('dd');
      this.#values.set(name, row);
      this.#place.append(make('dt', { text: name }), row);
    }
    setText(row, value);
  }
}
