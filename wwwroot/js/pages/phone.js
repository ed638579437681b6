import { Camera, CameraError, SIZES } from '../camera.js';
import { showDetector, showLevel, showState } from '../chips.js';
import { byId, roomOfAddress, setText, show, tokenOfAddress } from '../dom.js';
import { Segments } from '../segments.js';
import { Session } from '../session.js';
import { Stage } from '../stage.js';
import { LinkMeter } from '../stats.js';
import { applyText, text } from '../text.js';
import { startTheme } from '../theme.js';
import { Toasts } from '../toast.js';
import { ScreenLock } from '../wakelock.js';

/** @typedef {import('../camera.js').CameraProblem} CameraProblem */
/** @typedef {import('../session.js').SessionState} SessionState */
/** @typedef {import('../wire.js').Message} Message */
/** @typedef {import('../wire.js').Mode} Mode */
/** @typedef {import('../wire.js').RoomSettings} RoomSettings */
/** @typedef {'annotated'|'overlay'|'none'} Returned */

const METER_MS = 1_000;
const SETTINGS_KEY = 'rtc-phone';
const CAMERA_RETRY_MS = 1_500;

/** The phone's page: a camera, a session, a stage, and the buttons that join them. */
class PhonePage {
  #room = roomOfAddress();
  #video = byId('picture', HTMLVideoElement);
  #overlay = byId('overlay', HTMLCanvasElement);
  #stage = new Stage({ video: this.#video, scene: byId('scene', HTMLCanvasElement), overlay: this.#overlay });
  #camera = new Camera(() => void this.#onCameraLost());
  #lock = new ScreenLock();
  #toasts = new Toasts();
  #meter = new LinkMeter();
  /** @type {Session|null} */ #session = null;
  /** @type {MediaStream|null} */ #returnedStream = null;
  /** @type {Returned} */ #returned = 'annotated';
  #height = 480;
  #heldId = /** @type {number|null} */ (null);
  #ageMs = 0;
  #wasLost = false;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #timer;
  #returnChoice; #sizeChoice;

  constructor() {
    this.#restore();
    setText(byId('room-name', HTMLElement), this.#room);
    document.title = `${this.#room} · ${text.phone.title} · ${text.product}`;
    byId('view-link', HTMLAnchorElement).href = `/view?room=${encodeURIComponent(this.#room)}`;
    this.#returnChoice = new Segments(byId('return', HTMLElement), 'return', [
      { value: 'annotated', label: text.phone.returnAnnotated },
      { value: 'overlay', label: text.phone.returnOverlay },
      { value: 'none', label: text.phone.returnNone },
    ], (value) => this.#setReturned(/** @type {Returned} */ (value)));
    this.#sizeChoice = new Segments(byId('size', HTMLElement), 'size',
      Object.keys(SIZES).map((height) => ({ value: height, label: `${height}p` })),
      (value) => void this.#setSize(Number(value)));
    this.#returnChoice.value = this.#returned;
    this.#sizeChoice.value = String(this.#height);
    this.#listen();
    this.#welcome();
  }

