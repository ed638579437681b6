// Taps, and the presses that mean a second thing.
const LONG_MS = 500;
const STILL_PX = 12;

/**
 * Tells a tap from a press for a second thing: Shift with a mouse, a long press, or another finger beside the first.
 * Fires once for each.
 */
export class Press {
  /** @type {(place: {clientX: number, clientY: number}, second: boolean) => void} */ #onPress;
  /** @type {Map<number, {x: number, y: number}>} */ #fingers = new Map();
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  /** What the finger meant was said already: the click that follows is void. */
  #said = false;
  #abort = new AbortController();

  /** @param {HTMLElement} element @param {(place: {clientX: number, clientY: number}, second: boolean) => void} onPress */
  constructor(element, onPress) {
    this.#onPress = onPress;
    const { signal } = this.#abort;
    element.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    element.addEventListener('pointermove', (event) => this.#move(event), { signal });
    for (const type of /** @type {const} */ (['pointerup', 'pointercancel'])) {
      element.addEventListener(type, ({ pointerId }) => this.#up(pointerId), { signal });
    }
    element.addEventListener('contextmenu', (event) => {
      if (this.#said) event.preventDefault();
    }, { signal });
    element.addEventListener('click', (event) => {
      if (!this.#said) onPress(event, event.shiftKey);
      this.#said = false;
    }, { signal });
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.pointerType === 'mouse') return;
    if (this.#fingers.size === 0) this.#said = false;
    this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    clearTimeout(this.#timer);
    const { clientX, clientY } = event;
    if (this.#fingers.size > 1) this.#second({ clientX, clientY });
    else this.#timer = setTimeout(() => this.#second({ clientX, clientY }), LONG_MS);
  }

  /** @param {PointerEvent} event */
  #move({ pointerId, clientX, clientY }) {
    const from = this.#fingers.get(pointerId);
    if (from && Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) clearTimeout(this.#timer);
  }

  /** @param {number} pointerId */
  #up(pointerId) {
    this.#fingers.delete(pointerId);
    clearTimeout(this.#timer);
  }

  /** @param {{clientX: number, clientY: number}} place */
  #second(place) {
    if (this.#said) return;
    this.#said = true;
    this.#onPress(place, true);
  }

  close() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }
}
