// The connection to the signalling hub.
import { asMessage } from './messages.js';

/** @typedef {import('./messages.js').Message} Message */

/** SignalR declares a server gone after this long without a sign of life (the server pings every 15 s). */
const SERVER_TIMEOUT_MS = 25_000;
const KEEP_ALIVE_MS = 5_000;
const CALL_TIMEOUT_MS = 10_000;

const PUSHED = /** @type {const} */ (['peers', 'detections', 'stats', 'notice', 'settings', 'redirect']);

/** What a hub method answered when it refused: a code to decide by and a sentence to show. */
export class Refusal extends Error {
  /** @param {string} raw SignalR's message around the server's own */
  constructor(raw) {
    const own = raw.replace(/^.*?HubException:\s*/s, '');
    const match = /^([a-z][a-z0-9_]*):\s+(.*)$/s.exec(own);
    super(match ? match[2] : own);
    /** @type {string} */
    this.code = match ? match[1] : 'refused';
  }
}

/** One connection to the signalling hub. It never reconnects: who owns it decides when to make another. */
export class Hub {
  /** @type {import('@microsoft/signalr').HubConnection} */
  #connection;
  #closing = false;

  /**
   * @param {(message: Message) => void} onMessage
   * @param {() => void} onLost called once, and not after close()
   * @param {string} [url] that of another node of the cluster; a page may open a socket there, and fetch nothing
   */
  constructor(onMessage, onLost, url = '/hub') {
    const elsewhere = new URL(url, location.href).origin !== location.origin;
    this.#connection = new signalR.HubConnectionBuilder()
      .withUrl(url, elsewhere ? { skipNegotiation: true, transport: signalR.HttpTransportType.WebSockets } : {})
      .configureLogging(signalR.LogLevel.None)
      .build();
    this.#connection.serverTimeoutInMilliseconds = SERVER_TIMEOUT_MS;
    this.#connection.keepAliveIntervalInMilliseconds = KEEP_ALIVE_MS;
    for (const type of PUSHED) {
      this.#connection.on(type, (body) => {
        const message = asMessage(type, body);
        if (message) onMessage(message);
      });
    }
    this.#connection.onclose(() => {
      if (!this.#closing) onLost();
    });
  }

  async open() {
    await within(this.#connection.start(), CALL_TIMEOUT_MS);
  }

  get isOpen() {
    return this.#connection.state === signalR.HubConnectionState.Connected;
  }

  /**
   * @template T
   * @param {string} method
   * @param {object} [body]
   * @returns {Promise<T>}
   */
  async call(method, body) {
    try {
      const call = body === undefined ? this.#connection.invoke(method) : this.#connection.invoke(method, body);
      return await within(call, CALL_TIMEOUT_MS);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw text.includes('HubException') ? new Refusal(text) : error;
    }
  }

  async close() {
    this.#closing = true;
    await this.#connection.stop().catch(() => {});
  }
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {number} milliseconds
 * @returns {Promise<T>}
 */
function within(work, milliseconds) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timeout')), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