  #listen() {
    byId('start', HTMLElement).addEventListener('click', () => void this.#start());
    byId('stop', HTMLElement).addEventListener('click', () => void this.#stop());
    byId('flip', HTMLElement).addEventListener('click', () => void this.#flip());
    byId('torch', HTMLElement).addEventListener('click', () => void this.#toggleTorch());
    byId('release', HTMLElement).addEventListener('click', () => this.#session?.release());
    byId('zoom', HTMLInputElement).addEventListener('input', (event) => {
      void this.#camera.setZoom(Number(/** @type {HTMLInputElement} */ (event.target).value)).catch(() => {});
    });
    const sheet = byId('sheet', HTMLDialogElement);
    byId('settings', HTMLElement).addEventListener('click', () => sheet.showModal());
    byId('sheet-close', HTMLElement).addEventListener('click', () => sheet.close());
    sheet.addEventListener('click', (event) => {
      if (event.target === sheet) sheet.close();
    });
    const mode = byId('mode', HTMLSelectElement);
    for (const [value, label] of Object.entries(text.mode)) mode.add(new Option(label, value));
    mode.addEventListener('change', () => this.#session?.configure({ mode: /** @type {Mode} */ (mode.value) }));
    this.#overlay.addEventListener('click', (event) => this.#tap(event));
    this.#overlay.addEventListener('keydown', (event) => this.#onKey(event));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.#session && !this.#camera.isAlive) void this.#reacquire();
    });
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload();
    });
  }

  /** @param {CameraProblem} [problem] */
  #welcome(problem) {
    const welcome = byId('welcome', HTMLElement);
    const insecure = problem === 'insecure' || (!problem && !window.isSecureContext);
    const kind = insecure ? 'insecure' : problem;
    welcome.dataset.tone = kind ? 'bad' : 'plain';
    welcome.dataset.problem = kind ?? '';
    byId('welcome-icon', SVGUseElement).setAttribute('href', `/icons/icons.svg#${kind ? (kind === 'insecure' ? 'lock' : 'warn') : 'camera'}`);
    setText(byId('welcome-title', HTMLElement), kind ? text.phone[kind] : text.phone.startTitle);
    setText(byId('welcome-text', HTMLElement), kind ? text.phone[`${kind}Advice`] : text.phone.startLead);
    const start = byId('start', HTMLButtonElement);
    start.disabled = false;
    setText(start, kind ? text.phone.again : text.phone.start);
    show(start, !insecure);
    const secure = byId('secure', HTMLAnchorElement);
    show(secure, insecure);
    if (insecure) void this.#findSecure(secure);
    show(welcome, true);
    show(byId('controls', HTMLElement), false);
    show(byId('numbers', HTMLElement), false);
    show(byId('state', HTMLElement), false);
  }

