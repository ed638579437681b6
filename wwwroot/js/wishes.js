import { Refusal } from './hub.js';

/** @typedef {import('./hub.js').Hub} Hub */
/** @typedef {import('./link.js').Link} Link */
/** @typedef {import('./wire.js').NoticeMessage} NoticeMessage */
/** @typedef {import('./wire.js').RoomSettings} RoomSettings */

/**
 * What a page asks of its room. None of it must be lost, and the data channel may lose: it goes by the hub while that
 * is there, and by the channel only where signalling is away.
 */
export class Wishes {
  /** @type {() => {hub: Hub|null, link: Link|null}} */ #ways;
  /** @type {(notice: NoticeMessage) => void} */ #onRefused;

  /** @param {() => {hub: Hub|null, link: Link|null}} ways what there is just now @param {(notice: NoticeMessage) => void} onRefused */
  constructor(ways, onRefused) {
    this.#ways = ways;
    this.#onRefused = onRefused;
  }

  /** @param {number} x @param {number} y fractions of the upright picture @param {0|1} slot two things can be in focus */
  select(x, y, slot) {
    this.#send('Select', 'select', slot ? { x, y, slot } : { x, y });
  }

  release() {
    this.#send('Release', 'release', undefined);
  }

  /** @param {Partial<RoomSettings>} patch */
  configure(patch) {
    this.#send('Configure', 'configure', patch);
  }

  /** @param {string} method of the hub @param {string} type of the channel's message @param {object|undefined} body */
  #send(method, type, body) {
    const { hub, link } = this.#ways();
    if (hub?.isOpen) hub.call(method, body).catch((error) => this.#refuse(error));
    else link?.post({ type, ...body });
  }

  /** @param {unknown} error */
  #refuse(error) {
    if (error instanceof Refusal) this.#onRefused({ type: 'notice', code: error.code, message: error.message, recoverable: true });
  }
}
