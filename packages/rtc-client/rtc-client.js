// A client of Rtc, the vision media server, for pages and for Node.
import { RoomConnection } from './room-connection.js';
import { RtcError } from './rtc-error.js';
import { serverSentEvents } from './server-sent-events.js';

/** @typedef {import('../../wwwroot/js/session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').StatsMessage} StatsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').NoticeMessage} NoticeMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').SettingsMessage} SettingsMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').PeersMessage} PeersMessage */
/** @typedef {import('../../wwwroot/js/session/messages.js').RoomSettings} RoomSettings */
/** @typedef {import('../../wwwroot/js/session/messages.js').Mode} Mode */
/** @typedef {import('./room-connection.js').RoomEventMap} RoomEventMap */

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

const PATIENCE_MS = 30_000;
const CONNECT_MS = 20_000;
const GATHER_MS = 500;
const RETRY_MS = 1_000;
/** From node to node of a cluster. */
const MAX_HOPS = 4;
const OVER = ['completed', 'failed', 'cancelled'];

export { RoomConnection, RtcError };

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
    const query = queryOf({ mode, name, takeover: takeover ? 'true' : undefined, follow: 'false' });
    return this.#join(`/whip/${encodeURIComponent(room)}${query}`, (peer) => {
      peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    });
  }

  /** Joins as a viewer. @param {string} room @param {WatchOptions} [options] */
  watch(room, { view = 'annotated', video = true } = {}) {
    return this.#join(`/whep/${encodeURIComponent(room)}${queryOf({ view, follow: 'false' })}`, (peer) => {
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
    let response = await fetch(address, request);
    // Another node has the room: a browser that is sent there leaves the token behind, and the page's origin too.
    for (let hops = 0; isRoom && hops < MAX_HOPS && response.status === 409; hops++) {
      const elsewhere = response.headers.get('location');
      if (!elsewhere) break;
      // A key is for its own server.
      delete headers['x-api-key'];
      response = await fetch(elsewhere, request);
    }
    return response;
  }
}

/** @param {Record<string, unknown>} values @returns {string} with its question mark; what is undefined is left out */
function queryOf(values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text && `?${text}`;
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