  /** @param {HTMLAnchorElement} link */
  async #findSecure(link) {
    link.href = `https://${location.hostname}:8443${location.pathname}${location.search}`;
    try {
      const info = await (await fetch('/api/join-info')).json();
      const url = [info.phone_url, ...(info.urls ?? [])].find((/** @type {unknown} */ one) => typeof one === 'string' && one.startsWith('https:'));
      if (!url) return;
      const target = new URL(url);
      target.pathname = '/phone';
      target.search = location.search;
      link.href = target.href;
    } catch {
      // The usual port stays the best guess.
    }
  }

  async #start() {
    const start = byId('start', HTMLButtonElement);
    start.disabled = true;
    setText(start, text.phone.starting);
    try {
      await this.#camera.open({ height: this.#height });
    } catch (error) {
      this.#welcome(error instanceof CameraError ? error.problem : 'missing');
      return;
    }
    show(byId('welcome', HTMLElement), false);
    show(byId('controls', HTMLElement), true);
    show(byId('state', HTMLElement), true);
    setText(byId('hint', HTMLElement), text.phone.hold);
    this.#fitControls();
    this.#showPicture();
    void this.#lock.keep().then((kept) => {
      if (!kept) this.#toasts.show(text.phone.awakeFailed);
    });
    this.#session = new Session({
      room: this.#room,
      role: 'phone',
      token: tokenOfAddress(),
      local: this.#camera.stream,
      receive: this.#returned === 'annotated',
      maxBitrate: this.#camera.bitrate,
    }, {
      onState: (state, reason) => this.#onState(state, reason),
      onTrack: (stream) => {
        this.#returnedStream = stream;
        this.#showPicture();
      },
      onMessage: (message) => this.#onMessage(message),
      onJoined: ({ settings }) => this.#onSettings(settings),
    });
    void this.#session.run();
    this.#timer = setInterval(() => void this.#measure(), METER_MS);
    this.#overlay.focus({ preventScroll: true });
  }

  async #stop() {
    clearInterval(this.#timer);
    const session = this.#session;
    this.#session = null;
    this.#returnedStream = null;
    this.#stage.setStream(null);
    this.#stage.timeline.clear();
    this.#stage.repaint();
    this.#camera.close();
    await Promise.all([session?.close(), this.#lock.release()]);
    this.#meter.reset();
    this.#welcome();
    setText(byId('welcome-text', HTMLElement), text.phone.stopped);
    byId('start', HTMLElement).focus();
  }

  /** The returned picture where one is wanted and there, else the camera's own. */
  #showPicture() {
    const returned = this.#returned === 'annotated' ? this.#returnedStream : null;
    this.#stage.setMode(returned ? 'drawn' : this.#returned === 'none' ? 'bare' : 'preview');
    const mirrored = !returned && this.#camera.facing === 'user';
    this.#stage.mirrored = mirrored;
    this.#video.classList.toggle('mirrored', mirrored);
    this.#stage.setStream(returned ?? this.#camera.stream);
    this.#stage.timeline.clear();
  }

  /** @param {SessionState} state @param {string} reason */
  #onState(state, reason) {
    showState(byId('state', HTMLElement), byId('state-text', HTMLElement), state, reason);
    if (state === 'refused') this.#toasts.show(reason || text.state.refused, 'bad');
    if (state === 'repairing' || state === 'returning' || state === 'offline') {
      if (!this.#wasLost) this.#toasts.show(text.state[state], 'warn');
      this.#wasLost = true;
    } else if (state === 'live' && this.#wasLost) {
      this.#wasLost = false;
      this.#toasts.show(text.phone.networkBack, 'good');
    }
  }

  /** @param {Message} message */
  #onMessage(message) {
    if (message.type === 'detections') {
      this.#stage.addResult(message);
      this.#showHeld(message.target_id, message.detections.find(({ track_id: id }) => id === message.target_id)?.label);
      showDetector(byId('detector', HTMLElement), message.model, message.provider);
    } else if (message.type === 'stats') {
      this.#ageMs = message.age_ms;
      showLevel(byId('level', HTMLElement), message.level);
      showDetector(byId('detector', HTMLElement), message.model, message.provider);
    } else if (message.type === 'notice') {
      this.#toasts.show(message.message, message.recoverable ? 'warn' : 'bad');
    } else if (message.type === 'settings') {
      this.#onSettings(message.settings);
    }
  }

  /** @param {RoomSettings} settings */
  #onSettings(settings) {
    this.#stage.setSettings(settings);
    byId('mode', HTMLSelectElement).value = settings.mode;
  }

  /** @param {number|null} id @param {string|undefined} label */
  #showHeld(id, label) {
    byId('release', HTMLButtonElement).disabled = id === null;
    if (id === this.#heldId) return;
    this.#heldId = id;
    setText(byId('hint', HTMLElement), id === null ? text.phone.hold : text.phone.holding(`${label ?? ''} ${id}`.trim()));
  }

  async #measure() {
    const pc = this.#session?.peerConnection;
    if (!pc || this.#session?.state !== 'live') return;
    const numbers = await this.#meter.read(pc).catch(() => null);
    if (!numbers) return;
    show(byId('numbers', HTMLElement), true);
    setText(byId('rate', HTMLElement), text.fps(numbers.inFps || numbers.outFps));
    const delay = this.#ageMs + (numbers.rttMs ?? 0) + numbers.bufferMs;
    this.#stage.aheadMs = Math.min(400, this.#ageMs + (numbers.rttMs ?? 0));
    setText(byId('delay', HTMLElement), text.ms(delay));
  }

  /** @param {MouseEvent} event */
  #tap(event) {
    const place = this.#stage.locate(event);
    if (!place || !this.#session) return;
    this.#stage.pulse(place.x, place.y);
    const held = this.#stage.timeline.newest?.detections.find(({ track_id: id }) => id === this.#heldId);
    const inside = held && place.x >= held.xmin && place.x <= held.xmax && place.y >= held.ymin && place.y <= held.ymax;
    if (inside) this.#session.release();
    else this.#session.select(place.x, place.y);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === 'Escape') this.#session?.release();
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    // Without a pointer the next object after the held one is taken, left to right.
    const boxes = [...(this.#stage.timeline.newest?.detections ?? [])].sort((a, b) => a.xmin - b.xmin);
    if (boxes.length === 0) return;
    const next = boxes[(boxes.findIndex(({ track_id: id }) => id === this.#heldId) + 1) % boxes.length];
    const x = (next.xmin + next.xmax) / 2;
    const y = (next.ymin + next.ymax) / 2;
    this.#stage.pulse(x, y);
    this.#session?.select(x, y);
  }

  #fitControls() {
    const torch = byId('torch', HTMLButtonElement);
    show(torch, this.#camera.hasTorch);
    torch.setAttribute('aria-pressed', String(this.#camera.torch));
    const { zoom } = this.#camera;
    show(byId('zoom-row', HTMLElement), zoom !== null);
    if (zoom) {
      const input = byId('zoom', HTMLInputElement);
      input.min = String(zoom.min);
      input.max = String(zoom.max);
      input.step = String(zoom.step);
      input.value = String(zoom.value);
    }
    void this.#camera.hasSeveral().then((several) => show(byId('flip', HTMLElement), several)).catch(() => {});
  }

  async #toggleTorch() {
    await this.#camera.setTorch(!this.#camera.torch).catch(() => {});
    this.#fitControls();
  }

  async #flip() {
    const facing = this.#camera.facing === 'user' ? 'environment' : 'user';
    if (await this.#change({ facing })) {
      this.#toasts.show(text.phone.turned(facing === 'user' ? text.phone.front : text.phone.back));
    }
  }

  /** @param {number} height */
  async #setSize(height) {
    this.#height = height;
    this.#keep();
    if (this.#session) await this.#change({ height });
  }

  /** @param {Returned} returned */
  #setReturned(returned) {
    const before = this.#returned === 'annotated';
    this.#returned = returned;
    this.#keep();
    if (!this.#session) return;
    if (before !== (returned === 'annotated')) {
      this.#returnedStream = null;
      this.#session.reconnect({ receive: returned === 'annotated' });
    }
    this.#showPicture();
  }

  /**
   * Another camera or size on the running connection.
   * @param {{facing?: import('../camera.js').Facing, height?: number}} wish
   */
  async #change(wish) {
    try {
      const stream = await this.#camera.open(wish);
      await this.#session?.replaceCamera(stream, this.#camera.bitrate);
      this.#fitControls();
      this.#showPicture();
      return true;
    } catch (error) {
      this.#toasts.show(error instanceof CameraError ? text.phone[error.problem] : text.notice.error, 'bad');
      void this.#reacquire();
      return false;
    }
  }

  async #onCameraLost() {
    if (!this.#session) return;
    this.#toasts.show(text.phone.interrupted, 'warn');
    await this.#reacquire();
  }

  /** Takes the camera again as it was, now or when the page is back in front. */
  async #reacquire() {
    if (!this.#session || document.visibilityState !== 'visible') return;
    try {
      const stream = await this.#camera.open({ height: this.#height });
      await this.#session.replaceCamera(stream, this.#camera.bitrate);
      this.#fitControls();
      this.#showPicture();
      this.#toasts.show(text.phone.cameraBack, 'good');
    } catch (error) {
      if (error instanceof CameraError && error.problem === 'busy') setTimeout(() => void this.#reacquire(), CAMERA_RETRY_MS);
      else {
        await this.#stop();
        this.#welcome(error instanceof CameraError ? error.problem : 'missing');
      }
    }
  }

  #restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(SETTINGS_KEY) ?? '{}');
      if (['annotated', 'overlay', 'none'].includes(kept.returned)) this.#returned = kept.returned;
      if (SIZES[kept.height]) this.#height = kept.height;
    } catch {
      // Nothing kept, or not ours: the defaults stand.
    }
  }

  #keep() {
    try {
      localStorage.setItem(SETTINGS_KEY, JSON.stringify({ returned: this.#returned, height: this.#height }));
    } catch {
      // A browser that keeps nothing still works.
    }
  }
}

applyText();
startTheme();
new PhonePage();
