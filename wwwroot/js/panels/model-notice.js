// Says that the motion detector stands in for a model.
import { isMotion } from '../session/messages.js';
import { show } from '../ui/dom.js';

/** @typedef {import('../session/messages.js').ModelEntry} ModelEntry */
/** @typedef {import('./model-pull.js').ModelPull} ModelPull */

/** A detector that could be at work. @param {readonly ModelEntry[]} models */
export function hasDetector(models) {
  return models.some(({ task, name, on_disk: onDisk }) => task.startsWith('detect') && onDisk && !isMotion(name));
}

/** A banner while no model is on hand. Most servers have one, so that what it takes is loaded only then. */
export class ModelNotice {
  /** @type {HTMLElement} */ #place;
  /** @type {(model: string, models: ModelEntry[]) => void} */ #onArrived;
  /** What lies on the server's disk. @type {readonly ModelEntry[]} */ models = [];
  /** @type {Promise<ModelPull>|null} */ #pull = null;

  /** @param {HTMLElement} place @param {(model: string, models: ModelEntry[]) => void} onArrived */
  constructor(place, onArrived) {
    this.#place = place;
    this.#onArrived = onArrived;
  }

  /** @param {string} model at work */
  update(model) {
    const shown = isMotion(model) && !hasDetector(this.models);
    show(this.#place, shown);
    if (shown) this.#pull ??= this.#open();
  }

  /** Whether it says already what such a notice of the server would say. @param {string} code */
  tells(code) {
    return code === 'model_unavailable' && !hasDetector(this.models);
  }

  async #open() {
    const { ModelPull } = await import('./model-pull.js');
    return new ModelPull(this.#place, (model, models) => {
      this.models = models;
      this.#onArrived(model, models);
    });
  }

  close() {
    void this.#pull?.then((pull) => pull.close());
    this.#place.replaceChildren();
  }
}
