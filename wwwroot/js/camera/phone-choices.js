// What the user of the phone page chose.
import { SIZES } from './camera.js';

/** @typedef {'annotated'|'overlay'|'none'} Returned what the phone shows: the server's picture, its own with boxes, its own alone */

const KEY = 'rtc-phone';

/** What somebody chose on the phone's page, kept by the browser until the next time. */
export class PhoneChoices {
  /** @type {Returned} */ #returned = 'annotated';
  #height = 480;

  constructor() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}');
      if (['annotated', 'overlay', 'none'].includes(kept.returned)) this.#returned = kept.returned;
      if (SIZES[kept.height]) this.#height = kept.height;
    } catch {
      // Nothing kept, or not ours: the defaults stand.
    }
  }

  get returned() {
    return this.#returned;
  }

  set returned(returned) {
    this.#returned = returned;
    this.#keep();
  }

  get height() {
    return this.#height;
  }

  set height(height) {
    this.#height = height;
    this.#keep();
  }

  #keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify({ returned: this.#returned, height: this.#height }));
    } catch {
      // A browser that keeps nothing still works.
    }
  }
}
