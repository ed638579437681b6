// The frame socket, which comes back by itself and knows what it asked for.
import { Backoff } from '../session/backoff.js';
import { decodeAnswer, encodeFrame } from './frame-codec.js';
import { parseMessage } from './frame-messages.js';

/**
 * @typedef {import('./frame-messages.js').Connected} Connected
 * @typedef {import('./frame-messages.js').Segmentation} Segmentation
 * @typedef {import('./frame-messages.js').SocketError} SocketError
 * @typedef {'connecting'|'live'|'returning'|'refused'|'closed'} LinkState
 * @typedef {object} LinkEvents
 * @property {(state: LinkState) => void} onState
 * @property {(message: Connected) => void} onConnected
 * @property {(facts: Segmentation, file: Blob) => void} onAnswer
 * @property {(error: SocketError) => void} onError
 * @property {(id: number) => void} [onDropped] its answer will never come
 */

// A frame that got no answer for so long was dropped on the way; the next one may go.
const ANSWER_WITHIN_MS = 5_000;

/** What was asked is not answered at all: the server hangs, or the way to it is gone, which a browser is told after minutes. */
const SILENT_MS = 30_000;

/** A socket whose buffer is fuller than this carries no more frames for the moment. */
const MAX_UNSENT_BYTES = 512 * 1024;

export class FrameLink {
  /** @type {string} */ #address;
  /** @type {LinkEvents} */ #events;
  /** @type {WebSocket|null} */ #socket = null;
  #backoff = new Backoff();
  #closed = false;
  /** @type {Record<string, unknown>} */ #config = {};
  /** @type {Record<string, unknown>} */ #view = {};
  #ready = false;
  /** @type {Segmentation|null} */ #facts = null;
  /** @type {number|null} */ #waitingFor = null;
  #sentAt = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #silence;

  /** @param {string} address ws: or wss: @param {LinkEvents} events */
  constructor(address, events) {
    this.#address = address;
    this.#events = events;
    this.#open();
  }

  /** What the next frames are for; kept over reconnections. @param {string|null} mode @param {number} width @param {number} height */
  init(mode, width, height) {
    this.#config = { ...(mode ? { model_mode: mode } : {}), resolution: { width, height } };
    this.#say({ type: 'init', config: this.#config });
  }

  /** @param {string} mode */
  changeMode(mode) {
    this.#config = { ...this.#config, model_mode: mode };
    this.#say({ type: 'change_mode', model_mode: mode });
  }

  /** @param {Record<string, unknown>} settings those that change */
  changeView(settings) {
    this.#view = { ...this.#view, ...settings };
    this.#say({ type: 'update_viz', settings });
  }

  /** Whether another frame would be worked on rather than wait. */
  get isFree() {
    const lost = performance.now() - this.#sentAt > ANSWER_WITHIN_MS;
    const socket = this.#socket;
    if (!this.#ready || socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount >= MAX_UNSENT_BYTES) return false;
    return this.#waitingFor === null || lost;
  }

  /** @param {number} id @param {ArrayBuffer} jpeg @returns {boolean} false where it was not sent */
  send(id, jpeg) {
    if (!this.isFree) return false;
    this.#waitingFor = id;
    this.#sentAt = performance.now();
    this.#socket?.send(encodeFrame(id, Date.now(), jpeg));
    this.#expect();
    return true;
  }

  /** The network came back, or the page was brought to the front. */
  hurry() {
    this.#backoff.hurry();
  }

  close() {
    this.#closed = true;
    this.#heard();
    this.#backoff.hurry();
    this.#socket?.close();
    this.#socket = null;
    this.#events.onState('closed');
  }

  #open() {
    this.#events.onState(this.#backoff.attempt === 0 ? 'connecting' : 'returning');
    const socket = new WebSocket(this.#address);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#expect();
    let refused = false;
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      this.#heard();
      if (typeof data !== 'string') {
        this.#take(data);
        return;
      }
      const message = parseMessage(data);
      refused ||= message?.type === 'error' && !message.recoverable;
      if (message) this.#hear(message);
    };
    socket.onclose = () => {
      if (socket !== this.#socket || this.#closed) return;
      if (!refused) {
        this.#lose();
        return;
      }
      this.#leave();
      this.#events.onState('refused');
    };
  }

  /** An answer has to come from here on. */
  #expect() {
    this.#silence ??= setTimeout(() => this.#lose(), SILENT_MS);
  }

  #heard() {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  /** What the socket still says is void. */
  #leave() {
    this.#heard();
    this.#ready = false;
    this.#waitingFor = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #lose() {
    this.#leave();
    void this.#comeBack();
  }

  async #comeBack() {
    this.#events.onState('returning');
    await this.#backoff.wait();
    if (!this.#closed) this.#open();
  }

  /** @param {import('./frame-messages.js').FrameMessage} message */
  #hear(message) {
    switch (message.type) {
      case 'connected':
        this.#backoff.reset();
        // The first one greets; the next one says that a profile stands.
        if (message.mode === null) {
          if (Object.keys(this.#view).length > 0) this.#say({ type: 'update_viz', settings: this.#view });
          if (Object.keys(this.#config).length > 0) this.#say({ type: 'init', config: this.#config });
        } else {
          this.#ready = true;
          this.#events.onState('live');
        }
        this.#events.onConnected(message);
        break;
      case 'segmentation':
        this.#facts = message;
        break;
      case 'error':
        if (this.#waitingFor !== null) {
          this.#events.onDropped?.(this.#waitingFor);
          this.#waitingFor = null;
        }
        this.#events.onError(message);
        break;
      default:
        break;
    }
  }

  /** @param {ArrayBuffer} data */
  #take(data) {
    const answer = decodeAnswer(data);
    const facts = this.#facts;
    this.#facts = null;
    if (!answer) return;
    if (answer.id === this.#waitingFor) this.#waitingFor = null;
    if (facts?.id === answer.id) this.#events.onAnswer(facts, answer.file);
  }

  /** @param {Record<string, unknown>} message */
  #say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
