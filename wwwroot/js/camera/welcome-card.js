// What the phone page shows before the camera runs.
import { secureLink } from '../session/join-links.js';
import { byId, setText, show } from '../ui/dom.js';
import { IconChoice } from '../ui/icon-choice.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {import('./camera.js').CameraErrorReason} CameraErrorReason */

/** The card before the camera runs: what will happen, what went wrong and what helps, and the button that starts. */
export class WelcomeCard {
  #card = byId('welcome', HTMLElement);
  #start = byId('start', HTMLButtonElement);
  #second = byId('second', HTMLButtonElement);
  #icon = new IconChoice(byId('welcome-icon', SVGSVGElement), ['camera', 'lock', 'warn']);
  /** Who is on air in the room; null while nobody is, as far as is known. @type {string|null} */ #onAir = null;
  /** Says once more what stands there. */
  #again = () => {};
  #abort = new AbortController();

  /** @param {(takeover: boolean) => void} onStart @param {() => void} onSecond somebody wants to be a further camera of the room */
  constructor(onStart, onSecond) {
    this.#start.addEventListener('click', () => onStart(this.#onAir !== null), { signal: this.#abort.signal });
    this.#second.addEventListener('click', onSecond, { signal: this.#abort.signal });
    languageChanges.addEventListener('change', () => this.#again(), { signal: this.#abort.signal });
  }

  /** Whether another camera is on air, and how it is called; told before anything is sent. @param {string|null} name */
  setOnAir(name) {
    if (name === this.#onAir) return;
    this.#onAir = name;
    if (!this.#start.disabled && this.#card.dataset.problem === '') this.show();
  }

  /** @param {CameraErrorReason} [reason] why the camera could not be had */
  show(reason) {
    this.#again = () => !this.#card.hidden && this.show(reason);
    const insecure = reason === 'insecure' || (!reason && !window.isSecureContext);
    const kind = insecure ? 'insecure' : reason;
    this.#card.dataset.tone = kind ? 'bad' : 'plain';
    this.#card.dataset.problem = kind ?? '';
    const symbol = kind === 'insecure' ? 'lock' : kind ? 'warn' : 'camera';
    this.#icon.show(symbol);
    const taken = !kind && this.#onAir !== null;
    setText(byId('welcome-title', HTMLElement), kind ? text.phone[kind] : taken ? text.phone.takenTitle : text.phone.startTitle);
    this.#say(kind ? text.phone[`${kind}Advice`] : taken ? text.phone.taken(this.#onAir ?? '') : text.phone.startLead);
    this.#start.disabled = false;
    setText(this.#start, kind ? text.phone.again : taken ? text.phone.takeOver : text.phone.start);
    show(this.#second, taken);
    show(this.#start, !insecure);
    const secure = byId('secure', HTMLAnchorElement);
    show(secure, insecure);
    if (insecure) void findSecure(secure);
    show(this.#card, true);
  }

  /** As at first, but the camera ran before: stopped on purpose, or because of an error. @param {CameraErrorReason} [reason] */
  showAgain(reason) {
    this.show(reason);
    if (!reason && this.#onAir === null) this.#say(text.phone.stopped);
    this.#start.focus();
    this.#again = () => !this.#card.hidden && this.showAgain(reason);
  }

  /** Another camera has this one's place now. */
  showReplaced() {
    this.showAgain();
    setText(byId('welcome-title', HTMLElement), text.phone.replaced);
    this.#say(text.phone.replacedText);
    this.#again = () => !this.#card.hidden && this.showReplaced();
  }

  /** The browser asks for the camera now. */
  wait() {
    show(this.#second, false);
    this.#start.disabled = true;
    setText(this.#start, text.phone.starting);
    this.#again = () => setText(this.#start, text.phone.starting);
  }

  hide() {
    show(this.#card, false);
  }

  /** @param {string} words */
  #say(words) {
    setText(byId('welcome-text', HTMLElement), words);
  }

  close() {
    this.#abort.abort();
    this.hide();
  }
}

/** Leads to this very page where a browser lends it the camera. @param {HTMLAnchorElement} link */
async function findSecure(link) {
  link.href = `https://${location.hostname}:8443${location.pathname}${location.search}`;
  try {
    const info = await (await fetch('/api/join-info')).json();
    link.href = secureLink(info, location.search) ?? link.href;
  } catch {
    // The usual port stays the best guess.
  }
}
