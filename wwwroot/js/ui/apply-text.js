// How the sentences get into the markup.
import { spoken } from './language.js';
import { text } from './text.js';

/** @param {string} path such as "home.title", or "rule.title" of words that not all pages have @param {object} texts @returns {string} */
function lookUp(path, texts) {
  const [first, ...rest] = path.split('.');
  /** @type {any} */ let value = Object.hasOwn(texts, first) ? texts : { [first]: spoken(/** @type {'rule'} */ (first)) };
  for (const key of [first, ...rest]) value = value?.[key];
  if (typeof value !== 'string') throw new Error(`no text ${path}`);
  return value;
}

/**
 * Fills markup: data-text gives content, data-name the accessible name, data-label that and the tooltip.
 * @param {ParentNode} [root] @param {object} [more] of a page that has texts of its own
 */
export function applyText(root = document, more = {}) {
  const texts = { ...text, ...more };
  for (const element of root.querySelectorAll('[data-text]')) element.textContent = lookUp(element.getAttribute('data-text') ?? '', texts);
  for (const element of root.querySelectorAll('[data-name]')) {
    element.setAttribute('aria-label', lookUp(element.getAttribute('data-name') ?? '', texts));
  }
  for (const element of root.querySelectorAll('[data-label]')) {
    const label = lookUp(element.getAttribute('data-label') ?? '', texts);
    element.setAttribute('aria-label', label);
    element.setAttribute('title', label);
  }
}
