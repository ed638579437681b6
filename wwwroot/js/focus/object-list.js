// The objects as buttons, for whoever has no pointer.
import { make, show, byId } from '../ui/dom.js';
import { focusText } from '../ui/focus-text.js';

/** @typedef {import('../session/messages.js').WireDetection} WireDetection */

const EVERY_MS = 300;
const MAX_SHOWN = 24;

/** Each object of the newest picture, to hold and to let go. */
export class ObjectList {
  #place = byId('objects', HTMLUListElement);
  #none = byId('objects-none', HTMLElement);
  /** @type {Map<number, HTMLButtonElement>} */ #buttons = new Map();
  #onPress;
  #drawnMs = 0;

  /** @param {(id: number) => void} onPress */
  constructor(onPress) {
    this.#onPress = onPress;
  }

  /** @param {readonly WireDetection[]} boxes @param {number|null} held */
  update(boxes, held) {
    const now = performance.now();
    if (now - this.#drawnMs < EVERY_MS) return;
    this.#drawnMs = now;
    const shown = boxes.slice(0, MAX_SHOWN);
    const ids = new Set(shown.map(({ track_id: id }) => id));
    for (const [id, button] of this.#buttons) {
      if (ids.has(id)) continue;
      button.parentElement?.remove();
      this.#buttons.delete(id);
    }
    for (const box of shown) this.#show(box, box.track_id === held);
    show(this.#none, shown.length === 0);
  }

  /** The next update is drawn at once. */
  hurry() {
    this.#drawnMs = 0;
  }

  /** @param {WireDetection} box @param {boolean} held */
  #show({ track_id: id, label }, held) {
    const name = focusText.named(label, id);
    let button = this.#buttons.get(id);
    if (!button) {
      button = make('button', { class: 'button button-small', attributes: { type: 'button' }, on: { click: () => this.#onPress(id) } });
      this.#buttons.set(id, button);
      this.#place.append(make('li', {}, button));
    }
    if (button.textContent !== name) button.textContent = name;
    const pressed = String(held);
    if (button.getAttribute('aria-pressed') !== pressed) {
      button.setAttribute('aria-pressed', pressed);
      button.setAttribute('aria-label', held ? focusText.release(name) : focusText.hold(name));
    }
  }
}
