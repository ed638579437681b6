// Files that are chosen, or dropped anywhere on the page.
import { setText } from '../ui/dom.js';
import { libraryText } from '../ui/library-text.js';

/**
 * @param {HTMLInputElement} input @param {HTMLElement} zone is marked while files hang over the page
 * @param {HTMLElement} words says what letting go does
 * @param {(files: File[]) => void} onFiles @param {{add: string, drop: string}} [texts] of the page
 */
export function bindDrop(input, zone, words, onFiles, texts = libraryText) {
  const resting = matchMedia('(pointer: coarse)').matches ? texts.add : texts.drop;
  const mark = (/** @type {boolean} */ isOver) => {
    zone.classList.toggle('dropping', isOver);
    setText(words, isOver ? libraryText.dropNow : resting);
  };
  mark(false);
  input.addEventListener('change', () => {
    onFiles([...(input.files ?? [])]);
    input.value = '';
  });
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    mark(true);
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    onFiles([...(event.dataTransfer?.files ?? [])]);
  });
}
