// One path to the server, tried.
import { Hub } from '../session/hub.js';
import { readMessage } from '../session/messages.js';

/** @typedef {'udp'|'tcp'|'relay'} Way */
/** @typedef {import('../session/messages.js').JoinReply} JoinReply */

const PATIENCE_MS = 6_000;
const PINGS = 7;

/** Keeps only one protocol's candidates in a description. @param {string} sdp @param {'udp'|'tcp'} protocol */
export function only(sdp, protocol) {
  return sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate:') || line.split(' ')[2].toLowerCase() === protocol).join('\r\n');
}

/**
 * One connection to the server that may take one way only, to see whether that way is open. It joins as a viewer
 * and leaves again.
 */
export class Probe {
  #hub = new Hub(() => {}, () => {});
  /** @type {RTCPeerConnection|null} */ #pc = null;
  /** @type {RTCDataChannel|null} */ #channel = null;
  /** @type {JoinReply|null} */ #place = null;

  /** @param {string} room @param {string} [token] */
  async join(room, token) {
    await this.#hub.open();
    const request = { room, role: 'viewer', token, view: 'source', name: 'selftest' };
    this.#place = /** @type {JoinReply} */ (await this.#hub.call('Join', request));
    return this.#place;
  }

  /**
   * @param {Way} way
   * @returns {Promise<number|null>} how long it took in milliseconds, null where the way is closed
   */
  async connect(way) {
    const began = performance.now();
    const pc = new RTCPeerConnection({ iceServers: this.#place?.ice_servers ?? [], iceTransportPolicy: way === 'relay' ? 'relay' : 'all' });
    this.#pc = pc;
    this.#channel = pc.createDataChannel('vision');
    pc.addTransceiver('video', { direction: 'recvonly' });
    /** @type {RTCIceCandidate[]|null} */
    let early = [];
    const send = (/** @type {RTCIceCandidate} */ { candidate, sdpMid }) => {
      void this.#hub.call('Candidate', { candidate, sdp_mid: sdpMid }).catch(() => {});
    };
    pc.onicecandidate = ({ candidate }) => {
      // Over TCP the server must not learn our UDP addresses, or its own checks would open that way.
      if (!candidate || way === 'tcp') return;
      if (early) early.push(candidate);
      else send(candidate);
    };
    await pc.setLocalDescription();
    const offer = pc.localDescription?.sdp ?? '';
    const { sdp } = await this.#hub.call('Offer', { sdp: way === 'tcp' ? only(offer, 'tcp') : offer });
    const answer = way === 'relay' ? sdp : only(sdp, way);
    // A server that names no address of that kind cannot be reached that way.
    if (!answer.includes('\r\na=candidate:')) return null;
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    early.forEach(send);
    early = null;
    const connected = await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE_MS);
      pc.onconnectionstatechange = () => {
        if (pc.connectionState !== 'connected' && pc.connectionState !== 'failed') return;
        clearTimeout(timer);
        resolve(pc.connectionState === 'connected');
      };
    });
    return connected ? performance.now() - began : null;
  }

  /** The median of a few pings over the data channel, in milliseconds; null where no answer came. */
  async roundTrip() {
    const channel = this.#channel;
    if (!channel) return null;
    if (channel.readyState !== 'open') await Promise.race([new Promise((resolve) => { channel.onopen = resolve; }), pause(PATIENCE_MS)]);
    if (channel.readyState !== 'open') return null;
    /** @type {number[]} */
    const times = [];
    for (let id = 1; id <= PINGS; id++) {
      const began = performance.now();
      const answered = new Promise((resolve) => {
        channel.onmessage = ({ data }) => {
          if (readMessage(data)?.type === 'pong') resolve(true);
        };
      });
      channel.send(JSON.stringify({ type: 'ping', id }));
      if (await Promise.race([answered, pause(1_000)])) times.push(performance.now() - began);
    }
    channel.onmessage = null;
    return times.length > 0 ? times.sort((a, b) => a - b)[times.length >> 1] : null;
  }

  async close() {
    this.#pc?.close();
    if (this.#hub.isOpen) await this.#hub.call('Leave').catch(() => {});
    await this.#hub.close();
  }
}

/** @param {number} milliseconds @returns {Promise<false>} */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));
}
