// Whether it detects, and why not.
import { byId, setText, show } from '../ui/dom.js';
import { focusText } from '../ui/focus-text.js';

/** The chip in the bar, and a sentence below the picture where nothing is detected. */
export class StatusSign {
  #sign = byId('state', HTMLElement);
  #problem = byId('problem', HTMLElement);

  /** @param {keyof typeof focusText.state} state */
  set(state) {
    this.#sign.className = `chip ${state === 'ready' ? 'chip-good' : state === 'failed' ? 'chip-bad' : 'chip-warn'}`;
    this.#sign.dataset.state = state;
    setText(byId('state-text', HTMLElement), focusText.state[state]);
    if (state === 'loading') show(this.#problem, false);
  }

  /** @param {string} why */
  fail(why) {
    this.set('failed');
    this.explain(why);
  }

  /** What is less than it could be, below the picture. @param {string} why */
  explain(why) {
    setText(this.#problem, why);
    show(this.#problem, true);
  }
}
