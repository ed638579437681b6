// A page's session with a room.
import { Backoff } from './backoff.js';
import {
  CAMERA_TAKEN, isCameraTaken, isFinal, isPeerGone, isPlaceGone,
  REPLACED, SERVER_DRAINING, VIEW_CHANGED, VIEW_FORBIDDEN,
} from './codes.js';
import { ErrorQueue } from './error-queue.js';
import { Refusal } from './hub.js';
import { Link } from './link.js';
import { watchNetwork } from './network-change.js';
import { RoomCommands } from './room-commands.js';
import { RoomPlace } from './room-place.js';

/** @typedef {import('./error-queue.js').SessionError} SessionError */
/** @typedef {import('./hub.js').Hub} Hub */
/** @typedef {import('./messages.js').Message} Message */
/** @typedef {import('./messages.js').JoinReply} JoinReply */
/** @typedef {import('./messages.js').RoomSettings} RoomSettings */

/**
 * connecting: the first time · live: picture and messages flow · repairing: the network changed and another way to
 * the same peer is tried · returning: signalling or peer were lost and the place in the room is taken again ·
 * offline: the device itself has no network · refused: the server said no, for good · closed: left on purpose
 * @typedef {'connecting'|'live'|'repairing'|'returning'|'offline'|'refused'|'closed'} SessionState
 */

/**
 * @typedef {object} SessionOptions
 * @property {string} room
 * @property {'phone'|'viewer'} role
 * @property {string} [name]
 * @property {string} [token]
 * @property {'annotated'|'source'} [view]
 * @property {MediaStream|null} [local]
 * @property {boolean} [receive]
 * @property {number} [maxBitrate]
 * @property {boolean} [takeover] take the place of the phone on air
 */

/**
 * @typedef {object} SessionListener
 * @property {(state: SessionState, reason: string, code: string) => void} onState the code of a refusal or notice that ended it
 * @property {(stream: MediaStream, receiver: RTCRtpReceiver) => void} onTrack
 * @property {(message: Message) => void} onMessage
 * @property {(reply: JoinReply) => void} onJoined
 */

/**
 * How a session makes its connections; tests give it others.
 * @typedef {object} SessionParts
 * @property {import('./room-place.js').HubMaker} [makeHub]
 * @property {(...parts: ConstructorParameters<typeof Link>) => Link} [makeLink]
 */

const QUIET_ATTEMPTS = 2;
const CONNECT_PATIENCE_MS = 12_000;
const DEFAULT_BITRATE = 2_500_000;

/**
 * A place in a room, kept against everything that may break it. One loop joins, connects, waits for an error and
 * mends it from the cheapest cure upwards: ICE restart, a new connection in the same place, a new join with the
 * resume token.
 */
export class Session {
  /** @type {SessionOptions} */ #options;
  /** @type {SessionListener} */ #listener;
  /** @type {NonNullable<SessionParts['makeLink']>} */ #makeLink;
  /** @type {RoomPlace} */ #place;
  /** @type {Link|null} */ #link = null;
  #backoff = new Backoff();
  #closed = false;
  /** @type {SessionState} */ #state = 'connecting';
  #errors = new ErrorQueue();
  #commands = new RoomCommands(() => ({ hub: this.#place.hub, link: this.#link }), (notice) => this.#listener.onMessage(notice));
  #abort = new AbortController();

