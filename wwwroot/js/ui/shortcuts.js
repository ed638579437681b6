/** Single keys that do something wherever nothing is typed; with Ctrl, Alt or Meta they stay the browser's. */
export class Shortcuts {
  /** @type {ReadonlyMap<string, (event: KeyboardEvent) => void>} */ #actions;
  #abort = new AbortController();

  /** @param {Readonly<Record<string, (event: KeyboardEvent) => void>>} actions by the key's name in small letters */
  constructor(actions) {
    this.#actions = new Map(Object.entries(actions));
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal: this.#abort.signal });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    this.#actions.get(event.key.toLowerCase())?.(event);
  }

  close() {
    this.#abort.abort();
  }
}
