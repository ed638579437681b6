// The form that asks for an analysis.
import { analysisText } from '../ui/analysis-text.js';
import { byId, make, setText, show } from '../ui/dom.js';
import { optionsOf, parseLabels } from './job-options.js';
import { RegionEditor } from './region-editor.js';

/** @typedef {import('./result-api.js').Model} Model */

/** Listed by itself, as what it is. */
const BUILT_IN = 'motion';

const SCENES = { cuts: analysisText.scenesCuts, llm: analysisText.scenesLanguage, none: analysisText.scenesNone };

/** Reads its fields when it is sent; what is wrong is said beside the button. */
export class AnalysisForm {
  #fps;
  #model = byId('ask-model', HTMLSelectElement);
  #every = byId('ask-every', HTMLInputElement);
  #confidence = byId('ask-confidence', HTMLInputElement);
  #masks = byId('ask-masks', HTMLInputElement);
  #scenes = byId('ask-scenes', HTMLSelectElement);
  #labels = byId('ask-labels', HTMLTextAreaElement);
  #problem = byId('ask-problem', HTMLElement);
  #start = byId('ask-start', HTMLButtonElement);
  #region;

  /** @param {HTMLVideoElement} video @param {number} fps @param {(options: object) => Promise<void>} onAsk throws where it is refused */
  constructor(video, fps, onAsk) {
    this.#fps = fps;
    this.#region = new RegionEditor(video);
    this.#scenes.replaceChildren(...Object.entries(SCENES).map(([value, text]) => make('option', { text, attributes: { value } })));
    this.#every.addEventListener('input', () => this.#show());
    this.#confidence.addEventListener('input', () => this.#show());
    const region = byId('ask-region', HTMLInputElement);
    region.addEventListener('change', () => this.#region.open(region.checked));
    byId('ask-form', HTMLFormElement).addEventListener('submit', async (event) => {
      event.preventDefault();
      await this.#send(onAsk);
    });
    this.listModels([]);
    this.#show();
  }

  /** What was chosen before they came stays. @param {readonly Model[]} models */
  listModels(models) {
    const chosen = this.#model.value;
    const names = models.filter(({ name, task, on_disk: isThere }) => task === 'detect' && isThere && name !== BUILT_IN)
      .map(({ name }) => [name, name]);
    this.#model.replaceChildren(...[['auto', analysisText.modelAuto], ...names, [BUILT_IN, analysisText.modelMotion]]
      .map(([value, text]) => make('option', { text, attributes: { value } })));
    if (chosen) this.#model.value = chosen;
  }

  #show() {
    setText(byId('ask-confidence-value', HTMLOutputElement), analysisText.percent(Number(this.#confidence.value)));
    const every = Number(this.#every.value);
    setText(byId('ask-every-value', HTMLOutputElement), every >= 1 ? analysisText.everyHint(every, this.#fps) : '');
  }

  /** @param {(options: object) => Promise<void>} onAsk */
  async #send(onAsk) {
    const { labels, wrong } = parseLabels(this.#labels.value);
    this.#labels.setAttribute('aria-invalid', String(wrong !== null));
    this.#explain(wrong === null ? '' : analysisText.labelsWrong(wrong));
    if (wrong !== null) {
      this.#labels.focus();
      return;
    }
    this.#start.disabled = true;
    try {
      await onAsk(optionsOf({
        model: this.#model.value, every: Number(this.#every.value), confidence: Number(this.#confidence.value),
        masks: this.#masks.checked, scenes: this.#scenes.value, labels, region: this.#region.region,
      }));
    } catch (error) {
      this.#explain((error instanceof Error && error.message) || analysisText.startFailed);
    }
    this.#start.disabled = false;
  }

  /** @param {string} words */
  #explain(words) {
    setText(this.#problem, words);
    show(this.#problem, words !== '');
  }
}
