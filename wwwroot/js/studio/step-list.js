// How far a task is, step by step.
import { byId, icon, make, setText, show } from '../ui/dom.js';
import { studioText } from '../ui/studio-text.js';

/** @typedef {import('./task-run.js').TaskRun} TaskRun */
/** @typedef {import('./studio-api.js').TaskStep} TaskStep */

/** Shows a task's steps, its bar, and the buttons that fit how it stands. */
export class StepList {
  #card = byId('progress', HTMLElement);
  #list = byId('steps', HTMLElement);
  #bar = byId('bar', HTMLProgressElement);
  #state = byId('task-state', HTMLElement);
  #shown = '';

  /** @param {{cancel: () => void, again: () => void}} actions */
  constructor({ cancel, again }) {
    byId('cancel', HTMLElement).addEventListener('click', cancel);
    byId('again', HTMLElement).addEventListener('click', again);
  }

  /** @param {TaskRun} run */
  update(run) {
    show(this.#card, run.state !== 'idle');
    this.#card.dataset.state = run.state;
    show(byId('cancel', HTMLElement), run.isBusy);
    show(byId('again', HTMLElement), run.canRetry);
    this.#bar.value = run.state === 'complete' ? 1 : (run.task?.progress ?? 0);
    setText(this.#state, sentence(run));
    const steps = run.task?.steps ?? [];
    const shown = JSON.stringify([run.state, steps]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(...steps.map(row));
  }
}

/** @param {TaskRun} run */
function sentence(run) {
  if (run.state === 'asking') return studioText.asking;
  if (run.state === 'processing' && run.task?.steps.every(({ status }) => status === 'pending')) return studioText.queued;
  if (run.state === 'cancelled') return studioText.cancelled;
  return run.state === 'error' ? studioText.broken(run.error) : '';
}

/** @param {TaskStep} step */
function row({ id, label, status, seconds }) {
  const sign = status === 'complete' ? icon('check') : status === 'error' ? icon('cross') : make('span', { class: 'step-dot' });
  const words = status === 'complete' ? studioText.took(seconds) : studioText.step[status];
  return make('li', { class: 'step', attributes: { 'data-step': id, 'data-status': status } }, sign,
    make('span', { class: 'step-label', text: label }), make('span', { class: 'step-state', text: words }));
}
