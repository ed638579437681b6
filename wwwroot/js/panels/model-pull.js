// Has the server fetch a model.
import { api } from '../session/api.js';
import { icon, make, setText, show } from '../ui/dom.js';
import { Poll } from '../ui/poll.js';
import { applyText } from '../ui/apply-text.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/api.js').Pull} Pull */
/** @typedef {import('../session/messages.js').ModelEntry} ModelEntry */

const PERIOD_MS = 500;

/**
 * The banner's words and, where this page may, its button that has the server fetch a model: it tells how far that is, and the
 * page what to do once it is there.
 */
export class ModelPull {
  /** @type {(model: string, models: ModelEntry[]) => void} */ #onArrived;
  #words = make('p', { class: 'stand-words', attributes: { role: 'status' } });
  #bar = make('progress', { attributes: { max: '1', value: '0' } });
  #get;
  /** @type {() => string} */ #said = () => text.stand.what;
  #abort = new AbortController();
  #cancel;
  /** @type {Poll|null} */ #poll = null;
  /** @type {Pull|null} */ #pull = null;

  /** @param {HTMLElement} place @param {(model: string, models: ModelEntry[]) => void} onArrived */
  constructor(place, onArrived) {
    this.#onArrived = onArrived;
    const button = (/** @type {string} */ name, /** @type {string} */ words, /** @type {() => void} */ click) =>
      make('button', { class: name, text: words, attributes: { type: 'button' }, on: { click } });
    this.#get = button('button button-small button-main', '', () => void this.#start());
    this.#cancel = button('button button-small', '', () => void this.#change(() => api.cancelPull()));
    const words = make('div', { class: 'stand-text' }, make('strong', { attributes: { 'data-text': 'stand.title' } }), this.#words);
    place.append(icon('warn'), words, this.#bar, this.#get, this.#cancel);
    this.#cancel.dataset.text = 'stand.cancel';
    applyText(place);
    this.#describe(() => text.stand.what);
    languageChanges.addEventListener('change', () => this.#describe(this.#said), { signal: this.#abort.signal });
    void this.#change(() => api.pullStatus());
  }

  async #start() {
    const model = this.#pull?.default;
    if (model) await this.#change(() => api.pull(model));
  }

  /** @param {() => Promise<Pull>} ask */
  async #change(ask) {
    try {
      await this.#show(await ask());
    } catch (error) {
      const status = error instanceof Error ? error.message : '';
      this.#describe(() => (status === '401' || status === '403' ? text.stand.refused : text.stand.away));
    }
  }

  /** @param {Pull} pull */
  async #show(pull) {
    const before = this.#pull;
    this.#pull = pull;
    if (pull.state === 'pulling' && pull.model) {
      this.#bar.value = pull.bytes / pull.total;
      this.#describe(() => text.stand.pulling(pull.bytes, pull.total));
      this.#poll ??= new Poll(() => this.#change(() => api.pullStatus()), PERIOD_MS);
      return;
    }
    this.#poll?.close();
    this.#poll = null;
    if (pull.state === 'done' && pull.model && before?.state === 'pulling') {
      const { model } = pull;
      this.#describe(() => text.stand.done(model));
      this.#onArrived(model, await api.models());
    } else if (pull.state === 'failed') this.#describe(() => text.stand.failed(pull.error ?? ''));
    else this.#describe(() => (pull.allowed ? text.stand.what : `${text.stand.what} ${text.stand.owner}`));
  }

  /** @param {() => string} words in the page's language of then */
  #describe(words) {
    this.#said = words;
    const pull = this.#pull;
    const isPulling = pull?.state === 'pulling';
    setText(this.#words, words());
    if (pull?.model) this.#bar.setAttribute('aria-label', text.stand.progress(pull.model));
    show(this.#bar, isPulling);
    show(this.#cancel, isPulling && pull.allowed);
    show(this.#get, pull !== null && pull.allowed && !isPulling);
    if (pull) setText(this.#get, pull.state === 'failed' ? text.stand.again : text.stand.get(pull.default, pull.default_bytes));
  }

  close() {
    this.#abort.abort();
    this.#poll?.close();
  }
}
