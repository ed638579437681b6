// Files that are dropped on the page.

/** @param {HTMLElement} sign is marked while a file hangs over the page @param {(file: File) => void} onFile */
export function bindDrop(sign, onFile) {
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
