// A room without a camera is tried with a clip that the page draws.
import { byId, setAddress, setText, show } from '../ui/dom.js';
import { demoText } from '../ui/demo-text.js';
import { languageChanges } from '../ui/language.js';
import { DemoCamera } from './demo-camera.js';

/** The camera that draws, and the line over the picture that says so. */
export class Demo {
  #camera;
  #start = byId('demo', HTMLButtonElement);
  #abort = new AbortController();

  /** @param {string} room @param {string|undefined} token @param {(reason: string) => void} onRefused */
  constructor(room, token, onRefused) {
    setAddress('demo', '1');
    this.#start.disabled = true;
    this.#camera = new DemoCamera(room, token, demoText.name, (state, reason) => {
      if (state !== 'refused') return;
      void this.close();
      onRefused(reason);
    });
    const end = byId('demo-end', HTMLButtonElement);
    const speak = () => {
      setText(byId('demo-text', HTMLElement), demoText.note);
      setText(end, demoText.end);
    };
    speak();
    languageChanges.addEventListener('change', speak, { signal: this.#abort.signal });
    end.addEventListener('click', () => void this.close(), { signal: this.#abort.signal });
    show(byId('demo-note', HTMLElement), true);
  }

  async close() {
    this.#abort.abort();
    setAddress('demo', '0');
    this.#start.disabled = false;
    show(byId('demo-note', HTMLElement), false);
    await this.#camera.close();
  }
}
