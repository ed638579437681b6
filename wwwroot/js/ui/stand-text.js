// Sentences about the motion detector in a model's place.
import { megabytes, percent } from './language.js';

/** Of the pages that show it. */
export const standText = Object.freeze({
  title: 'No model is at work: the motion detector stands in.',
  what: 'It finds what moves, not what it is.',
  owner: 'Whoever runs this server can add a model.',
  get: (/** @type {string} */ model, /** @type {number} */ bytes) => `Get ${model} (${megabytes(bytes)} MB)`,
  again: 'Try again',
  cancel: 'Cancel',
  pulling: (/** @type {number} */ bytes, /** @type {number} */ total) => `${megabytes(bytes)} of ${megabytes(total)} MB, ${percent(Math.floor((bytes / total) * 100) / 100)}`,
  progress: (/** @type {string} */ model) => `Fetching ${model}`,
  failed: (/** @type {string} */ reason) => `The model did not come: ${reason}`,
  refused: 'The server fetches no model for you: that takes the key of whoever runs it.',
  away: 'The server does not answer.',
  done: (/** @type {string} */ model) => `${model} is there and takes over.`,
});
