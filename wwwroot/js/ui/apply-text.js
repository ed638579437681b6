// How the sentences get into the markup.
import { text } from './text.js';

/** @param {string} path such as "home.title" @returns {string} */
function lookUp(path) {
  /** @type {any} */ let value = text;
  for (const key of path.split('.')) value = value?.[key];
  if (typeof value !== 'string') throw new Error(`no text ${path}`);
  return value;
}

/**
 * Fills markup: data-text gives content, data-name the accessible name, data-label that and the tooltip.
 * @param {ParentNode} [root]
 */
export function applyText(root = document) {
  for (const element of root.querySelectorAll('[data-text]')) element.textContent = lookUp(element.getAttribute('data-text') ?? '');
  for (const element of root.querySelectorAll('[data-name]')) {
    element.setAttribute('aria-label', lookUp(element.getAttribute('data-name') ?? ''));
  }
  for (const element of root.querySelectorAll('[data-label]')) {
    const label = lookUp(element.getAttribute('data-label') ?? '');
    element.setAttribute('aria-label', label);
    element.setAttribute('title', label);
  }
}
