// What the page asks its user.
import { make, setText } from '../ui/dom.js';
import { libraryText } from '../ui/library-text.js';

/** Asks before a video is deleted: nothing brings it back. */
export class DeleteDialog {
  #hint = make('p', { class: 'note', attributes: { id: 'delete-hint' } });
  #dialog;

  constructor() {
    const button = (/** @type {string} */ name, /** @type {string} */ words, /** @type {string} */ value) =>
      make('button', { class: name, text: words, attributes: { type: 'submit', value } });
    this.#dialog = make('dialog', {
      class: 'dialog', attributes: { id: 'delete', 'aria-labelledby': 'delete-title', 'aria-describedby': 'delete-hint' },
    },
      make('div', { class: 'dialog-head' }, make('h2', { text: libraryText.removeTitle, attributes: { id: 'delete-title' } })),
      make('form', { class: 'dialog-body', attributes: { method: 'dialog' } }, this.#hint,
        make('div', { class: 'dialog-buttons' },
          button('button', libraryText.removeNo, 'no'), button('button button-bad', libraryText.removeYes, 'yes'))));
    document.body.append(this.#dialog);
  }

  /** @param {string} name @returns {Promise<boolean>} */
  ask(name) {
    setText(this.#hint, libraryText.removeHint(name));
    this.#dialog.returnValue = 'no';
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#dialog.addEventListener('close', () => resolve(this.#dialog.returnValue === 'yes'), { once: true });
    });
  }
}

/** Asks for the key of a user, until there is a good one. */
export class KeyDialog {
  #input = make('input', {
    class: 'input',
    attributes: {
      id: 'key-input', type: 'password', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', 'aria-describedby': 'key-reason',
    },
  });
  #reason = make('p', { class: 'note', attributes: { id: 'key-reason', role: 'status' } });
  #dialog;
  /** @type {(key: string) => Promise<boolean>} */ #enter;

  /** @param {(key: string) => Promise<boolean>} enter false where the server doesn't know it */
  constructor(enter) {
    this.#enter = enter;
    const submit = (/** @type {Event} */ event) => void this.#submit(event);
    const form = make('form', { class: 'dialog-body', attributes: { method: 'dialog' }, on: { submit } }, this.#reason,
      make('div', { class: 'field' }, make('label', { text: libraryText.keyLabel, attributes: { for: 'key-input' } }), this.#input),
      make('button', { class: 'button button-main', text: libraryText.keyEnter, attributes: { type: 'submit' } }));
    this.#dialog = make('dialog', { class: 'dialog', attributes: { id: 'key-dialog', 'aria-labelledby': 'key-title' } },
      make('div', { class: 'dialog-head' }, make('h2', { text: libraryText.keyTitle, attributes: { id: 'key-title' } })), form);
    document.body.append(this.#dialog);
  }

  ask() {
    if (this.#dialog.open) return;
    setText(this.#reason, libraryText.keyHint);
    this.#input.value = '';
    this.#input.removeAttribute('aria-invalid');
    this.#dialog.showModal();
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const isGood = await this.#enter(this.#input.value.trim());
    this.#input.setAttribute('aria-invalid', String(!isGood));
    if (isGood) this.#dialog.close();
    else setText(this.#reason, libraryText.keyBad);
  }
}
