// What the phone page shows before the camera runs.
import { secureLink } from '../session/join-links.js';
import { byId, setText, show } from '../ui/dom.js';
import { text } from '../ui/text.js';

/** @typedef {import('./camera.js').CameraErrorReason} CameraErrorReason */

/** The card before the camera runs: what will happen, what went wrong and what helps, and the button that starts. */
export class WelcomeCard {
  #card = byId('welcome', HTMLElement);
  #start = byId('start', HTMLButtonElement);
  #abort = new AbortController();

  /** @param {() => void} onStart */
  constructor(onStart) {
    this.#start.addEventListener('click', onStart, { signal: this.#abort.signal });
  }

  /** @param {CameraErrorReason} [reason] why the camera could not be had */
  show(reason) {
    const insecure = reason === 'insecure' || (!reason && !window.isSecureContext);
    const kind = insecure ? 'insecure' : reason;
    this.#card.dataset.tone = kind ? 'bad' : 'plain';
    this.#card.dataset.problem = kind ?? '';
    const symbol = kind === 'insecure' ? 'lock' : kind ? 'warn' : 'camera';
    byId('welcome-icon', SVGUseElement).setAttribute('href', `/icons/icons.svg#${symbol}`);
    setText(byId('welcome-title', HTMLElement), kind ? text.phone[kind] : text.phone.startTitle);
    this.#say(kind ? text.phone[`${kind}Advice`] : text.phone.startLead);
    this.#start.disabled = false;
    setText(this.#start, kind ? text.phone.again : text.phone.start);
    show(this.#start, !insecure);
    const secure = byId('secure', HTMLAnchorElement);
    show(secure, insecure);
    if (insecure) void findSecure(secure);
    show(this.#card, true);
  }

  /** As at first, but the camera ran before: stopped on purpose, or because of an error. @param {CameraErrorReason} [reason] */
  showAgain(reason) {
    this.show(reason);
    if (!reason) this.#say(text.phone.stopped);
    this.#start.focus();
  }

  /** The browser asks for the camera now. */
  wait() {
    this.#start.disabled = true;
    setText(this.#start, text.phone.starting);
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
