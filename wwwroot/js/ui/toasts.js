// Short messages that come and go.
import { make } from './dom.js';

const SHOWN_MS = 5_000;
const MAX_SHOWN = 3;

/** Short lines for the user that come and go, read out by screen readers. */
export class Toasts {
  /** @type {HTMLElement} */ #list;

  constructor() {
    this.#list = make('div', { class: 'toasts', attributes: { role: 'status', 'aria-live': 'polite' } });
    document.body.append(this.#list);
  }

  /** @param {string} message @param {'plain'|'good'|'warn'|'bad'} [tone] */
  show(message, tone = 'plain') {
    if (!message) return;
    for (const old of this.#list.children) {
      if (old.textContent === message) old.remove();
    }
    while (this.#list.childElementCount >= MAX_SHOWN) this.#list.firstElementChild?.remove();
    const toast = make('p', { class: `toast toast-${tone}`, text: message });
    this.#list.append(toast);
    setTimeout(() => toast.remove(), SHOWN_MS);
  }

  close() {
    this.#list.remove();
  }
}
