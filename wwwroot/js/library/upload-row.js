// An upload as its user sees it.
import { icon, make, setText, show } from '../ui/dom.js';
import { libraryText } from '../ui/library-text.js';

/**
 * @typedef {object} UploadFacts
 * @property {number} size
 * @property {number} sent
 * @property {number} speed
 * @property {keyof typeof libraryText.state} state
 * @property {string} error
 * @property {boolean} [isHopeless] it would fail once more
 */

/**
 * @typedef {object} UploadActions
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {() => void} cancel
 * @property {(file: File) => void} choose the file of an upload that an earlier page began
 */

/** A file's name, how far it is, how fast, and what can be done with it. */
export class UploadRow {
  #bar = make('progress', { attributes: { max: '1', value: '0' } });
  #words = make('p', { class: 'upload-words', attributes: { role: 'status' } });
  #numbers = make('p', { class: 'upload-numbers' });
  #pause;
  #resume;
  #choose;
  #name;
  /** @type {HTMLElement} */ element;

  /** @param {string} name @param {UploadActions} actions */
  constructor(name, actions) {
    this.#name = name;
    const button = (/** @type {string} */ words, /** @type {string} */ label, /** @type {() => void} */ click) =>
      make('button', { class: 'button button-small', text: words, attributes: { type: 'button', 'aria-label': label }, on: { click } });
    this.#pause = button(libraryText.pause, libraryText.pauseNamed(name), actions.pause);
    this.#resume = button(libraryText.resume, libraryText.resumeNamed(name), actions.resume);
    const input = make('input', {
      class: 'visually-hidden',
      attributes: { type: 'file', accept: 'video/*,.mkv', 'aria-label': libraryText.chooseNamed(name) },
    });
    input.addEventListener('change', () => {
      if (input.files?.[0]) actions.choose(input.files[0]);
      input.value = '';
    });
    this.#choose = make('label', { class: 'button button-small file' }, input, make('span', { text: libraryText.chooseAgain }));
    const cancel = make('button', {
      class: 'button button-icon',
      attributes: { type: 'button', 'aria-label': libraryText.cancelNamed(name), title: libraryText.cancel },
      on: { click: actions.cancel },
    }, icon('close'));
    this.#bar.setAttribute('aria-label', libraryText.progress(name));
    this.element = make('li', { class: 'upload', attributes: { 'data-name': name } },
      make('strong', { class: 'upload-name', text: name, attributes: { title: name } }),
      make('div', { class: 'upload-buttons' }, this.#pause, this.#resume, this.#choose, cancel),
      this.#bar,
      make('div', { class: 'upload-line' }, this.#words, this.#numbers));
  }

  /** @param {UploadFacts} facts */
  update({ size, sent, speed, state, error, isHopeless = false }) {
    this.element.dataset.state = state;
    this.#bar.value = size > 0 ? sent / size : 0;
    setText(this.#words, state === 'failed' ? error || libraryText.state.failed : libraryText.state[state]);
    const numbers = [libraryText.sent(sent, size)];
    if (speed > 0) numbers.push(libraryText.rate(speed), libraryText.remaining((size - sent) / speed));
    this.#numbers.textContent = numbers.join(' · ');
    show(this.#pause, state === 'sending' || state === 'away' || state === 'queued');
    show(this.#resume, state === 'paused' || (state === 'failed' && !isHopeless));
    show(this.#choose, state === 'kept');
    const isAgain = state === 'failed';
    setText(this.#resume, isAgain ? libraryText.again : libraryText.resume);
    this.#resume.setAttribute('aria-label', isAgain ? libraryText.againNamed(this.#name) : libraryText.resumeNamed(this.#name));
  }
}
