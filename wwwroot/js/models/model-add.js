// Sends a model's file to the server.
import { bindFiles } from '../focus/drop-target.js';
import { setText, show } from '../ui/dom.js';
import { modelsText as text } from '../ui/models-text.js';

/** @typedef {import('./models-api.js').Model} Model */
/** @typedef {import('./models-api.js').ModelsApi} ModelsApi */

/** The form that takes one file at a time. */
export class ModelAdd {
  /** @type {AbortController|null} */ #abort = null;
  #api; #parts; #wordsOf; #onAdded;

  /**
   * @param {ModelsApi} api
   * @param {{zone: HTMLElement, file: HTMLInputElement, classes: HTMLTextAreaElement, progress: HTMLProgressElement,
   *   cancel: HTMLButtonElement, state: HTMLElement}} parts
   * @param {(error: unknown) => string} wordsOf an error
   * @param {(model: Model) => void} onAdded
   */
  constructor(api, parts, wordsOf, onAdded) {
    this.#api = api;
    this.#parts = parts;
    this.#wordsOf = wordsOf;
    this.#onAdded = onAdded;
    bindFiles(parts.file, parts.zone, (file) => void this.#send(file));
    parts.cancel.addEventListener('click', () => this.#abort?.abort());
  }

  /** @param {boolean} may */
  allow(may) {
    this.#parts.file.disabled = !may;
  }

  /** @param {File} file */
  async #send(file) {
    const { classes, progress, cancel, state } = this.#parts;
    if (this.#abort || this.#parts.file.disabled) return;
    if (!/\.onnx$/i.test(file.name)) {
      setText(state, text.onlyOnnx);
      return;
    }
    const name = file.name.replace(/\.onnx$/i, '');
    this.#abort = new AbortController();
    progress.value = 0;
    show(progress, true);
    show(cancel, true);
    setText(state, text.adding(name));
    try {
      const onProgress = (/** @type {number} */ share) => {
        progress.value = share;
        if (share >= 1) setText(state, text.checking(name));
      };
      const model = await this.#api.add(file, classes.value, onProgress, this.#abort.signal);
      classes.value = '';
      setText(state, text.added(name));
      this.#onAdded(model);
    } catch (error) {
      setText(state, error instanceof DOMException && error.name === 'AbortError' ? text.cancelled : this.#wordsOf(error));
    }
    this.#abort = null;
    show(progress, false);
    show(cancel, false);
  }
}
