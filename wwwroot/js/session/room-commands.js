// What a page asks of its room.
import { Refusal } from './hub.js';

/** @typedef {import('./hub.js').Hub} Hub */
/** @typedef {import('./link.js').Link} Link */
/** @typedef {import('./messages.js').NoticeMessage} NoticeMessage */
/** @typedef {import('./messages.js').RoomSettings} RoomSettings */

/**
 * What a page asks of its room. None of it may be lost, and the data channel may lose messages: they go by the hub
 * while that is there, and by the channel only while signalling is away.
 */
export class RoomCommands {
  /** @type {() => {hub: Hub|null, link: Link|null}} */ #connections;
  /** @type {(notice: NoticeMessage) => void} */ #onRefused;

  /**
   * @param {() => {hub: Hub|null, link: Link|null}} connections what there is just now
   * @param {(notice: NoticeMessage) => void} onRefused
   */
  constructor(connections, onRefused) {
    this.#connections = connections;
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

  /** This page stops detecting. At once by the channel, and surely by the hub. */
  handOver() {
    this.#connections().link?.post({ type: 'handover' });
    this.#send('Handover', 'handover', undefined);
  }

  /** @param {string} method of the hub @param {string} type of the channel's message @param {object|undefined} body */
  #send(method, type, body) {
    const { hub, link } = this.#connections();
    if (hub?.isOpen) hub.call(method, body).catch((error) => this.#refuse(error));
    else link?.post({ type, ...body });
  }

  /** @param {unknown} error */
  #refuse(error) {
    if (error instanceof Refusal) this.#onRefused({ type: 'notice', code: error.code, message: error.message, recoverable: true });
  }
}
