// How far the models have come.
import { byId, setText, show } from '../ui/dom.js';
import { focusText } from '../ui/focus-text.js';

/** @typedef {import('../vision/messages.js').StageReport} StageReport */
/** @typedef {import('../vision/messages.js').ProgressReport} ProgressReport */

/** Lies over the picture while a model is fetched, prepared and timed. */
export class LoadingSign {
  #place = byId('loading', HTMLElement);
  #what = byId('loading-what', HTMLElement);
  #bar = byId('loading-bar', HTMLProgressElement);
  #bytes = byId('loading-bytes', HTMLElement);

  /** @param {StageReport} report */
  stage({ stage, name }) {
    show(this.#place, true);
    setText(this.#what, focusText[stage](name));
    setText(this.#bytes, '');
    this.#bar.removeAttribute('value');
  }

  /** @param {ProgressReport} report */
  progress({ bytes, total, perSecond }) {
    this.#bar.value = total > 0 ? bytes / total : 0;
    setText(this.#bytes, focusText.bytes(bytes, total, perSecond));
  }

  hide() {
    show(this.#place, false);
  }
}
