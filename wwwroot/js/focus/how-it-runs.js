// What detects, and on what.
import { focusText } from '../ui/focus-text.js';

/** @param {import('./fact-list.js').FactList} facts @param {import('../vision/messages.js').ReadyReport} ready */
export function showHow(facts, ready) {
  const isMotion = ready.provider === 'embedded';
  facts.set(focusText.model, isMotion ? focusText.motion : `${ready.model}, ${ready.width}×${ready.height}`);
  const byModel = ready.provider === 'webgpu' ? focusText.webgpu(ready.adapter ?? '') : focusText.wasm(ready.threads);
  facts.set(focusText.runsOn, isMotion ? focusText.embedded : byModel);
  facts.set(focusText.timed, isMotion ? '–' : focusText.ms(ready.medianMs));
  facts.set(focusText.outline, ready.masks ?? focusText.outlineEllipse);
}
