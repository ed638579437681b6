// Signalling's half of a session: the hub connection and the place in the room.
import { Hub, Refusal } from './hub.js';
import { KeptPlace } from './kept-place.js';
import { NodeAddress } from './node-address.js';
import { SilenceWatch } from './silence-watch.js';

/** @typedef {import('./messages.js').Message} Message */
/** @typedef {import('./messages.js').JoinReply} JoinReply */
/**
 * @typedef {{
 *   room: string, role: 'phone'|'viewer', name?: string, token?: string, view?: 'annotated'|'source', takeover?: boolean,
 * }} JoinRequest
 */
/** @typedef {(onMessage: (message: Message) => void, onLost: () => void, url: string) => Hub} HubMaker */

/**
 * @typedef {object} PlaceListener
 * @property {(message: Message) => void} onMessage
 * @property {() => void} onLost the hub connection ended, and not by us
 * @property {(reply: JoinReply, samePeer: boolean) => void} onJoined
 */

/** A relay's password is good for an hour; a connection made later asks for a new one. */
const SERVERS_GOOD_MS = 45 * 60_000;
/** From node to node, before the answers count as nonsense. */
const MAX_MOVES = 6;
/** Refusals that send a client on: to the node that it was told of, or to any. */
const GOES_ON = new Set(['redirect', 'bad_hint']);

/** A place in a room: joined, taken again with the resume token after a loss, given up on purpose. Owns the hub connection. */
export class RoomPlace {
  /** @type {() => JoinRequest} */ #request;
  /** @type {PlaceListener} */ #listener;
  /** @type {HubMaker} */ #makeHub;
  /** @type {KeptPlace} */ #kept;
  /** @type {Hub|null} */ #hub = null;
  /** @type {JoinReply|null} */ #reply = null;
  /** Whether the open hub knows our place: a refused join leaves it open. */
  #joined = false;
  #joinedAt = 0;
  #closed = false;
  #node = new NodeAddress();
  #silence = new SilenceWatch(() => this.#leaveNode());

  /** @param {() => JoinRequest} request what to join with just now @param {PlaceListener} listener @param {HubMaker} [makeHub] */
  constructor(request, listener, makeHub = (...parts) => new Hub(...parts)) {
    this.#request = request;
    this.#listener = listener;
    this.#makeHub = makeHub;
    const { room, role } = request();
    this.#kept = new KeptPlace(room, role);
  }

  get hub() {
    return this.#hub;
  }

  get isTaken() {
    return this.#reply !== null;
  }

  get iceServers() {
    return this.#reply?.ice_servers ?? [];
  }

  /** Makes what is missing: the hub connection, the place, wherever in the cluster that is. @returns {Promise<Hub>} */
  async enter() {
    for (let moves = 0; ; moves++) {
      try {
        const hub = await this.#open();
        if (!this.#joined) await this.#join(hub);
        return hub;
      } catch (error) {
        if (this.#closed || moves === MAX_MOVES || !await this.#goOn(error)) throw error;
      }
    }
  }

  /** What failed at one node may succeed at another. @param {unknown} error @returns {Promise<boolean>} */
  async #goOn(error) {
    if (error instanceof Refusal) {
      if (!GOES_ON.has(error.code)) return false;
      if (error.code === 'bad_hint') this.#node.reset();
    } else if (this.#hub?.isOpen || !this.#node.failed()) {
      return false;
    }
    await this.#dropHub();
    return true;
  }

  async #dropHub() {
    const hub = this.#hub;
    this.#hub = null;
    await hub?.close();
  }

  /** @returns {Promise<Hub>} */
  async #open() {
    if (this.#hub?.isOpen) return this.#hub;
    await this.#hub?.close();
    const hub = this.#makeHub((message) => this.#receive(hub, message), () => {
      // An old connection's end is void.
      if (hub === this.#hub) this.#listener.onLost();
    }, this.#node.url);
    this.#hub = hub;
    this.#joined = false;
    await hub.open();
    return hub;
  }

  /** @param {Hub} hub @param {Message} message */
  #receive(hub, message) {
    if (message.type !== 'redirect') {
      this.#listener.onMessage(message);
    } else if (hub === this.#hub && this.#node.redirect(message.url) && this.#joined) {
      // The room has moved from under this place.
      this.#joined = false;
      void this.#dropHub();
      this.#listener.onLost();
    }
  }

  /** @param {Hub} hub */
  async #join(hub) {
    const before = this.#reply;
    const resume = before?.resume ?? await this.#kept.read();
    const reply = /** @type {JoinReply} */ (await hub.call('Join', { ...this.#request(), resume }));
    if (this.#closed) throw new Error('the place was left while it was taken');
    this.#reply = reply;
    this.#joined = true;
    this.#joinedAt = Date.now();
    this.#kept.keep(reply.resume);
    this.#node.joined(reply);
    this.#silence.start(reply.node !== undefined);
    this.#listener.onJoined(reply, before === null || before.peer_id === reply.peer_id);
  }

  /** Joining again with the resume token changes nothing but the relays' passwords. */
  async renewServers() {
    const old = Date.now() - this.#joinedAt > SERVERS_GOOD_MS;
    if (old && this.#hub && this.iceServers.some(({ credential }) => credential)) await this.#join(this.#hub);
  }

  /** The server no longer knows the place: the next enter() joins again. */
  expire() {
    this.#joined = false;
  }

  /** A message came, over whichever connection. */
  heard() {
    this.#silence.heard();
  }

  /** The node has fallen silent: the next enter() asks another, which knows whether it is gone. */
  #leaveNode() {
    if (!this.#joined) return;
    this.#node.failed();
    this.#joined = false;
    void this.#dropHub();
    this.#listener.onLost();
  }

  /** Gives the place up; what comes next joins as a new member. */
  leave() {
    this.#silence.stop();
    const hub = this.#hub;
    this.#hub = null;
    this.#reply = null;
    this.#kept.forget();
    if (hub) hub.call('Leave').catch(() => {}).finally(() => hub.close());
  }

  /** The same, for the page's end: within 300 ms. */
  async close() {
    this.#closed = true;
    this.#silence.stop();
    this.#kept.forget();
    const hub = this.#hub;
    if (hub?.isOpen) await Promise.race([hub.call('Leave').catch(() => {}), new Promise((resolve) => setTimeout(resolve, 300))]);
    await hub?.close();
  }
}
