// The way to try a room that has no camera.
import { byId, setAddress, setText, show } from '../ui/dom.js';
import { text } from '../ui/text.js';

/** @typedef {{close: () => Promise<void>}} Demo */
/** @typedef {(state: string, reason: string) => void} DemoListener */
/** @typedef {new (room: string, token: string|undefined, name: string, onState: DemoListener) => Demo} DemoMaker */

/** Starts the demo that is asked for by its button or by the address, and says on the picture that it is one. */
export class DemoButton {
  #load; #token;
  /** @type {() => string} */ #room;
  #onRefused;
  /** @type {Demo|null} */ #demo = null;
  #button = byId('demo', HTMLButtonElement);

  /**
   * @param {() => Promise<{DemoCamera: DemoMaker}>} load @param {() => string} room @param {string|undefined} token
   * @param {(reason: string) => void} onRefused
   */
  constructor(load, room, token, onRefused) {
    this.#load = load;
    this.#room = room;
    this.#token = token;
    this.#onRefused = onRefused;
    this.#button.addEventListener('click', () => void this.#start());
    byId('demo-end', HTMLButtonElement).addEventListener('click', () => void this.stop());
    if (new URLSearchParams(location.search).get('demo') === '1') void this.#start();
  }

  /** Offered where the room is empty. @param {boolean} isEmpty */
  offer(isEmpty) {
    show(this.#button, isEmpty && this.#demo === null);
  }

  async #start() {
    if (this.#button.disabled || this.#demo) return;
    this.#button.disabled = true;
    setAddress('demo', '1');
    const { DemoCamera } = await this.#load();
    this.#demo = new DemoCamera(this.#room(), this.#token, text.demo.name, (state, reason) => {
      if (state !== 'refused') return;
      void this.stop();
      this.#onRefused(reason);
    });
    this.#button.disabled = false;
    setText(byId('demo-text', HTMLElement), text.demo.note);
    show(byId('demo-note', HTMLElement), true);
    this.offer(false);
  }

  async stop() {
    const demo = this.#demo;
    this.#demo = null;
    setAddress('demo', '0');
    show(byId('demo-note', HTMLElement), false);
    await demo?.close();
  }
}
