/**
 * <rtc-viewer>: a room's live picture in any page, with what is found in it. One file, nothing to build:
 *
 *   <script type="module" src="https://rtc.example/elements/rtc-viewer.js"></script>
 *   <rtc-viewer server="https://rtc.example" room="demo" overlay="boxes"></rtc-viewer>
 *
 * The server lists this page's origin in Http:CorsOrigins. Attributes: server (this page's own where it is missing), room, token, view
 * (annotated, or source: the camera's own picture), overlay (boxes or none, over the source). The element fires "state" with connecting,
 * live, away or refused in detail, and "detections" with each message of the server. Its size is the page's to style.
 */

/** @typedef {{track_id: number, label: string, score: number, xmin: number, ymin: number, xmax: number, ymax: number}} Detection */
/** @typedef {{type: string, rtp_timestamp: number, detections: Detection[]}} Message */

const RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;
const GATHER_MS = 500;
const SILENT_MS = 3_000;
const SILENT_CHECK_MS = 500;
/** From node to node of a cluster. */
const MAX_HOPS = 4;
const MAX_KEPT = 120;
/** These say no for good: asking again changes nothing. */
const FINAL = [400, 401, 403, 404];
const COLOURS = ['#4fdcbd', '#f5b94a', '#7aa7ff', '#ff8681', '#c792ea', '#58d68d'];
const STYLE = `:host { display: block; position: relative; aspect-ratio: 16 / 9; background: #05070a; overflow: hidden; }
:host([hidden]) { display: none; }
video, canvas { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
canvas { pointer-events: none; }`;

export class RtcViewer extends HTMLElement {
  static observedAttributes = ['server', 'room', 'token', 'view', 'overlay'];

  #video = document.createElement('video');
  #canvas = document.createElement('canvas');
  /** @type {RTCPeerConnection|null} */ #peer = null;
  /** The address that ends the session. @type {string|null} */ #session = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  /** Results by the picture's RTP time. @type {Map<number, Message>} */ #results = new Map();
  #retryMs = RETRY_MS;
  #turn = 0;
  #state = '';

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    Object.assign(this.#video, { autoplay: true, playsInline: true, muted: true });
    root.append(this.#video, this.#canvas);
  }

  /** connecting, live, away, refused, or nothing while it is in no page. */
  get state() {
    return this.#state;
  }

  connectedCallback() {
    this.#follow();
    this.#begin();
  }

  disconnectedCallback() {
    this.#end();
    this.#tell('');
  }

  /** @param {string} name @param {string|null} before @param {string|null} now */
  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now || name === 'overlay') return;
    this.#end();
    this.#begin();
  }

  #begin() {
    this.#tell('connecting');
    this.#timer = setTimeout(() => void this.#connect());
  }

  #end() {
    this.#turn++;
    clearTimeout(this.#timer);
    if (this.#session) leave(this.#session);
    this.#session = null;
    this.#peer?.close();
    this.#peer = null;
    this.#results.clear();
    this.#video.srcObject = null;
    this.#paint(null);
  }

  /** @param {string} state */
  #tell(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  async #connect() {
    const turn = ++this.#turn;
    const server = this.getAttribute('server') || location.origin;
    const room = this.getAttribute('room') || 'demo';
    const view = this.getAttribute('view') === 'source' ? 'source' : 'annotated';
    const peer = new RTCPeerConnection();
    this.#peer = peer;
    try {
      peer.addTransceiver('video', { direction: 'recvonly' });
      const channel = peer.createDataChannel('vision', { ordered: false, maxRetransmits: 0 });
      channel.addEventListener('message', ({ data }) => this.#hear(data));
      peer.addEventListener('track', ({ streams, track }) => {
        this.#video.srcObject = streams[0] ?? new MediaStream([track]);
        void this.#video.play().catch(() => {});
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
      const response = await post(`${server}/whep/${encodeURIComponent(room)}?view=${view}&follow=false`, request);
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

  /** @param {string} text */
  #hear(text) {
    /** @type {Message} */ const message = JSON.parse(text);
    if (message.type !== 'detections') return;
    this.#results.set(message.rtp_timestamp, message);
    if (this.#results.size > MAX_KEPT) this.#results.delete(/** @type {number} */ (this.#results.keys().next().value));
    this.dispatchEvent(new CustomEvent('detections', { detail: message }));
  }

  /** The picture's own result is drawn with it; until that is there, the newest before it. */
  #follow() {
    if (!this.isConnected || !('requestVideoFrameCallback' in this.#video)) return;
    this.#video.requestVideoFrameCallback((_now, { rtpTimestamp }) => {
      this.#follow();
      const drawn = this.getAttribute('view') === 'source' && this.getAttribute('overlay') !== 'none';
      this.#paint(drawn && rtpTimestamp !== undefined ? this.#resultOf(rtpTimestamp) : null);
    });
  }

  /** @param {number} timestamp @returns {Message|null} */
  #resultOf(timestamp) {
    const own = this.#results.get(timestamp);
    if (own) return own;
    let found = null;
    for (const [time, message] of this.#results) {
      // RTP time begins anew after 32 bits.
      if (((timestamp - time) | 0) >= 0) found = message;
    }
    return found;
  }

  /** @param {Message|null} message */
  #paint(message) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    context.clearRect(0, 0, width, height);
    if (!message) return;
    context.lineWidth = Math.max(2, height / 240);
    context.font = `600 ${Math.max(12, Math.round(height / 30))}px system-ui, sans-serif`;
    context.textBaseline = 'bottom';
    for (const { track_id: id, label, xmin, ymin, xmax, ymax } of message.detections) {
      context.strokeStyle = context.fillStyle = COLOURS[id % COLOURS.length];
      context.strokeRect(xmin * width, ymin * height, (xmax - xmin) * width, (ymax - ymin) * height);
      context.fillText(`${label} ${id}`, xmin * width, ymin * height);
    }
  }
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

if (!customElements.get('rtc-viewer')) customElements.define('rtc-viewer', RtcViewer);
