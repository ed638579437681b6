// What rooms used before they were switched from this page.
const KEY = 'rtc.model-before';

/** Remembers it for as long as the tab lives, so that a switch can be taken back. */
export class KeptSwitch {
  /** @type {Storage} */ #storage;
  /** @type {Record<string, string>} */ #before;

  /** @param {Storage} [storage] */
  constructor(storage = sessionStorage) {
    this.#storage = storage;
    this.#before = {};
    try {
      const kept = JSON.parse(storage.getItem(KEY) ?? '{}');
      for (const [room, model] of Object.entries(kept)) if (typeof model === 'string') this.#before[room] = model;
    } catch {
      // Somebody else's, or broken: there is nothing to go back to.
    }
  }

  /** @param {string} room @returns {string|undefined} */
  of(room) {
    return Object.hasOwn(this.#before, room) ? this.#before[room] : undefined;
  }

  /** The way back stays the first one until it is gone. @param {string} room @param {string} before @param {string} now */
  note(room, before, now) {
    const first = this.of(room) ?? before;
    if (first === now) delete this.#before[room];
    else this.#before[room] = first;
    this.#storage.setItem(KEY, JSON.stringify(this.#before));
  }
}
