// Keys of a page.
const KEY = 'rtc-letter-keys';

/** Single keys that do something wherever nothing is typed; with Ctrl, Alt or Meta they stay the browser's. */
export class Shortcuts {
  /** @type {ReadonlyMap<string, (event: KeyboardEvent) => void>} */ #actions;
  #abort = new AbortController();
  #letters = readLetters();

  /** @param {Readonly<Record<string, (event: KeyboardEvent) => void>>} actions by the key's name in small letters */
  constructor(actions) {
    this.#actions = new Map(Object.entries(actions));
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal: this.#abort.signal });
  }

  /** Whether single letters do anything; Enter, Escape and the like always do (WCAG 2.1.4). */
  get letters() {
    return this.#letters;
  }

  set letters(on) {
    this.#letters = on;
    try {
      localStorage.setItem(KEY, on ? 'on' : 'off');
    } catch {
      // A browser that keeps nothing: until the page is left.
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    if (event.key.length === 1 && !this.#letters) return;
    this.#actions.get(event.key.toLowerCase())?.(event);
  }

  close() {
    this.#abort.abort();
  }
}

function readLetters() {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}
