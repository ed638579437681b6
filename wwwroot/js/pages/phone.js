// The phone's page.
import { Camera, CameraError } from '../camera/camera.js';
import { InferenceSwitch } from '../panels/inference-switch.js';
import { CameraControls } from '../camera/camera-controls.js';
import { CameraSwap } from '../camera/camera-swap.js';
import { showDetector } from '../panels/chips.js';
import { ConnectionSign } from '../panels/connection-sign.js';
import { RoomTitle } from '../panels/room-title.js';
import { deviceName } from '../camera/device-name.js';
import { PhoneNumbers } from '../panels/phone-numbers.js';
import { byId, roomOfAddress, show, tokenOfAddress } from '../ui/dom.js';
import { PhoneChoices } from '../camera/phone-choices.js';
import { PhoneSheet } from '../camera/phone-sheet.js';
import { Session } from '../session/session.js';
import { Stage } from '../picture/stage.js';
import { api } from '../session/api.js';
import { asksForToken, CAMERA_TAKEN, REPLACED, SERVER_DRAINING } from '../session/codes.js';
import { furtherRoom, roomLink } from '../session/join-links.js';
import { ShareDialog } from '../panels/share-dialog.js';
import { Poll } from '../ui/poll.js';
import { Press } from '../ui/press.js';
import { LinkMeter } from '../session/link-meter.js';
import { Target } from '../panels/target.js';
import { applyText } from '../ui/apply-text.js';
import { text } from '../ui/text.js';
import { commonWords } from '../words/common.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';
import { ScreenLock } from '../camera/screen-lock.js';
import { WelcomeCard } from '../camera/welcome-card.js';

/** @typedef {import('../camera/camera.js').CameraErrorReason} CameraErrorReason */
/** @typedef {import('../camera/phone-choices.js').Returned} Returned */
/** @typedef {import('../session/messages.js').Message} Message */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */

const METER_MS = 1_000;
const CAMERAS_MS = 2_000;
const MAX_AHEAD_MS = 400;

