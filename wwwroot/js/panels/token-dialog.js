// Where a server asks for a token. Pages load it only then.
import { tokenFrom } from '../session/join-links.js';
import { make, setText } from '../ui/dom.js';
import { applyText } from '../ui/apply-text.js';
import { text } from '../ui/text.js';

/** @type {TokenDialog|null} */ let dialog = null;

/** Asks for a token, and opens the page again with it. @param {string} reason the server's */
export function askForToken(reason) {
  dialog ??= new TokenDialog();
  dialog.ask(reason);
}

/** A whole link may be pasted too: where this page has no room, its room is taken over. */
class TokenDialog {
  #input = make('input', {
    class: 'input',
    attributes: { id: 'token-input', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', 'aria-describedby': 'token-reason' },
  });
  #reason = make('p', { class: 'note', attributes: { id: 'token-reason', role: 'status' } });
  #dialog;

  constructor() {
    const form = make('form', { class: 'dialog-body', attributes: { method: 'dialog' }, on: { submit: (event) => this.#submit(event) } },
      this.#reason,
      make('div', { class: 'field' }, make('label', { attributes: { for: 'token-input', 'data-text': 'token.label' } }), this.#input),
      make('button', { class: 'button button-main', attributes: { type: 'submit', 'data-text': 'token.enter' } }));
    this.#dialog = make('dialog', { class: 'dialog', attributes: { id: 'token-dialog', 'aria-labelledby': 'token-title' } },
      make('div', { class: 'dialog-head' }, make('h2', { attributes: { id: 'token-title', 'data-text': 'token.title' } })), form);
    applyText(this.#dialog);
    document.body.append(this.#dialog);
  }

  /** @param {string} reason */
  ask(reason) {
    setText(this.#reason, `${reason} ${text.token.hint}`.trim());
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const typed = this.#input.value.trim();
    const token = tokenFrom(typed);
    this.#input.setAttribute('aria-invalid', String(!token));
    if (!token) {
      setText(this.#reason, text.token.bad);
      return;
    }
    const url = new URL(location.href);
    url.searchParams.set('token', token);
    const room = URL.canParse(typed) ? new URL(typed).searchParams.get('room') : null;
    if (room && !url.searchParams.has('room')) url.searchParams.set('room', room);
    location.replace(url);
  }
}
