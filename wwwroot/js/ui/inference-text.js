// Sentences about who detects.
import { spoken } from './language.js';

/** @type {Readonly<Record<string, string>>} */
const PAGE_CAUSES = {
  busy: 'The server is overloaded', unreachable: 'The server does not answer', weak: 'The server has no model', wished: '',
};
/** @type {Readonly<Record<string, string>>} */
const SERVER_CAUSES = {
  slow: 'This browser managed fewer than five pictures a second', late: 'This browser got stuck', device: 'This device runs low or hot',
  worker: 'This browser has to start anew', back: 'The server is back', forbidden: '', wished: '',
};

/** @param {string} why @param {string} what */
const because = (why, what) => (why ? `${why}: ${what}` : what.charAt(0).toUpperCase() + what.slice(1));

export const inferenceText = spoken('inference', Object.freeze({
  loading: 'The model is being loaded into this browser.',
  failed: (/** @type {string} */ why) => `This browser can’t detect, so the server does: ${why}`,
  cannot: 'The server detects: this page may not, or has no undrawn picture (private or segmented room, annotated view, watcher).',
  page: (/** @type {string} */ model, /** @type {string|null} */ cause) =>
    because(PAGE_CAUSES[cause ?? ''] ?? '', `this browser detects for the room, with ${model}.`),
  server: (/** @type {string} */ wish, /** @type {string|null} */ cause) =>
    because(SERVER_CAUSES[cause ?? ''] ?? '', wish === 'auto' ? 'the server detects, this browser stands by.' : 'the server detects.'),
}));