/** The phone's page: a camera, a session, a stage, and the buttons that join them. */
class PhonePage {
  #room = roomOfAddress();
  #video = byId('picture', HTMLVideoElement);
  #overlay = byId('overlay', HTMLCanvasElement);
  #stage = new Stage({ video: this.#video, scene: byId('scene', HTMLCanvasElement), overlay: this.#overlay });
  #toasts = new Toasts();
  #choices = new PhoneChoices();
  #camera = new Camera(() => void this.#swap.lost());
  #swap = new CameraSwap(this.#camera, this.#choices, () => this.#session, this.#toasts, {
    onSwapped: () => this.#onCamera(),
    onGone: (reason) => void this.#stop(reason),
  });
  #cameraControls = new CameraControls(this.#camera, () => void this.#flip());
  #sheet = new PhoneSheet(this.#choices, {
    onReturned: (returned) => this.#setReturned(returned),
    onSize: (height) => void this.#setSize(height),
    onMode: (mode) => this.#session?.configure({ mode }),
  });
  #inference = new InferenceSwitch({
    load: () => import('../handover/page-inference.js'),
    isCamera: true,
    session: () => this.#session,
    settings: () => this.#settings,
    source: () => this.#camera.stream,
    mayAct: () => true,
    onResult: (message) => this.#onResult(message),
  });
  #welcome = new WelcomeCard((takeover) => void this.#start(takeover), () => this.#joinBeside());
  /** @type {import('../session/api.js').CameraEntry[]} */ #cameras = [];
  #share = new ShareDialog(this.#room, tokenOfAddress(), this.#toasts, 'watcher');
  #sign = new ConnectionSign(this.#toasts, { tellsLoss: true });
  #target = new Target(this.#stage, () => this.#session);
  #lock = new ScreenLock();
  #meter = new LinkMeter();
  #numbers = new PhoneNumbers();
  /** @type {Session|null} */ #session = null;
  /** @type {MediaStream|null} */ #returnedStream = null;
  /** @type {RoomSettings|null} */ #settings = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #timer;

  constructor() {
    new RoomTitle(() => text.phone.title).show(this.#room);
    byId('view-link', HTMLAnchorElement).href = roomLink('/view', this.#room, tokenOfAddress());
    this.#listen();
    this.#hideControls();
    this.#welcome.show();
    // Who is on air is told before anything is sent, and as long as this camera is not.
    new Poll(async () => {
      if (this.#session) return;
      this.#cameras = await api.cameras(this.#room, tokenOfAddress()).catch(() => []);
      if (!this.#session) this.#showOnAir();
    }, CAMERAS_MS);
  }

  #showOnAir() {
    const there = this.#cameras.find(({ room, on_air: onAir }) => onAir && room === this.#room);
    this.#welcome.setOnAir(there ? there.name : null);
  }

  /** As one more camera of the room, in a room of its own beside it. */
  #joinBeside() {
    location.assign(roomLink('/phone', furtherRoom(this.#room, this.#cameras), tokenOfAddress()));
  }

  #listen() {
    byId('stop', HTMLElement).addEventListener('click', () => void this.#stop());
    byId('share', HTMLElement).addEventListener('click', () => this.#share.open());
    byId('release', HTMLElement).addEventListener('click', () => this.#target.release());
    new Press(this.#overlay, (event, second) => {
      const place = this.#stage.locate(event);
      if (place) this.#target.tap(place, second);
    });
    this.#overlay.addEventListener('keydown', (event) => this.#onKey(event));
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload();
    });
  }

  #hideControls() {
    for (const id of ['controls', 'numbers', 'state']) show(byId(id, HTMLElement), false);
  }

  /** @param {boolean} takeover from the camera that is on air */
  async #start(takeover) {
    this.#welcome.wait();
    try {
      if (!await this.#camera.open({ height: this.#choices.height })) return;
    } catch (error) {
      this.#welcome.show(error instanceof CameraError ? error.reason : 'missing');
      return;
    }
    this.#welcome.hide();
    show(byId('controls', HTMLElement), true);
    show(byId('state', HTMLElement), true);
    this.#target.id = null;
    this.#numbers.hold('');
    this.#onCamera();
    void this.#lock.keep().then((kept) => {
      if (!kept && this.#session) this.#toasts.show(text.phone.awakeFailed);
    });
    this.#session = new Session({
      room: this.#room,
      role: 'phone',
      name: deviceName(),
      takeover,
      token: tokenOfAddress(),
      local: this.#camera.stream,
      receive: this.#choices.returned === 'annotated',
      maxBitrate: this.#camera.bitrate,
    }, {
      onState: (state, reason, code) => this.#onState(state, reason, code),
      onTrack: (stream) => {
        this.#returnedStream = stream;
        this.#showPicture();
      },
      onMessage: (message) => this.#onMessage(message),
      onJoined: ({ settings }) => {
        this.#settings = settings;
        this.#onSettings({});
      },
    });
    void this.#session.run();
    this.#timer = setInterval(() => void this.#measure(), METER_MS);
    this.#overlay.focus({ preventScroll: true });
  }

  /** @param {import('../session/session.js').SessionState} state @param {string} reason @param {string} code */
  #onState(state, reason, code) {
    this.#sign.show(state, reason);
    if (state !== 'refused') return;
    if (asksForToken(code)) void import('../panels/token-dialog.js').then(({ askForToken }) => askForToken(reason));
    if (code === CAMERA_TAKEN) void this.#stop().then(() => api.cameras(this.#room, tokenOfAddress())).then((cameras) => {
      this.#cameras = cameras;
      this.#showOnAir();
    }).catch(() => {});
    if (code === REPLACED) void this.#stop().then(() => this.#welcome.showReplaced());
  }

  /** @param {CameraErrorReason} [reason] why, where the user did not ask for it */
  async #stop(reason) {
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
    this.#hideControls();
    this.#welcome.showAgain(reason);
  }

  /** Another camera runs, or the same one anew. */
  #onCamera() {
    this.#cameraControls.fit();
    this.#showPicture();
  }

  /** The returned picture where one is wanted and there, else the camera's own. */
  #showPicture() {
    const returned = this.#choices.returned === 'annotated' ? this.#returnedStream : null;
    this.#stage.setMode(returned ? 'drawn' : this.#choices.returned === 'none' ? 'bare' : 'preview');
    const mirrored = !returned && this.#camera.facing === 'user';
    this.#stage.mirrored = mirrored;
    this.#video.classList.toggle('mirrored', mirrored);
    this.#stage.setStream(returned ?? this.#camera.stream);
    this.#stage.timeline.clear();
  }

  /** @param {Message} message */
  #onMessage(message) {
    // What is still said after the user stopped is no news.
    if (!this.#session || !this.#inference.hear(message)) return;
    if (message.type === 'detections') {
      this.#onResult(message);
    } else if (message.type === 'stats') {
      this.#sign.describe({ stats: message });
      this.#numbers.hear(message);
    } else if (message.type === 'notice') {
      if (message.code === SERVER_DRAINING || message.code === 'server_stopping') this.#sign.describe({ restarting: true });
      const standsIn = message.code === 'model_unavailable' && this.#settings?.model === 'auto';
      const words = standsIn ? `${text.stand.title} ${text.stand.what}` : message.message;
      this.#toasts.show(words, message.recoverable ? 'warn' : 'bad');
    } else if (message.type === 'settings') {
      this.#onSettings(message.settings);
    }
  }

  /** @param {import('../session/messages.js').DetectionsMessage} message */
  #onResult(message) {
    this.#stage.addResult(message);
    this.#showHeld(message.target_id, message.detections.find(({ track_id: id }) => id === message.target_id)?.label);
    showDetector(byId('detector', HTMLElement), message.model, message.provider);
  }

  /** @param {Partial<RoomSettings>} changed what the join told, or what is new since */
  #onSettings(changed) {
    if (!this.#settings) return;
    const settings = { ...this.#settings, ...changed };
    this.#settings = settings;
    this.#stage.setSettings(settings);
    this.#sheet.showMode(settings.mode);
  }

  /** @param {number|null} id @param {string|undefined} label */
  #showHeld(id, label) {
    byId('release', HTMLButtonElement).disabled = id === null;
    const before = this.#target.id;
    this.#target.update(id, this.#settings?.mode);
    if (id === before) return;
    this.#numbers.hold(id === null ? '' : `${label ?? ''} ${id}`.trim());
  }

  async #measure() {
    const pc = this.#session?.peerConnection;
    if (!pc || this.#session?.state !== 'live') return;
    const numbers = await this.#meter.read(pc).catch(() => null);
    if (!numbers || this.#session?.peerConnection !== pc) return;
    this.#stage.aheadMs = Math.min(MAX_AHEAD_MS, this.#numbers.measure(numbers));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === 'Escape') this.#target.release();
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    this.#target.next();
  }

  async #flip() {
    const facing = this.#camera.facing === 'user' ? 'environment' : 'user';
    if (await this.#swap.change({ facing })) {
      this.#toasts.show(text.phone.turned(facing === 'user' ? text.phone.front : text.phone.back));
    }
  }

  /** @param {number} height */
  async #setSize(height) {
    this.#choices.height = height;
    if (this.#session) await this.#swap.change({ height });
  }

  /** @param {Returned} returned */
  #setReturned(returned) {
    const before = this.#choices.returned === 'annotated';
    this.#choices.returned = returned;
    if (!this.#session) return;
    if (before !== (returned === 'annotated')) {
      this.#returnedStream = null;
      this.#session.reconnect({ receive: returned === 'annotated' });
    }
    this.#showPicture();
  }
}

applyText();
startPage({ words: commonWords });
new PhonePage();
