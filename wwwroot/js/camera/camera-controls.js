// The buttons of the camera that runs.
import { byId, show } from '../ui/dom.js';

/** @typedef {import('./camera.js').Camera} Camera */

/** Torch, zoom and the way to the other camera: each is there where the camera has it. */
export class CameraControls {
  /** @type {Camera} */ #camera;
  #torch = byId('torch', HTMLButtonElement);
  #zoom = byId('zoom', HTMLInputElement);
  #flip = byId('flip', HTMLElement);
  #abort = new AbortController();

  /** @param {Camera} camera @param {() => void} onFlip the other camera is wanted */
  constructor(camera, onFlip) {
    this.#camera = camera;
    const { signal } = this.#abort;
    this.#flip.addEventListener('click', onFlip, { signal });
    this.#torch.addEventListener('click', () => void this.#toggleTorch(), { signal });
    this.#zoom.addEventListener('input', () => void camera.setZoom(Number(this.#zoom.value)).catch(() => {}), { signal });
  }

  /** Shows what the camera that runs now has. */
  fit() {
    show(this.#torch, this.#camera.hasTorch);
    this.#torch.setAttribute('aria-pressed', String(this.#camera.torch));
    const { zoom } = this.#camera;
    show(byId('zoom-row', HTMLElement), zoom !== null);
    if (zoom) {
      this.#zoom.min = String(zoom.min);
      this.#zoom.max = String(zoom.max);
      this.#zoom.step = String(zoom.step);
      this.#zoom.value = String(zoom.value);
    }
    void this.#camera.hasSeveral().then((several) => show(this.#flip, several)).catch(() => {});
  }

  async #toggleTorch() {
    await this.#camera.setTorch(!this.#camera.torch).catch(() => {});
    this.fit();
  }

  close() {
    this.#abort.abort();
  }
}
