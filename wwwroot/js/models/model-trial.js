// Two models on one picture, side by side.
import { drawBoxes } from '../overlay/boxes.js';
import { make, setText } from '../ui/dom.js';
import { modelsText as text } from '../ui/models-text.js';

/** @typedef {import('./models-api.js').Model} Model */
/** @typedef {import('./models-api.js').Look} Look */
/** @typedef {import('./models-api.js').ModelsApi} ModelsApi */

const MAX_WIDTH = 960;

/** Models that may be tried: detectors that are there and look at one picture alone. @param {Model[]} models */
export function triable(models) {
  return models.filter((model) => model.on_disk && model.suits.includes('detect') && model.origin !== 'embedded').map(({ name }) => name);
}

/** Boxes for the painter, which tells classes apart by number. @param {Look['detections']} found */
export function boxesOf(found) {
  const labels = [...new Set(found.map(({ label }) => label))];
  return found.map((one) => ({ ...one, track_id: labels.indexOf(one.label), predicted: false }));
}

/** The whole time of a picture, but its wait for others. @param {Look['timings_ms']} times */
export function millisecondsOf({ prepare, run, decode }) {
  return prepare + run + decode;
}

/** The form, and the two pictures that come of it. */
export class ModelTrial {
  /** @type {Blob|null} */ #picture = null;
  #api; #first; #second; #button; #state; #place;
  #turn = 0;

  /**
   * @param {ModelsApi} api
   * @param {{first: HTMLSelectElement, second: HTMLSelectElement, file: HTMLInputElement, button: HTMLButtonElement, state: HTMLElement,
   *   place: HTMLElement}} parts
   * @param {(error: unknown) => string} wordsOf an error
   */
  constructor(api, parts, wordsOf) {
    this.#api = api;
    ({ first: this.#first, second: this.#second, button: this.#button, state: this.#state, place: this.#place } = parts);
    parts.file.addEventListener('change', () => {
      this.#picture = parts.file.files?.[0] ?? null;
      this.#update();
      if (this.#picture && !this.#button.disabled) void this.#run(wordsOf);
    });
    this.#button.addEventListener('click', () => void this.#run(wordsOf));
  }

  /** @param {Model[]} models */
  update(models) {
    const names = triable(models);
    for (const [at, select] of [this.#first, this.#second].entries()) {
      if ([...select.options].map(({ value }) => value).join('\n') === names.join('\n')) continue;
      const chosen = select.value;
      select.replaceChildren(...names.map((name) => make('option', { text: name, attributes: { value: name } })));
      select.value = names.includes(chosen) ? chosen : names[Math.min(at, names.length - 1)] ?? '';
    }
    this.#update();
  }

  /** @param {string} model */
  choose(model) {
    if (this.#second.value !== model) this.#first.value = model;
    this.#first.scrollIntoView({ block: 'center' });
    this.#first.focus();
  }

  #update() {
    this.#button.disabled = this.#picture === null || this.#first.value === '';
  }

  /** @param {(error: unknown) => string} wordsOf */
  async #run(wordsOf) {
    const picture = this.#picture;
    if (!picture) return;
    const turn = ++this.#turn;
    const names = [...new Set([this.#first.value, this.#second.value])].filter(Boolean);
    this.#place.replaceChildren();
    const bitmap = await createImageBitmap(picture).catch(() => null);
    if (turn !== this.#turn) return;
    if (!bitmap) {
      setText(this.#state, text.noPicture);
      return;
    }
    try {
      // One after the other, so that neither is slow for the other's sake.
      for (const name of names) {
        setText(this.#state, text.trying(name));
        const look = await this.#api.detect(name, picture);
        if (turn !== this.#turn) return;
        this.#place.append(this.#figure(bitmap, look));
      }
      setText(this.#state, text.tried);
    } catch (error) {
      if (turn === this.#turn) setText(this.#state, wordsOf(error));
    } finally {
      bitmap.close();
    }
  }

  /** @param {ImageBitmap} bitmap @param {Look} look */
  #figure(bitmap, look) {
    const scale = Math.min(1, MAX_WIDTH / bitmap.width);
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const caption = text.found(look.model, look.detections.length, millisecondsOf(look.timings_ms));
    const canvas = make('canvas', {
      attributes: { width: String(width), height: String(height), role: 'img', 'aria-label': text.trialAlt(caption) },
    });
    const context = canvas.getContext('2d');
    if (context) {
      context.drawImage(bitmap, 0, 0, width, height);
      drawBoxes(context, { left: 0, top: 0, width, height }, /** @type {any} */ (boxesOf(look.detections)), {
        wordsOf: (box) => `${box.label} ${Math.round(box.score * 100)} %`,
      });
    }
    return make('figure', { class: 'trial', attributes: { 'data-tried': look.model } }, canvas, make('figcaption', { text: caption }));
  }
}
