// One place in a room: what it tells, and what may be asked of it.
import { readMessage } from '../../wwwroot/js/session/messages.js';
import { RtcError } from './rtc-error.js';

/** @typedef {import('../../wwwroot/js/session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').StatsMessage} StatsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').NoticeMessage} NoticeMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').SettingsMessage} SettingsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').PeersMessage} PeersMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').RoomSettings} RoomSettings */

/**
 * What a room tells: the message is the event's detail. close comes last, with the reason.
 * @typedef {object} RoomEventMap
 * @property {CustomEvent<DetectionsMessage>} detections
 * @property {CustomEvent<StatsMessage>} stats
 * @property {CustomEvent<NoticeMessage>} notice
 * @property {CustomEvent<SettingsMessage>} settings
 * @property {CustomEvent<PeersMessage>} peers
 * @property {CustomEvent<string>} close
 */

const ANSWER_MS = 10_000;
/** Notices come by the channel of the detections, which repeats nothing. */
const NOTICE_MS = 1_000;
const MAX_NOTICE_PINGS = 10;
/** Notices that say no to a command; the others come by themselves. */
const REFUSALS = ['bad_value', 'bad_message', 'forbidden', 'message_too_large', 'privacy_guarded', 'too_many_messages'];

/**
 * A place in a room, as its camera or as a viewer. What the room tells are its events; commands go by a channel of their own that
 * loses nothing.
 */
export class RoomConnection extends EventTarget {
  /** The room's picture, for a video's srcObject; null without one. @type {MediaStream|null} */
  stream = null;

  /** @type {RTCPeerConnection} */ #peer;
  /** @type {RTCDataChannel} */ #vision;
  /** @type {RTCDataChannel} */ #commands;
  /** @type {() => void} */ #end = () => {};
  /** @type {Promise<unknown>} */ #turn = Promise.resolve();
  /** @type {{id: number, done: () => void, fail: (error: RtcError) => void}|null} */ #waiting = null;
  /** @type {NoticeMessage|null} */ #refusal = null;
  #last = 0;
  #closed = false;

  /** Made by RtcClient. @param {RTCPeerConnection} peer */
  constructor(peer) {
    super();
    this.#peer = peer;
    this.#vision = peer.createDataChannel('vision', { ordered: false, maxRetransmits: 0 });
    this.#commands = peer.createDataChannel('commands');
    for (const channel of [this.#vision, this.#commands]) channel.addEventListener('message', ({ data }) => this.#hear(data));
    peer.addEventListener('track', ({ streams, track }) => {
      this.stream = streams[0] ?? new MediaStream([track]);
    });
    peer.addEventListener('connectionstatechange', () => {
      if (['failed', 'closed'].includes(peer.connectionState)) this.#finish('The connection was lost.');
    });
    this.#commands.addEventListener('close', () => this.#finish('The server closed the connection.'));
  }

  /** The connection itself, for its statistics. */
  get peerConnection() {
    return this.#peer;
  }

  /** Changes settings of the whole room; done once the server has, and rejected with its reason. @param {Partial<RoomSettings>} change */
  configure(change) {
    return this.#ask({ ...change, type: 'configure' });
  }

  /** Puts the object at a point in focus. @param {number} x @param {number} y fractions of the upright picture @param {0|1} [slot] */
  select(x, y, slot = 0) {
    return this.#ask({ type: 'select', x, y, slot });
  }

  /** Ends the focus. */
  release() {
    return this.#ask({ type: 'release' });
  }

  /** Leaves the room. */
  close() {
    this.#finish('It was left.');
  }

  /**
   * @template {keyof RoomEventMap} T
   * @param {T} type @param {(event: RoomEventMap[T]) => void} listener @param {AddEventListenerOptions|boolean} [options]
   */
  on(type, listener, options) {
    this.addEventListener(type, /** @type {EventListener} */ (/** @type {unknown} */ (listener)), options);
    return this;
  }

  /** What tells the server that this place is left. @param {() => void} end */
  endsBy(end) {
    this.#end = end;
    if (this.#closed) end();
  }

  /** Done once media and commands flow. @param {number} milliseconds */
  connected(milliseconds) {
    return within(new Promise((resolve, reject) => {
      if (this.#commands.readyState === 'open') resolve(undefined);
      this.#commands.addEventListener('open', () => resolve(undefined));
      this.addEventListener('close', (event) => {
        reject(new RtcError('closed', /** @type {CustomEvent<string>} */ (event).detail));
      });
    }), milliseconds, 'No way to the server\'s media port was found.');
  }

  /** @param {unknown} data */
  #hear(data) {
    const message = readMessage(data);
    if (!message) return;
    if (message.type === 'pong') {
      if (this.#waiting && message.id === this.#waiting.id) this.#waiting.done();
      return;
    }
    if (message.type === 'notice' && REFUSALS.includes(message.code)) this.#refusal = message;
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  /** One after another. @param {object} message @returns {Promise<void>} */
  #ask(message) {
    const turn = this.#turn.then(() => this.#command(message));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** @param {object} message @returns {Promise<void>} */
  async #command(message) {
    this.#refusal = null;
    await this.#answered(this.#commands, [message], ANSWER_MS);
    await this.#noticed();
    const refusal = /** @type {NoticeMessage|null} */ (this.#refusal);
    if (refusal) throw new RtcError(refusal.code, refusal.message);
  }

  /** A pong by the channel of the notices comes behind those that were sent before. */
  async #noticed() {
    for (let tries = 0; tries < MAX_NOTICE_PINGS; tries++) {
      try {
        await this.#answered(this.#vision, [], NOTICE_MS);
        return;
      } catch (error) {
        if (!(error instanceof RtcError) || error.code !== 'timeout') throw error;
      }
    }
  }

  /**
   * A ping behind the messages tells that the server has come to them.
   * @param {RTCDataChannel} channel @param {object[]} messages @param {number} milliseconds
   */
  async #answered(channel, messages, milliseconds) {
    if (this.#closed || channel.readyState !== 'open') throw new RtcError('closed', 'The connection is closed.');
    const id = ++this.#last;
    const answered = new Promise((resolve, reject) => {
      this.#waiting = { id, done: () => resolve(undefined), fail: reject };
    });
    for (const message of [...messages, { type: 'ping', id }]) channel.send(JSON.stringify(message));
    try {
      await within(answered, milliseconds, 'The room did not answer.');
    } finally {
      this.#waiting = null;
    }
  }

  /** @param {string} reason */
  #finish(reason) {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting?.fail(new RtcError('closed', reason));
    this.#end();
    this.#peer.close();
    this.dispatchEvent(new CustomEvent('close', { detail: reason }));
  }
}

/** @template T @param {Promise<T>} work @param {number} milliseconds @param {string} late @returns {Promise<T>} */
function within(work, milliseconds, late) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new RtcError('timeout', late)), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
