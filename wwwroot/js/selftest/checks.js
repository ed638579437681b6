// What the device check looks at.
import { Camera, CameraError } from '../camera/camera.js';
import { Refusal } from '../session/hub.js';
import { Probe } from './probe.js';
import { milliseconds } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {'good'|'warn'|'bad'|'skip'} Status */
/** @typedef {{status: Status, value?: string, advice: string}} Finding */
/** @typedef {{key: string, name: string, run: (place: Place) => Promise<Finding>}} Check */
/** @typedef {{room: string, token: string|undefined, askCamera: boolean}} Place */

const RATE_BYTES = 1 << 20;
const RATE_PATIENCE_MS = 15_000;
const SLOW_RTT_MS = 150;
/** What a 480p picture takes, and half of it. */
const GOOD_KBPS = 2_500;
const POOR_KBPS = 800;
const words = text.checks;

/** @param {string} advice @param {string} [value] @returns {Finding} */
const good = (advice, value) => ({ status: 'good', advice, value });
/** @param {string} advice @param {string} [value] @returns {Finding} */
const warn = (advice, value) => ({ status: 'warn', advice, value });
/** @param {string} advice @param {string} [value] @returns {Finding} */
const bad = (advice, value) => ({ status: 'bad', advice, value });
/** @param {string} advice @returns {Finding} */
const skip = (advice) => ({ status: 'skip', advice });

/** @param {Place} place @returns {Promise<Finding>} */
async function camera({ askCamera }) {
  if (!window.isSecureContext) return bad(words.cameraInsecure);
  if (!navigator.mediaDevices?.enumerateDevices) return bad(text.phone.unsupportedAdvice);
  const name = /** @type {PermissionName} */ ('camera');
  const state = await navigator.permissions?.query({ name }).then((found) => found.state).catch(() => 'prompt');
  if (state === 'denied') return bad(text.phone.deniedAdvice);
  if (!askCamera && state !== 'granted') {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.some(({ kind }) => kind === 'videoinput') ? skip(words.cameraThere) : bad(text.phone.missingAdvice);
  }
  const lens = new Camera(() => {});
  try {
    await lens.open();
    const { width, height, frameRate } = lens.track?.getSettings() ?? {};
    return good(words.cameraGood, `${width}×${height}, ${text.fps(frameRate ?? 0)}`);
  } catch (error) {
    return bad(error instanceof CameraError ? text.phone[`${error.reason}Advice`] : text.phone.missingAdvice);
  } finally {
    lens.close();
  }
}

/** @returns {Promise<Finding>} */
async function codecs() {
  if (typeof RTCPeerConnection === 'undefined') return bad(words.codecsNone);
  const found = new Set((RTCRtpReceiver.getCapabilities?.('video')?.codecs ?? []).map(({ mimeType }) => mimeType.replace('video/', '')));
  const names = ['VP8', 'H264'].filter((name) => found.has(name));
  return names.length > 0 ? good(words.codecsGood, names.join(', ')) : bad(words.codecsNone);
}

/** @returns {Promise<Finding>} */
async function webSocket() {
  const began = performance.now();
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/hub`);
  try {
    await new Promise((resolve, reject) => {
      socket.onopen = () => socket.send('{"protocol":"json","version":1}\u001e');
      socket.onmessage = resolve;
      socket.onerror = () => reject(new Error('refused'));
      socket.onclose = () => reject(new Error('closed'));
      setTimeout(() => reject(new Error('timeout')), 5_000);
    });
    return good(words.socketGood, text.ms(performance.now() - began));
  } catch {
    return bad(words.socketBad);
  } finally {
    socket.onclose = null;
    socket.close();
  }
}

/**
 * @param {Place} place @param {import('./probe.js').Way} way
 * @param {(probe: Probe, tookMs: number|null) => Promise<Finding>} judge
 */
async function probed(place, way, judge) {
  const probe = new Probe();
  try {
    const { ice_servers: servers } = await probe.join(place.room, place.token);
    if (way === 'relay' && !servers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)))) return skip(words.turnNone);
    return await judge(probe, await probe.connect(way));
  } catch (error) {
    return bad(error instanceof Refusal ? error.message : words.hubBad);
  } finally {
    await probe.close();
  }
}

/** @param {Place} place */
const udp = (place) => probed(place, 'udp', async (_, took) => (took === null ? warn(words.udpBad) : good(words.udpGood, text.ms(took))));
/** @param {Place} place */
const tcp = (place) => probed(place, 'tcp', async (_, took) => (took === null ? warn(words.tcpBad) : good(words.tcpGood, text.ms(took))));
/** @param {Place} place */
const turn = (place) => probed(place, 'relay', async (_, took) => (
  took === null ? bad(words.turnBad) : good(words.turnGood, text.ms(took))));
/** @param {Place} place */
const roundTrip = (place) => probed(place, 'udp', async (probe, took) => {
  const ms = took === null ? null : await probe.roundTrip();
  if (ms === null) return skip(words.rttNone);
  return ms > SLOW_RTT_MS ? warn(words.rttSlow, text.ms(ms)) : good(words.rttGood, milliseconds(ms));
});

/** @param {RequestInit & {path: string}} request @returns {Promise<number|null>} kbit/s */
async function rate({ path, ...init }) {
  const began = performance.now();
  const response = await fetch(path, { ...init, cache: 'no-store', signal: AbortSignal.timeout(RATE_PATIENCE_MS) });
  if (!response.ok) return null;
  await response.arrayBuffer();
  return RATE_BYTES * 8 / (performance.now() - began);
}

/** @param {() => Promise<number|null>} measure @param {string} poor @returns {Promise<Finding>} */
async function judgeRate(measure, poor) {
  const kbps = await measure().catch(() => null);
  if (kbps === null) return skip(words.rateNone);
  if (kbps < POOR_KBPS) return bad(poor, text.kbps(kbps));
  return kbps < GOOD_KBPS ? warn(words.rateTight, text.kbps(kbps)) : good(words.rateGood, text.kbps(kbps));
}

const upload = () => rate({
  path: '/api/echo',
  method: 'POST',
  body: new Uint8Array(RATE_BYTES),
  headers: { 'content-type': 'application/octet-stream' },
});

/** @type {readonly Check[]} */
export const CHECKS = [
  { key: 'secure', name: words.secure, run: async () => (window.isSecureContext ? good(words.secureGood) : bad(words.secureBad)) },
  { key: 'camera', name: words.camera, run: camera },
  { key: 'codecs', name: words.codecs, run: codecs },
  { key: 'socket', name: words.socket, run: webSocket },
  { key: 'udp', name: words.udp, run: udp },
  { key: 'tcp', name: words.tcp, run: tcp },
  { key: 'turn', name: words.turn, run: turn },
  { key: 'rtt', name: words.rtt, run: roundTrip },
  { key: 'down', name: words.down, run: () => judgeRate(() => rate({ path: `/api/echo?bytes=${RATE_BYTES}` }), words.downBad) },
  { key: 'up', name: words.up, run: () => judgeRate(upload, words.upBad) },
];
