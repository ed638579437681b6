// A client of Rtc, the vision media server, for pages and for Node.
import { readMessage } from '../../wwwroot/js/session/messages.js';

/** @typedef {import('../../wwwroot/js/session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').StatsMessage} StatsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').NoticeMessage} NoticeMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').SettingsMessage} SettingsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').PeersMessage} PeersMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').RoomSettings} RoomSettings */
/** @typedef {import('../../wwwroot/js/session/messages.js').Mode} Mode */

/**
 * @typedef {object} ClientOptions
 * @property {string} [token] a join token, sent with all that concerns a room
 * @property {string} [key] a user's key or the server's API key, sent with everything else; and with rooms where there is no token
 * @property {RTCIceServer[]} [iceServers] TURN servers, where the server's media port can't be reached
 */

/** @typedef {{mode?: Mode, name?: string, takeover?: boolean}} PublishOptions */
/** @typedef {{view?: 'annotated'|'source', video?: boolean}} WatchOptions without video results alone come */
/** @typedef {{room: string, phones: number, viewers: number, width: number, height: number, fps: number, model: string}} RoomStatus */
/** @typedef {{video_id: string, name: string, duration_seconds: number, width: number, height: number, status: string}} Video */

/**
 * @typedef {object} Job
 * @property {string} job_id
 * @property {string} kind
 * @property {string|null} video_id
 * @property {'queued'|'processing'|'completed'|'failed'|'cancelled'} status
 * @property {number} progress 0 to 1
 * @property {{id: string, label: string, status: string, seconds: number}[]} steps
 * @property {string|null} error
 */

/**
 * @typedef {object} RoomEvent
 * @property {number} event_id grows from each event to the next
 * @property {string} room
 * @property {string} rule_id
 * @property {string} when
 * @property {string|null} class
 * @property {number} track_id
 * @property {string} happened_at
 * @property {string|null} thumbnail_url
 */

/** @typedef {{room?: string, class?: string, rule?: string, from?: string, to?: string}} EventQuery */

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

const PATIENCE_MS = 30_000;
const CONNECT_MS = 20_000;
const ANSWER_MS = 10_000;
/** Notices come by the channel of the detections, which repeats nothing. */
const NOTICE_MS = 1_000;
const MAX_NOTICE_PINGS = 10;
const GATHER_MS = 500;
const RETRY_MS = 1_000;
const OVER = ['completed', 'failed', 'cancelled'];
/** Notices that say no to a command; the others come by themselves. */
const REFUSALS = ['bad_value', 'bad_message', 'forbidden', 'message_too_large', 'privacy_guarded', 'too_many_messages'];

/** The server said no, or could not be reached: a code for programs, and the server's sentence as the message. */
export class RtcError extends Error {
  /** @param {string} code @param {string} message @param {number|null} [status] of the HTTP answer */
  constructor(code, message, status = null) {
    super(message);
    this.name = 'RtcError';
    this.code = code;
    this.status = status;
  }
}

/** A server: its rooms, what happened in them, and work on videos. */
export class RtcClient {
  /** @type {string} */ #server;
  /** @type {ClientOptions} */ #options;

  /** @param {string} server as https://rtc.example; its Http:CorsOrigins lists this page's origin @param {ClientOptions} [options] */
  constructor(server, options = {}) {
    this.#server = server.replace(/\/+$/, '');
    this.#options = options;
  }

  /** Rooms on air. @returns {Promise<RoomStatus[]>} */
  rooms() {
    return this.#json('GET', '/api/rooms', { isRoom: true });
  }

  /** @param {string} room @returns {Promise<RoomStatus>} rejects with the status 404 where nobody is in it */
  room(room) {
    return this.#json('GET', `/api/rooms/${encodeURIComponent(room)}`, { isRoom: true });
  }

