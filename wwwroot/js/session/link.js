// The WebRTC connection.
import { readMessage } from './messages.js';

/** @typedef {import('./messages.js').Message} Message */
/** @typedef {import('./hub.js').Hub} Hub */
/** @typedef {'broken'|'closed'} LinkError broken: ICE lost its way; closed: the other side ended it */

/**
 * @typedef {object} LinkOptions
 * @property {RTCIceServer[]} iceServers
 * @property {RTCIceTransportPolicy} [policy]
 * @property {MediaStream|null} local what to send, or null to watch only
 * @property {boolean} receive whether a video is wanted back
 * @property {number} maxBitrate bits a second to send at most
 */

/**
 * @typedef {object} LinkListener
 * @property {(stream: MediaStream, receiver: RTCRtpReceiver) => void} onTrack
 * @property {(message: Message) => void} onMessage
 * @property {(error: LinkError) => void} onError
 */

/** ICE may say "disconnected" for a moment on a busy radio; only a longer silence counts. */
const DISCONNECTED_GRACE_MS = 1_500;
const RESTART_PATIENCE_MS = 6_000;

/**
 * One RTCPeerConnection and its data channel "vision". The page offers, the server answers. Detections are of
 * use only while fresh, so the channel is unordered and never sends twice.
 */
export class Link {
  /** @type {RTCPeerConnection} */ #pc;
  /** @type {RTCDataChannel} */ #channel;
  /** @type {Hub} */ #hub;
  /** @type {RTCRtpTransceiver} */ #transceiver;
  /** @type {(error: LinkError) => void} */ #onError;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #grace;
  /** @type {RTCIceCandidate[]|null} Candidates found before the answer came: the server knows no peer until then. */
  #early = [];
  #closed = false;
  #repairing = false;

  /**
   * @param {Hub} hub
   * @param {LinkOptions} options
   * @param {LinkListener} listener
   */
  constructor(hub, options, listener) {
    this.#hub = hub;
    this.#onError = listener.onError;
    const { iceServers, policy = 'all' } = options;
    this.#pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: policy, bundlePolicy: 'max-bundle' });
    this.#channel = this.#pc.createDataChannel('vision', { ordered: false, maxRetransmits: 0 });
    this.#channel.onmessage = (event) => {
      const message = readMessage(event.data);
      if (message) listener.onMessage(message);
    };
    this.#channel.onclose = () => this.#report('closed');
    this.#transceiver = this.#addVideo(options);
    this.#pc.ontrack = ({ track, receiver }) => listener.onTrack(new MediaStream([track]), receiver);
    this.#pc.onicecandidate = ({ candidate }) => this.#send(candidate);
    this.#pc.onconnectionstatechange = () => this.#watch();
  }

  /** @param {LinkOptions} options */
  #addVideo({ local, receive, maxBitrate }) {
    const track = local?.getVideoTracks()[0];
    if (!track || !local) return this.#pc.addTransceiver('video', { direction: 'recvonly' });
    const add = (/** @type {RTCRtpEncodingParameters} */ encoding) =>
      this.#pc.addTransceiver(track, { direction: receive ? 'sendrecv' : 'sendonly', streams: [local], sendEncodings: [encoding] });
    try {
      // Two temporal layers: viewers on thin links are sent every other picture, and a lost one of the upper layer needs no repair.
      return add(/** @type {RTCRtpEncodingParameters} */ ({ maxBitrate, scalabilityMode: 'L1T2' }));
    } catch {
      return add({ maxBitrate });
    }
  }

  get peerConnection() {
    return this.#pc;
  }

  get isConnected() {
    return this.#pc.connectionState === 'connected';
  }

  get channelOpen() {
    return this.#channel.readyState === 'open';
  }

  /** Offers, sets the answer, and lets the early candidates follow. */
  async connect() {
    await this.#negotiate();
  }

  /**
   * A new way to the same peer: fresh ICE credentials, everything else kept.
   * @param {RTCIceServer[]} iceServers the relays, with passwords that are good now
   * @returns {Promise<boolean>} whether the connection came back in time
   */
  async repair(iceServers) {
    this.#repairing = true;
    try {
      this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
      this.#pc.restartIce();
      await this.#negotiate();
      return await this.#becomes('connected', RESTART_PATIENCE_MS);
    } catch {
      return false;
    } finally {
      this.#repairing = false;
    }
  }

  async #negotiate() {
    this.#early ??= [];
    await this.#pc.setLocalDescription();
    const { sdp } = await this.#hub.call('Offer', { sdp: this.#pc.localDescription?.sdp ?? '' });
    await this.#pc.setRemoteDescription({ type: 'answer', sdp });
    const early = this.#early ?? [];
    this.#early = null;
    for (const candidate of early) this.#send(candidate);
  }

  /** @param {RTCIceCandidate|null} candidate */
  #send(candidate) {
    if (!candidate || this.#closed) return;
    if (this.#early) {
      this.#early.push(candidate);
      return;
    }
    const body = { candidate: candidate.candidate, sdp_mid: candidate.sdpMid };
    // A candidate that is lost costs nothing: the server learns our address from the check that arrives.
    this.#hub.call('Candidate', body).catch(() => {});
  }

  /** @param {object} body @returns {boolean} whether it went out */
  post(body) {
    if (!this.channelOpen) return false;
    this.#channel.send(JSON.stringify(body));
    return true;
  }

  /**
   * Puts another camera's picture on the running track. One that is closed gives way to another, which takes the camera from the start.
   * @param {MediaStreamTrack} track @param {number} maxBitrate bits a second
   */
  async replaceCamera(track, maxBitrate) {
    try {
      if (this.#closed) return;
      await this.#transceiver.sender.replaceTrack(track);
      await this.#limit(maxBitrate);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  /** @param {number} bitrate bits a second */
  async #limit(bitrate) {
    const parameters = this.#transceiver.sender.getParameters();
    if (!parameters.encodings?.length) return;
    parameters.encodings[0].maxBitrate = bitrate;
    await this.#transceiver.sender.setParameters(parameters);
  }

  #watch() {
    clearTimeout(this.#grace);
    const state = this.#pc.connectionState;
    if (state === 'disconnected') {
      this.#grace = setTimeout(() => this.#report('broken'), DISCONNECTED_GRACE_MS);
    } else if (state === 'failed') {
      this.#report('broken');
    } else if (state === 'closed') {
      this.#report('closed');
    }
  }

  /** @param {LinkError} error */
  #report(error) {
    if (this.#closed || (this.#repairing && error === 'broken')) return;
    this.#onError(error);
  }

  /**
   * @param {RTCPeerConnectionState} state
   * @param {number} milliseconds
   * @returns {Promise<boolean>}
   */
  #becomes(state, milliseconds) {
    if (this.#pc.connectionState === state) return Promise.resolve(true);
    return new Promise((resolve) => {
      const check = () => {
        if (this.#pc.connectionState === state) finish(true);
      };
      const timer = setTimeout(() => finish(false), milliseconds);
      /** @param {boolean} reached */
      const finish = (reached) => {
        clearTimeout(timer);
        this.#pc.removeEventListener('connectionstatechange', check);
        resolve(reached);
      };
      this.#pc.addEventListener('connectionstatechange', check);
    });
  }

  /** Waits for the first connection. @param {number} milliseconds */
  connected(milliseconds) {
    return this.#becomes('connected', milliseconds);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#grace);
    this.#channel.onmessage = null;
    this.#channel.onclose = null;
    this.#pc.ontrack = null;
    this.#pc.close();
  }
}