  /**
   * @param {SessionOptions} options
   * @param {SessionListener} listener
   * @param {SessionParts} [parts]
   */
  constructor(options, listener, { makeHub, makeLink = (...parts) => new Link(...parts) } = {}) {
    this.#options = options;
    this.#listener = listener;
    this.#makeLink = makeLink;
    this.#place = new RoomPlace(() => {
      const { room, role, name, token, view, takeover } = this.#options;
      return takeover ? { room, role, name, token, view, takeover } : { room, role, name, token, view };
    }, {
      onMessage: (message) => this.#receive(message),
      onLost: () => this.#errors.add('hub'),
      onJoined: (reply, samePeer) => {
        // Whoever took the place from this one meanwhile keeps it.
        this.#options = { ...this.#options, takeover: false };
        listener.onJoined(reply);
        if (!samePeer) this.#link?.close();
      },
    }, makeHub);
    const { signal } = this.#abort;
    window.addEventListener('online', () => this.#onOnline(), { signal });
    window.addEventListener('offline', () => this.#tell('offline'), { signal });
    watchNetwork(() => this.#link && this.#errors.add('broken'), signal);
    document.addEventListener('visibilitychange', () => this.#onVisible(), { signal });
    window.addEventListener('pagehide', () => void this.close(), { signal });
  }

  get state() {
    return this.#state;
  }

  get peerConnection() {
    return this.#link?.peerConnection ?? null;
  }

  /** Runs until close() or a final refusal. */
  async run() {
    this.#tell('connecting');
    while (!this.#closed) {
      try {
        await this.#enter();
        this.#backoff.reset();
        this.#tell('live');
        await this.#stay();
      } catch (error) {
        if (this.#closed || !await this.#recover(error)) break;
      }
    }
    await this.close();
  }

  /** Decides what an error asks for, and waits its time. @param {unknown} error @returns {Promise<boolean>} false where it is final */
  async #recover(error) {
    const refusal = error instanceof Refusal ? error : null;
    if (refusal?.code === VIEW_FORBIDDEN) {
      // The other view may be had: as if the room had become private a moment later.
      this.#receive({ type: 'notice', code: VIEW_CHANGED, message: refusal.message, recoverable: true });
      return true;
    }
    if (refusal && (isFinal(refusal.code) || isCameraTaken(refusal))) {
      this.#tell('refused', refusal.message, isCameraTaken(refusal) ? CAMERA_TAKEN : refusal.code);
      return false;
    }
    if (refusal && isPlaceGone(refusal.code)) this.#place.expire();
    this.#tellAway(refusal?.message ?? '');
    await this.#backoff.wait();
    return true;
  }

  /** While the picture flows a short loss of signalling is not worth telling. @param {string} reason */
  #tellAway(reason) {
    if (this.#link?.isConnected && navigator.onLine && this.#backoff.attempt < QUIET_ATTEMPTS) return;
    this.#tell(navigator.onLine ? (this.#place.isTaken ? 'returning' : 'connecting') : 'offline', reason);
  }

  /** Makes whatever is missing: hub, place in the room, connection. */
  async #enter() {
    this.#errors.clear();
    const hub = await this.#place.enter();
    if (!this.#link?.isConnected) await this.#connect(hub);
  }

  /** @param {Hub} hub */
  async #connect(hub) {
    if (this.#link) {
      this.#link?.close();
      await this.#place.renewServers();
      await hub.call('Restart');
    }
    const link = this.#makeLink(hub, {
      iceServers: this.#place.iceServers,
      local: this.#options.local ?? null,
      receive: this.#options.receive ?? true,
      maxBitrate: this.#options.maxBitrate ?? DEFAULT_BITRATE,
    }, {
      onTrack: (stream, receiver) => this.#listener.onTrack(stream, receiver),
      onMessage: (message) => this.#receive(message),
      onError: (error) => {
        // An old link's end is void.
        if (link === this.#link) this.#errors.add(error);
      },
    });
    this.#link = link;
    await link.connect();
    if (!await link.connected(CONNECT_PATIENCE_MS)) throw new Error('no way to the server');
  }

  /** Returns when a cure worked no longer or was not possible; the caller then enters anew. */
  async #stay() {
    for (;;) {
      const error = await this.#errors.next();
      if (error === null || error === 'asked') return;
      if (error === 'broken') {
        this.#tell(navigator.onLine ? 'repairing' : 'offline');
        if (!await this.#repair()) throw new Error('the path was lost');
        this.#tell('live');
      } else if (error === 'moved') {
        this.#tell('returning');
        this.#link?.close();
        this.#leave();
        throw new Error('the server is stopping');
      } else if (error === 'closed') {
        this.#tell('returning');
        throw new Error('the peer was closed');
      } else {
        // Only signalling is gone. The picture may still flow, so the link stays while the place is taken again.
        if (!this.#link?.isConnected) this.#tell('returning');
        throw new Error('signalling was lost');
      }
    }
  }

  /** An ICE restart on the same connection. @returns {Promise<boolean>} */
  async #repair() {
    if (!this.#place.hub?.isOpen || !this.#link) return false;
    await this.#place.renewServers();
    return this.#link.repair(this.#place.iceServers);
  }

  /** @param {Message} message */
  #receive(message) {
    this.#place.heard();
    if (message.type === 'notice') this.#onNotice(message);
    this.#listener.onMessage(message);
  }

  /** @param {import('./messages.js').NoticeMessage} notice */
  #onNotice({ code, message }) {
    if (isPeerGone(code) && this.#link) {
      this.#link.close();
      this.#errors.add('closed');
    } else if (code === SERVER_DRAINING && this.#place.hub) {
      this.#errors.add('moved');
    } else if (code === VIEW_CHANGED) {
      this.#options = { ...this.#options, view: 'annotated' };
    } else if (code === REPLACED) {
      this.#tell('refused', message, code);
      void this.close();
    }
  }

  #onOnline() {
    this.#backoff.hurry();
    // The connection may have outlived it: then nothing else would say so.
    if (this.#state === 'offline' && this.#link) this.#errors.add('broken');
  }

  #onVisible() {
    if (document.visibilityState !== 'visible') return;
    this.#backoff.hurry();
    // A page that slept may hold a connection that the server gave up long ago.
    const state = this.#link?.peerConnection.connectionState;
    if (this.#state === 'live' && (state === 'disconnected' || state === 'failed')) this.#errors.add('broken');
  }

  /** @param {SessionState} state @param {string} [reason] @param {string} [code] */
  #tell(state, reason = '', code = '') {
    if (this.#state === 'closed') return;
    this.#state = state;
    this.#listener.onState(state, reason, code);
  }

  /** Leaves the link and makes another with other options; the place in the room stays. @param {Partial<SessionOptions>} change */
  reconnect(change) {
    const another = change.view !== undefined && change.view !== this.#options.view;
    this.#options = { ...this.#options, ...change };
    this.#link?.close();
    if (another) this.#leave();
    this.#errors.add('asked');
  }

  /** Gives the place up; what comes next joins as a new member. */
  #leave() {
    this.#link = null;
    this.#place.leave();
  }

  /** @param {MediaStream} stream @param {number} maxBitrate */
  async replaceCamera(stream, maxBitrate) {
    this.#options = { ...this.#options, local: stream, maxBitrate };
    const track = stream.getVideoTracks()[0];
    if (track) await this.#link?.replaceCamera(track, maxBitrate);
  }

  /** @param {number} x @param {number} y fractions of the upright picture @param {0|1} [slot] two things can be in focus */
  select(x, y, slot = 0) { this.#commands.select(x, y, slot); }

  release() { this.#commands.release(); }

  /** @param {Partial<RoomSettings>} patch */
  configure(patch) { this.#commands.configure(patch); }

  /** By the channel alone: of use only while it is fresh. @param {object} body */
  post(body) { return this.#link?.post(body) ?? false; }

  /** This page detects no more: the server goes on. */
  handOver() { this.#commands.handOver(); }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#abort.abort();
    this.#backoff.hurry();
    this.#errors.close();
    if (this.#state !== 'refused') this.#tell('closed');
    this.#link?.close();
    await this.#place.close();
  }
}
