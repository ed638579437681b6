// A job at work: its steps, how far it is, and why it failed.
import { analysisText } from '../ui/analysis-text.js';
import { icon, make, setText, show } from '../ui/dom.js';
import { isOver } from './result-api.js';

/** @typedef {import('./result-api.js').FollowedJob} FollowedJob */
/** @typedef {import('./result-api.js').JobStep} JobStep */

const TONES = Object.freeze({ completed: 'good', failed: 'bad', processing: 'warn', queued: 'plain', cancelled: 'plain' });

/** One job's card, changed as the job changes: a control that has the focus stays. */
export class JobPanel {
  #name;
  #state = make('span', { class: 'chip' });
  #bar;
  #steps = make('ol', { class: 'steps' });
  #error = make('p', { class: 'problem', attributes: { role: 'alert', hidden: '' } });
  #cancel;
  #dismiss;
  #link = make('a', { class: 'button button-small', text: analysisText.reframeOpen, attributes: { hidden: '' } });
  /** @type {HTMLElement} */ element;

  /** @param {string} kind @param {{cancel: () => void, dismiss: () => void}} actions */
  constructor(kind, actions) {
    this.#name = analysisText.job(kind);
    this.#bar = make('progress', { attributes: { max: '1', value: '0', 'aria-label': analysisText.progress(this.#name) } });
    this.#cancel = make('button', {
      class: 'button button-small', text: analysisText.cancel,
      attributes: { type: 'button', 'aria-label': analysisText.cancelNamed(this.#name) },
      on: { click: () => actions.cancel() },
    });
    this.#dismiss = make('button', {
      class: 'button button-icon',
      attributes: { type: 'button', hidden: '', 'aria-label': analysisText.dismiss, title: analysisText.dismiss },
      on: { click: () => actions.dismiss() },
    }, icon('close'));
    this.element = make('section', { class: 'card part job', attributes: { 'aria-label': this.#name } },
      make('div', { class: 'job-head' }, make('h2', { text: this.#name }), this.#state, this.#dismiss, this.#cancel),
      this.#bar, this.#steps, this.#error, this.#link);
  }

  /** @param {FollowedJob} job */
  update(job) {
    this.element.dataset.status = job.status;
    this.#state.className = `chip chip-${TONES[job.status]}`;
    setText(this.#state, job.status === 'processing' ? analysisText.percent(job.progress) : analysisText.jobStatus[job.status]);
    this.#bar.value = job.progress;
    this.#steps.replaceChildren(...job.steps.map((step) => this.#step(step)));
    const over = isOver(job);
    show(this.#bar, !over);
    show(this.#cancel, !over);
    show(this.#dismiss, over);
    show(this.#error, job.status === 'failed');
    setText(this.#error, job.status === 'failed' ? analysisText.failedBecause(this.#name, job.error) : '');
  }

  /** It made a video. @param {string} address of its page */
  link(address) {
    this.#link.href = address;
    show(this.#link, true);
  }

  /** @param {JobStep} step */
  #step({ id, label, status, seconds }) {
    const words = status === 'complete' && seconds !== null ? analysisText.seconds(seconds) : analysisText.step[status];
    return make('li', { attributes: { 'data-step': id, 'data-status': status } }, make('span', { text: label }),
      make('span', { class: 'step-words', text: words }));
  }
}
