/**
 * <rtc-camera>: this device's camera in a room, from any page. One file, nothing to build:
 *
 *   <script type="module" src="https://rtc.example/elements/rtc-camera.js"></script>
 *   <rtc-camera server="https://rtc.example" room="demo"></rtc-camera>
 *   <script type="module">document.querySelector('rtc-camera').start();</script>
 *
 * The server lists this page's origin in Http:CorsOrigins, and browsers lend a camera to https pages alone. Attributes: server (this
 * page's own where it is missing), room, token, name, facing (user or environment), mode (what the room shows: annotate, focus, privacy
 * and the others). start() asks for the camera, or takes a MediaStream; stop() gives it back. The element shows what is sent and fires
 * "state" with starting, connecting, live, away, refused or stopped in detail, and "detections" with each message of the server.
 */

const RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;
const GATHER_MS = 500;
const SILENT_MS = 3_000;
const SILENT_CHECK_MS = 500;
/** From node to node of a cluster. */
const MAX_HOPS = 4;
/** These say no for good: asking again changes nothing. */
const FINAL = [400, 401, 403, 404];
const STYLE = `:host { display: block; position: relative; aspect-ratio: 16 / 9; background: #05070a; overflow: hidden; }
:host([hidden]) { display: none; }
video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }`;

export class RtcCamera extends HTMLElement {
  #video = document.createElement('video');
  /** @type {MediaStream|null} */ #stream = null;
  #isOwn = false;
  /** @type {RTCPeerConnection|null} */ #peer = null;
  /** The address that ends the session. @type {string|null} */ #session = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #retryMs = RETRY_MS;
  #turn = 0;
  #state = 'stopped';

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    Object.assign(this.#video, { autoplay: true, playsInline: true, muted: true });
    root.append(this.#video);
  }

  /** starting, connecting, live, away, refused or stopped. */
  get state() {
    return this.#state;
  }

  disconnectedCallback() {
    this.stop();
  }

  /** Rejects where the camera is refused. @param {MediaStream} [stream] in place of this device's camera; it stays the page's own */
  async start(stream) {
    this.stop();
    const turn = this.#turn;
    this.#tell('starting');
    try {
      const facingMode = this.getAttribute('facing') === 'user' ? 'user' : 'environment';
      const video = { facingMode, width: { ideal: 1280 }, height: { ideal: 720 } };
      const given = stream ?? (await navigator.mediaDevices.getUserMedia({ video, audio: false }));
      if (turn !== this.#turn) {
        if (!stream) stopTracks(given);
        return;
      }
      this.#isOwn = !stream;
      this.#stream = given;
      // Unplugged, taken back by the user, or ended by the page that gave it.
      given.getVideoTracks()[0]?.addEventListener('ended', () => this.#stream === given && this.stop());
    } catch (error) {
      if (turn === this.#turn) this.#tell('stopped');
      throw error;
    }
    this.#video.srcObject = this.#stream;
    void this.#video.play().catch(() => {});
    this.#tell('connecting');
    await this.#connect();
  }

  /** Nothing is sent from here on. */
  stop() {
    this.#end();
    if (this.#isOwn) stopTracks(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
    this.#tell('stopped');
  }

  #end() {
    this.#turn++;
    clearTimeout(this.#timer);
    if (this.#session) leave(this.#session);
    this.#session = null;
    this.#peer?.close();
    this.#peer = null;
  }

  /** @param {string} state */
  #tell(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  async #connect() {
    const turn = ++this.#turn;
    const [track] = this.#stream?.getVideoTracks() ?? [];
    const server = this.getAttribute('server') || location.origin;
    const room = this.getAttribute('room') || 'demo';
    const query = new URLSearchParams({ follow: 'false' });
    for (const name of ['name', 'mode']) {
      const value = this.getAttribute(name);
      if (value) query.set(name, value);
    }
    const peer = new RTCPeerConnection();
    this.#peer = peer;
    try {
      peer.addTransceiver(track, { direction: 'sendonly', streams: [/** @type {MediaStream} */ (this.#stream)] });
      const channel = peer.createDataChannel('vision', { ordered: false, maxRetransmits: 0 });
      channel.addEventListener('message', ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === 'detections') this.dispatchEvent(new CustomEvent('detections', { detail: message }));
      });
      peer.addEventListener('connectionstatechange', () => {
        if (turn !== this.#turn) return;
        if (peer.connectionState === 'connected') {
          this.#retryMs = RETRY_MS;
          this.#tell('live');
        } else if (peer.connectionState === 'failed' || peer.connectionState === 'closed') this.#again();
      });
      watchSilence(peer, () => turn === this.#turn && this.#again());
      await peer.setLocalDescription();
      await gathered(peer);
      const token = this.getAttribute('token');
      const request = {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: peer.localDescription?.sdp,
      };
      const response = await post(`${server}/whip/${encodeURIComponent(room)}?${query}`, request);
      const session = response.ok ? new URL(response.headers.get('location') ?? '', response.url).href : null;
      if (turn !== this.#turn) {
        // Else the server would hold the place for half a minute.
        if (session) leave(session);
        return;
      }
      if (FINAL.includes(response.status)) {
        this.#tell('refused');
        peer.close();
        return;
      }
      if (!session) throw new Error(String(response.status));
      this.#session = session;
      await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    } catch {
      if (turn === this.#turn) this.#again();
    }
  }

  /** The connection is lost: another a little later. */
  #again() {
    this.#end();
    this.#tell('away');
    this.#timer = setTimeout(() => void this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
  }
}

/** @param {MediaStream|null} stream */
function stopTracks(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * Where another node has the room, its address comes as an answer: a browser that is sent there leaves the token behind, and the page's
 * origin too.
 * @param {string} address @param {RequestInit} request
 */
async function post(address, request) {
  let response = await fetch(address, request);
  for (let hops = 0; hops < MAX_HOPS && response.status === 409; hops++) {
    const elsewhere = response.headers.get('location');
    if (!elsewhere) break;
    response = await fetch(elsewhere, request);
  }
  return response;
}

/**
 * Tells once when nothing came for a while. ICE itself says so only after a quarter of a minute; a server that is there says something
 * each second, so nothing at all is a server that is gone.
 * @param {RTCPeerConnection} peer @param {() => void} onSilent
 */
function watchSilence(peer, onSilent) {
  let received = 0;
  let heard = performance.now();
  const timer = setInterval(async () => {
    let now = 0;
    for (const entry of (await peer.getStats()).values()) if (entry.type === 'candidate-pair') now += entry.bytesReceived ?? 0;
    if (peer.connectionState === 'closed') return clearInterval(timer);
    if (now !== received) heard = performance.now();
    received = now;
    if (received === 0 || performance.now() - heard < SILENT_MS) return;
    clearInterval(timer);
    onSilent();
  }, SILENT_CHECK_MS);
}

/** @param {string} session */
function leave(session) {
  void fetch(session, { method: 'DELETE', keepalive: true }).catch(() => {});
}

/** The candidates that come at once; the server finds the rest by itself. @param {RTCPeerConnection} peer */
function gathered(peer) {
  if (peer.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

if (!customElements.get('rtc-camera')) customElements.define('rtc-camera', RtcCamera);
