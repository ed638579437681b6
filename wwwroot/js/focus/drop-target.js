// Files that are chosen, or dropped on the page.

/**
 * @param {HTMLInputElement} input @param {HTMLElement} sign is marked while a file hangs over the page
 * @param {(file: File) => void} onFile
 */
export function bindFiles(input, sign, onFile) {
  input.addEventListener('change', () => {
    if (input.files?.[0]) onFile(input.files[0]);
    input.value = '';
  });
  addEventListener('dragover', (event) => {
    event.preventDefault();
    sign.classList.add('dropping');
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) sign.classList.remove('dropping');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    sign.classList.remove('dropping');
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  });
}
