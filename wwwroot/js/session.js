import { Backoff } from './backoff.js';
import { Hub, Refusal } from './hub.js';
import { Link } from './link.js';
import { watchNetwork } from './network.js';
import { KeptPlace } from './place.js';
import { Troubles } from './troubles.js';
import { Wishes } from './wishes.js';

/** @typedef {import('./troubles.js').Trouble} Trouble */
/** @typedef {import('./wire.js').Message} Message */
/** @typedef {import('./wire.js').JoinReply} JoinReply */
/** @typedef {import('./wire.js').RoomSettings} RoomSettings */

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
 */

/**
 * @typedef {object} SessionListener
 * @property {(state: SessionState, reason: string) => void} onState
 * @property {(stream: MediaStream, receiver: RTCRtpReceiver) => void} onTrack
 * @property {(message: Message) => void} onMessage
 * @property {(reply: JoinReply) => void} onJoined
 */

const QUIET_ATTEMPTS = 2;
const CONNECT_PATIENCE_MS = 12_000;
/** A relay's password is good for an hour; a connection made later asks for a new one. */
const SERVERS_GOOD_MS = 45 * 60_000;
/** Refusals that asking again cannot change. */
const FINAL = new Set(['bad_room', 'bad_role', 'bad_view', 'bad_token', 'token_expired', 'token_invalid', 'token_required', 'forbidden', 'bad_request', 'no_video']);
/** Notices that say this server-side peer is gone, before the network would show it. */
const PEER_GONE = new Set(['peer_closed', 'server_stopping']);
/** A notice that says that this server is about to stop: the same address will lead to another, or to its successor. */
const MOVE = 'server_draining';
/** The server knows our place no longer: it waited long enough, or gave it away. */
const PLACE_GONE = new Set(['unknown_session', 'not_joined']);

/**
 * A place in a room, kept against everything that may break it. One loop joins, connects, waits for trouble and
 * mends it from the cheapest cure upwards: ICE restart, a new connection in the same place, a new join with the
 * resume token.
 */
export class Session {
  /** @type {SessionOptions} */ #options;
  /** @type {SessionListener} */ #listener;
  /** @type {Hub|null} */ #hub = null;
  /** @type {Link|null} */ #link = null;
  /** @type {JoinReply|null} */ #place = null;
  #joinedAt = 0;
  /** @type {KeptPlace} */ #kept;
  #backoff = new Backoff();
  #closed = false;
  /** Whether the open hub knows our place: a refused join leaves it open. */
  #joined = false;
  /** @type {SessionState} */ #state = 'connecting';
  #troubles = new Troubles();
  #wishes = new Wishes(() => ({ hub: this.#hub, link: this.#link }), (notice) => this.#listener.onMessage(notice));
  #abort = new AbortController();