  /** Joins as the room's camera. @param {string} room @param {MediaStream} stream @param {PublishOptions} [options] */
  publish(room, stream, { mode, name, takeover } = {}) {
    const [track] = stream.getVideoTracks();
    if (!track) return Promise.reject(new RtcError('no_video', 'The stream has no video.'));
    const query = queryOf({ mode, name, takeover: takeover ? 'true' : undefined });
    return this.#join(`/whip/${encodeURIComponent(room)}${query}`, (peer) => {
      peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    });
  }

  /** Joins as a viewer. @param {string} room @param {WatchOptions} [options] */
  watch(room, { view = 'annotated', video = true } = {}) {
    return this.#join(`/whep/${encodeURIComponent(room)}${queryOf({ view })}`, (peer) => {
      if (video) peer.addTransceiver('video', { direction: 'recvonly' });
    });
  }

  /** Newest first; next is the after of the following page. @param {EventQuery & {after?: string, limit?: number}} [query] */
  events(query = {}) {
    const asked = this.#json('GET', `/api/events${queryOf(query)}`, { isRoom: true });
    return /** @type {Promise<{events: RoomEvent[], next: string|null}>} */ (asked);
  }

  /** Events as they happen, on from the number of after. @param {EventQuery & {after?: number}} [query] @param {AbortSignal} [signal] */
  async *followEvents(query = {}, signal) {
    for await (const { type, data } of this.#follow(`/api/events/stream${queryOf(query)}`, true, signal)) {
      if (type === 'event') yield /** @type {RoomEvent} */ (JSON.parse(data));
    }
  }

  /** @param {Blob} film @param {string} name @returns {Promise<Video>} */
  upload(film, name) {
    return this.#json('POST', `/api/videos${queryOf({ name })}`, { body: film, type: film.type || 'video/mp4', hasOwnTime: true });
  }

  /** Starts a job, as of the kind analyse; its id. @param {string} videoId @param {string} kind @param {object} [options] */
  async createJob(videoId, kind, options = {}) {
    const body = JSON.stringify({ video_id: videoId, kind, options });
    /** @type {{job_id: string}} */ const accepted = await this.#json('POST', '/api/jobs', { body, type: 'application/json' });
    return accepted.job_id;
  }

  /** @param {string} id @returns {Promise<Job>} */
  job(id) {
    return this.#json('GET', `/api/jobs/${encodeURIComponent(id)}`);
  }

  /** The job now and each time it changes, until it is over. @param {string} id @param {AbortSignal} [signal] */
  async *followJob(id, signal) {
    for await (const { type, data } of this.#follow(`/api/jobs/${encodeURIComponent(id)}/events`, false, signal)) {
      if (type === 'job') yield /** @type {Job} */ (JSON.parse(data));
    }
  }

  /**
   * The job once it is over, however it ended; a server that is away for a moment is waited for.
   * @param {string} id @param {AbortSignal} [signal]
   */
  async waitForJob(id, signal) {
    for (;;) {
      try {
        for await (const job of this.followJob(id, signal)) if (OVER.includes(job.status)) return job;
      } catch (error) {
        if (signal?.aborted || (error instanceof RtcError && error.status !== null && error.status !== 503)) throw error;
      }
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    }
  }

  /** @param {string} id @returns {Promise<unknown>} rejects with the code job_not_completed where there is none */
  jobResult(id) {
    return this.#json('GET', `/api/jobs/${encodeURIComponent(id)}/result`);
  }

  /** @param {string} id @returns {Promise<Job>} */
  cancelJob(id) {
    return this.#json('DELETE', `/api/jobs/${encodeURIComponent(id)}`);
  }

  /** @param {string} path @param {(peer: RTCPeerConnection) => void} addMedia */
  async #join(path, addMedia) {
    const peer = new RTCPeerConnection({ iceServers: this.#options.iceServers ?? [] });
    /** @type {RoomConnection|null} */ let room = null;
    try {
      addMedia(peer);
      room = new RoomConnection(peer);
      await peer.setLocalDescription();
      await gathered(peer);
      const request = { body: peer.localDescription?.sdp, type: 'application/sdp', isRoom: true };
      const response = await this.#send('POST', path, request);
      const session = new URL(response.headers.get('location') ?? '', response.url || `${this.#server}${path}`).href;
      room.endsBy(() => void this.#fetch('DELETE', session, { isRoom: true, keepalive: true }).catch(() => {}));
      await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
      await room.connected(CONNECT_MS);
      return room;
    } catch (error) {
      room?.close();
      peer.close();
      throw error;
    }
  }

  /** @param {string} path @param {boolean} isRoom @param {AbortSignal} [signal] */
  async *#follow(path, isRoom, signal) {
    const response = await this.#send('GET', path, { isRoom, signal, hasOwnTime: true });
    if (response.body) yield* serverSentEvents(response.body);
  }

  /** @param {string} method @param {string} path @param {Ask} [request] @returns {Promise<any>} */
  async #json(method, path, request) {
    const response = await this.#send(method, path, request);
    return response.json();
  }

  /** @param {string} method @param {string} path @param {Ask} [request] */
  async #send(method, path, request) {
    let response;
    try {
      response = await this.#fetch(method, `${this.#server}${path}`, request);
    } catch (error) {
      if (request?.signal?.aborted) throw error;
      const isLate = error instanceof DOMException && error.name === 'TimeoutError';
      throw new RtcError(isLate ? 'timeout' : 'unreachable', isLate ? 'The server did not answer.' : 'The server can\'t be reached.');
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    const code = problem.code ?? problem.title ?? String(response.status);
    throw new RtcError(code, problem.detail ?? response.statusText ?? code, response.status);
  }

  /**
   * @typedef {{body?: BodyInit, type?: string, isRoom?: boolean, hasOwnTime?: boolean, keepalive?: boolean, signal?: AbortSignal}} Ask
   * @param {string} method @param {string} address @param {Ask} [request]
   */
  async #fetch(method, address, { body, type, isRoom, hasOwnTime, keepalive, signal } = {}) {
    const { token, key } = this.#options;
    /** @type {Record<string, string>} */ const headers = {};
    if (type) headers['content-type'] = type;
    if (isRoom && token) headers.authorization = `Bearer ${token}`;
    else if (key) headers['x-api-key'] = key;
    const request = { method, headers, body, keepalive, signal: hasOwnTime ? signal : AbortSignal.timeout(PATIENCE_MS) };
    const response = await fetch(address, request);
    // Another node has the room: browsers go there by themselves and leave the token behind. No key is taken along.
    return isRoom && token && response.status === 401 && response.redirected ? fetch(response.url, request) : response;
  }
}

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
    if (this.#closed) throw new RtcError('closed', 'The connection is closed.');
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

/**
 * Server-sent events of a body, as they come.
 * @param {ReadableStream<Uint8Array>} body @returns {AsyncGenerator<{type: string, data: string}>}
 */
async function* serverSentEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = /** @type {string} */ (blocks.pop());
      for (const block of blocks) yield readBlock(block);
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/** @param {string} block */
function readBlock(block) {
  let type = 'message';
  /** @type {string[]} */ const data = [];
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === 'event') type = value;
    else if (name === 'data') data.push(value);
  }
  return { type, data: data.join('\n') };
}

/** @param {Record<string, unknown>} values @returns {string} with its question mark; what is undefined is left out */
function queryOf(values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text && `?${text}`;
}

/** @template T @param {Promise<T>} work @param {number} milliseconds @param {string} late @returns {Promise<T>} */
function within(work, milliseconds, late) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new RtcError('timeout', late)), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The candidates that come at once; the server finds the rest by itself. @param {RTCPeerConnection} peer @returns {Promise<void>} */
function gathered(peer) {
  if (peer.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    });
  });
}
