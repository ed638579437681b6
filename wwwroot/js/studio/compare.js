// Two videos of the same pictures, one over the other, with a line between that is moved.
import { make } from '../ui/dom.js';
import { studioText } from '../ui/studio-text.js';

// More than that apart would be seen.
const MAX_APART = 0.05;

/** The clip as it was on the left of the line, as it is now on the right; both play together. */
export class Compare {
  #before;
  #after;
  #range;
  #abort = new AbortController();
  element;

  /** @param {string} before @param {string} after @param {number} shape width to height */
  constructor(before, after, shape) {
    const video = (/** @type {string} */ name, /** @type {string} */ src) => {
      const one = make('video', {
        class: name, attributes: { playsinline: '', loop: '', preload: 'auto', tabindex: '-1', 'aria-hidden': 'true', src },
      });
      one.muted = true;
      return one;
    };
    this.#before = video('before', before);
    this.#after = video('after', after);
    this.#range = make('input', {
      class: 'compare-range',
      attributes: { type: 'range', min: '0', max: '100', step: '1', value: '50', 'aria-label': studioText.split },
    });
    const stage = make('div', { class: 'stage compare', attributes: { role: 'group', 'aria-label': studioText.compare } },
      this.#before, this.#after, make('span', { class: 'compare-line' }),
      make('span', { class: 'chip chip-before', text: studioText.before }),
      make('span', { class: 'chip chip-after', text: studioText.after }), this.#range);
    stage.style.aspectRatio = String(shape);
    const toggle = make('button', {
      class: 'button button-small', text: studioText.play, attributes: { type: 'button', id: 'compare-play' },
      on: { click: () => void (this.#after.paused ? this.#play() : this.#pause()) },
    });
    this.element = make('div', { class: 'result-view' }, stage, toggle);
    const { signal } = this.#abort;
    this.#range.addEventListener('input', () => stage.style.setProperty('--split', `${this.#range.value}%`), { signal });
    for (const name of ['play', 'pause']) {
      this.#after.addEventListener(name, () => {
        toggle.textContent = this.#after.paused ? studioText.play : studioText.pause;
      }, { signal });
    }
    this.#after.addEventListener('timeupdate', () => this.#align(), { signal });
    this.#after.addEventListener('seeked', () => this.#align(), { signal });

    // A file that this browser can't play has no before.
    this.#before.addEventListener('error', () => stage.style.setProperty('--split', '0%'), { signal });
  }

  async #play() {
    await Promise.allSettled([this.#after.play(), this.#before.play()]);
  }

  #pause() {
    this.#after.pause();
    this.#before.pause();
    this.#before.currentTime = this.#after.currentTime;
  }

  #align() {
    if (Math.abs(this.#before.currentTime - this.#after.currentTime) > MAX_APART) this.#before.currentTime = this.#after.currentTime;
  }

  close() {
    this.#abort.abort();
    this.#pause();
    this.element.remove();
  }
}
