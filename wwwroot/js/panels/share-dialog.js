// Links and codes that let others into the room.
import { api } from '../session/api.js';
import { icon, make, setText, show } from '../ui/dom.js';
import { Segments } from '../ui/segments.js';
import { applyText } from '../ui/apply-text.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/api.js').Rights} Rights */
/** @typedef {import('../ui/toasts.js').Toasts} Toasts */

/** Whom a link can be for. */
const roles = () => [
  { value: 'camera', label: text.share.camera, hint: text.share.cameraHint },
  { value: 'operator', label: text.share.operator, hint: text.share.operatorHint },
  { value: 'watcher', label: text.share.watcher, hint: text.share.watcherHint },
];

/** A dialog with a link and its code for a camera, an operator or a watcher; with a token in it where one is needed. */
export class ShareDialog {
  /** @type {string} */ #room;
  /** @type {string|undefined} */ #token;
  /** @type {Toasts} */ #toasts;
  #qr = make('img', { attributes: { alt: '', width: '232', height: '232' } });
  #link = make('a', { class: 'share-link' });
  #note = make('p', { class: 'note', attributes: { role: 'status' } });
  #roles = make('div', { class: 'segments', attributes: { role: 'radiogroup', 'data-name': 'share.who' } });
  #segments;
  #dialog;
  #asked = 0;

  /**
   * @param {string} room
   * @param {string|undefined} token the page's own
   * @param {Toasts} toasts
   * @param {Rights} first who is offered first
   */
  constructor(room, token, toasts, first) {
    this.#room = room;
    this.#token = token;
    this.#toasts = toasts;
    this.#segments = new Segments(this.#roles, 'share', roles, () => void this.#ask());
    this.#segments.value = first;
    const closing = {
      attributes: { type: 'button', 'data-label': 'close' },
      on: { click: () => this.#dialog.close() },
    };
    const copying = { attributes: { type: 'button', 'data-text': 'home.copy' }, on: { click: () => void this.#copy() } };
    const close = make('button', { class: 'button button-icon', ...closing }, icon('close'));
    const copy = make('button', { class: 'button button-main', ...copying });
    const title = make('h2', { attributes: { id: 'share-title', 'data-text': 'share.title' } });
    const attributes = { id: 'share-dialog', 'aria-labelledby': 'share-title' };
    this.#dialog = make('dialog', { class: 'dialog', attributes },
      make('div', { class: 'dialog-head' }, title, close),
      make('div', { class: 'dialog-body' }, this.#roles, make('div', { class: 'share-code' }, this.#qr), this.#link, this.#note, copy));
    this.#dialog.addEventListener('click', (event) => {
      // A click beside the dialog is one on its backdrop.
      if (event.target === this.#dialog) this.#dialog.close();
    });
    applyText(this.#dialog);
    document.body.append(this.#dialog);
  }

  /** Another room is shown. @param {string} room */
  set room(room) {
    this.#room = room;
  }

  open() {
    this.#dialog.showModal();
    void this.#ask();
  }

  async #ask() {
    const turn = ++this.#asked;
    try {
      const { url, expires, qr_svg_url: code } = await api.link(this.#room, /** @type {Rights} */ (this.#segments.value), this.#token);
      if (turn !== this.#asked) return;
      this.#link.href = url;
      setText(this.#link, url.replace(/^https?:\/\//, ''));
      this.#qr.src = code;
      this.#qr.alt = text.home.qrAlt(url);
      this.#show(true, expires ? text.share.until(new Date(expires)) : text.share.open);
    } catch (error) {
      const mayNot = error instanceof Error && error.message === '403';
      if (turn === this.#asked) this.#show(false, mayNot ? text.share.mayNot : text.share.failed);
    }
  }

  /** @param {boolean} there @param {string} note */
  #show(there, note) {
    show(this.#qr, there);
    show(this.#link, there);
    setText(this.#note, note);
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#link.href);
      this.#toasts.show(text.home.copied, 'good');
      this.#dialog.close();
    } catch {
      getSelection()?.selectAllChildren(this.#link);
    }
  }

  close() {
    this.#dialog.remove();
  }
}