  /**
   * @param {SessionOptions} options
   * @param {SessionListener} listener
   */
  constructor(options, listener) {
    this.#options = options;
    this.#listener = listener;
    this.#kept = new KeptPlace(options.room, options.role);
    const { signal } = this.#abort;
    window.addEventListener('online', () => this.#backoff.hurry(), { signal });
    window.addEventListener('offline', () => this.#tell('offline'), { signal });
    watchNetwork(() => this.#link && this.#report('broken', this.#link), signal);
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
        if (this.#closed) break;
        if (error instanceof Refusal && error.code === 'view_forbidden') {
          // The other view may be had: as if the room had become private a moment later.
          this.#receive({ type: 'notice', code: 'view_changed', message: error.message, recoverable: true });
          continue;
        }
        if (error instanceof Refusal && FINAL.has(error.code)) {
          this.#tell('refused', error.message);
          break;
        }
        if (error instanceof Refusal && PLACE_GONE.has(error.code)) this.#joined = false;
        this.#tellAway(error instanceof Refusal ? error.message : '');
        await this.#backoff.wait();
      }
    }
    await this.close();
  }

  /** While the picture flows a short loss of signalling is nobody's worry. @param {string} reason */
  #tellAway(reason) {
    if (this.#link?.isConnected && navigator.onLine && this.#backoff.attempt < QUIET_ATTEMPTS) return;
    this.#tell(navigator.onLine ? (this.#place ? 'returning' : 'connecting') : 'offline', reason);
  }

  /** Makes whatever is missing: hub, place in the room, connection. */
  async #enter() {
    this.#troubles.clear();
    if (!this.#hub?.isOpen) {
      await this.#hub?.close();
      const hub = new Hub((message) => this.#receive(message), () => this.#report('hub', hub));
      this.#hub = hub;
      this.#joined = false;
      await hub.open();
    }
    if (!this.#joined) await this.#join(this.#hub);
    if (this.#link?.isConnected) return;
    await this.#connect();
  }

  /** @param {Hub} hub */
  async #join(hub) {
    const { room, role, name, token, view } = this.#options;
    const before = this.#place;
    const resume = before?.resume ?? await this.#kept.read();
    const reply = /** @type {JoinReply} */ (await hub.call('Join', { room, role, name, token, view, resume }));
    this.#place = reply;
    this.#joined = true;
    this.#joinedAt = Date.now();
    this.#kept.keep(reply.resume);
    this.#listener.onJoined(reply);
    if (before && before.peer_id !== reply.peer_id) this.#dropLink();
  }

  async #connect() {
    const hub = this.#hub;
    if (!hub || !this.#place) throw new Error('no place');
    if (this.#link) {
      this.#dropLink();
      await this.#renewServers(hub);
      await hub.call('Restart');
    }
    const link = new Link(hub, {
      iceServers: this.#place.ice_servers ?? [],
      local: this.#options.local ?? null,
      receive: this.#options.receive ?? true,
      maxBitrate: this.#options.maxBitrate ?? 2_500_000,
    }, {
      onTrack: (stream, receiver) => this.#listener.onTrack(stream, receiver),
      onMessage: (message) => this.#receive(message),
      onTrouble: (trouble) => this.#report(trouble, link),
    });
    this.#link = link;
    await link.connect();
    if (!await link.connected(CONNECT_PATIENCE_MS)) throw new Error('no way to the server');
  }

  /** Returns when a cure worked no longer or was not possible; the caller then enters anew. */
  async #stay() {
    for (;;) {
      const trouble = await this.#troubles.next();
      if (trouble === null || trouble === 'asked') return;
      if (trouble === 'broken') {
        this.#tell(navigator.onLine ? 'repairing' : 'offline');
        if (this.#hub?.isOpen && await this.#repair(this.#hub)) {
          this.#tell('live');
          continue;
        }
        throw new Error('the way was lost');
      }
      if (trouble === 'moved') {
        this.#tell('returning');
        this.#dropLink();
        this.#leave();
        throw new Error('the server is stopping');
      }
      if (trouble === 'closed') {
        this.#tell('returning');
        throw new Error('the peer was closed');
      }
      // Only signalling is gone. The picture may still flow, so the link stays while the place is taken again.
      if (!this.#link?.isConnected) this.#tell('returning');
      throw new Error('signalling was lost');
    }
  }

  /** @param {Hub} hub */
  async #repair(hub) {
    await this.#renewServers(hub);
    return this.#link?.repair(this.#place?.ice_servers ?? []);
  }

  /** Joining again with the resume token changes nothing but the relays' passwords. @param {Hub} hub */
  async #renewServers(hub) {
    if (this.#place?.ice_servers?.some(({ credential }) => credential) && Date.now() - this.#joinedAt > SERVERS_GOOD_MS) await this.#join(hub);
  }

  /** @param {Trouble} trouble @param {object} source the hub or link it came from; an old one's word is void */
  #report(trouble, source) {
    if (source !== this.#hub && source !== this.#link) return;
    this.#troubles.add(trouble);
  }

  /** @param {Message} message */
  #receive(message) {
    if (message.type === 'notice' && PEER_GONE.has(message.code) && this.#link) {
      this.#link.close();
      this.#report('closed', this.#link);
    }
    if (message.type === 'notice' && message.code === MOVE && this.#hub) this.#report('moved', this.#hub);
    if (message.type === 'notice' && message.code === 'view_changed') this.#options = { ...this.#options, view: 'annotated' };
    if (message.type === 'notice' && message.code === 'replaced') {
      // Coming back would take the place again, and so on for ever.
      this.#tell('refused', message.message);
      void this.close();
    }
    this.#listener.onMessage(message);
  }

  #onVisible() {
    if (document.visibilityState !== 'visible') return;
    this.#backoff.hurry();
    // A page that slept may hold a connection that the server gave up long ago.
    const state = this.#link?.peerConnection.connectionState;
    if (this.#state === 'live' && (state === 'disconnected' || state === 'failed') && this.#link) this.#report('broken', this.#link);
  }

  /** @param {SessionState} state @param {string} [reason] */
  #tell(state, reason = '') {
    if (this.#state === 'closed') return;
    this.#state = state;
    this.#listener.onState(state, reason);
  }

  #dropLink() {
    this.#link?.close();
  }

  /** Leaves the link and makes another with other options; the place in the room stays. @param {Partial<SessionOptions>} change */
  reconnect(change) {
    const another = change.view !== undefined && change.view !== this.#options.view;
    this.#options = { ...this.#options, ...change };
    this.#dropLink();
    if (another) this.#leave();
    this.#troubles.add('asked');
  }

  /** Gives the place up; what comes next joins as somebody new. */
  #leave() {
    const hub = this.#hub;
    this.#hub = null;
    this.#link = null;
    this.#place = null;
    this.#kept.forget();
    if (hub) hub.call('Leave').catch(() => {}).finally(() => hub.close());
  }

  /** @param {MediaStream} stream @param {number} maxBitrate */
  async replaceCamera(stream, maxBitrate) {
    this.#options = { ...this.#options, local: stream, maxBitrate };
    const track = stream.getVideoTracks()[0];
    if (track && this.#link) {
      await this.#link.replaceTrack(track);
      await this.#link.limit(maxBitrate);
    }
  }

  /** @param {number} x @param {number} y fractions of the upright picture @param {0|1} [slot] two things can be in focus */
  select(x, y, slot = 0) {
    this.#wishes.select(x, y, slot);
  }

  release() {
    this.#wishes.release();
  }

  /** @param {Partial<RoomSettings>} patch */
  configure(patch) {
    this.#wishes.configure(patch);
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#kept.forget();
    this.#abort.abort();
    this.#backoff.hurry();
    this.#troubles.close();
    if (this.#state !== 'refused') this.#tell('closed');
    this.#link?.close();
    const hub = this.#hub;
    if (hub?.isOpen) await Promise.race([hub.call('Leave').catch(() => {}), new Promise((resolve) => setTimeout(resolve, 300))]);
    await hub?.close();
  }
}
