import { Mirror, Recording, snapshot } from '../capture.js';
import { showDetector, showLevel, showState } from '../chips.js';
import { Controls } from '../controls.js';
import { byId, roomOfAddress, setText, show, tokenOfAddress } from '../dom.js';
import { Plots } from '../plots.js';
import { Segments } from '../segments.js';
import { Session } from '../session.js';
import { Stage } from '../stage.js';
import { LinkMeter } from '../stats.js';
import { Tabs } from '../tabs.js';
import { applyText, text } from '../text.js';
import { startTheme } from '../theme.js';
import { Toasts } from '../toast.js';
import { TrackTable } from '../tracktable.js';
import { ZoneEditor } from '../zoneeditor.js';
import { ZoneList } from '../zonelist.js';

/** @typedef {import('../session.js').SessionState} SessionState */
/** @typedef {import('../wire.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../wire.js').Message} Message */
/** @typedef {import('../wire.js').RoomSettings} RoomSettings */
/** @typedef {import('../wire.js').StatsMessage} StatsMessage */
/** @typedef {'annotated'|'source'} View */

const METER_MS = 1_000;

/** The viewer's page: a session, a stage, and the panels around it. */
class ViewPage {
  #room = roomOfAddress();
  #video = byId('picture', HTMLVideoElement);
  #overlay = byId('overlay', HTMLCanvasElement);
  #stage = new Stage({ video: this.#video, scene: byId('scene', HTMLCanvasElement), overlay: this.#overlay });
  #toasts = new Toasts();
  #meter = new LinkMeter();
  #controls = new Controls((patch) => this.#session.configure(patch));
  #tracks = new TrackTable((id) => this.#holdTrack(id), () => this.#session.release());
  #plots = new Plots(byId('plots', HTMLElement));
  #zones = new ZoneEditor(this.#stage, this.#overlay, (zones) => this.#session.configure({ zones }), () => this.#zoneList.showDrawing());
  /** @type {ZoneList} */ #zoneList = new ZoneList(this.#zones);
  /** @type {View} */ #view;
  #views;
  /** @type {Session} */ #session;
  /** @type {Mirror|null} */ #mirror = null;
  /** @type {Recording|null} */ #recording = null;
  /** @type {StatsMessage|null} */ #stats = null;
  /** @type {number|null} */ #heldId = null;
  #shown = 0;
  #wasLost = false;

  constructor() {
    this.#view = new URLSearchParams(location.search).get('view') === 'source' ? 'source' : 'annotated';
    setText(byId('room-name', HTMLElement), this.#room);
    document.title = `${this.#room} · ${text.view.title} · ${text.product}`;
    byId('phone-link', HTMLAnchorElement).href = `/phone?room=${encodeURIComponent(this.#room)}`;
    this.#views = new Segments(byId('views', HTMLElement), 'view', [
      { value: 'annotated', label: text.view.annotated, hint: text.view.annotatedHint },
      { value: 'source', label: text.view.source, hint: text.view.sourceHint },
    ], (value) => this.#setView(/** @type {View} */ (value)));
    this.#views.value = this.#view;
    new Tabs(byId('tabs', HTMLElement), text.view.tabs, (key) => {
      if (key === 'plots') this.#plots.redraw();
      if (key === 'tracks') this.#tracks.refresh();
    });
    this.#stage.onPaint = (context, rect) => this.#zones.paint(context, rect, (name) => this.#zoneList.describe(name));
    this.#stage.onPicture = () => this.#mirror?.follow();
    this.#zoneList.rebuild();
    this.#applyView();
    this.#listen();
    this.#wait(true);
    this.#session = this.#open();
    setInterval(() => void this.#measure(), METER_MS);
  }

  #open() {
    const session = new Session({ room: this.#room, role: 'viewer', view: this.#view, token: tokenOfAddress(), receive: true }, {
      onState: (state, reason) => this.#onState(state, reason),
      onTrack: (stream, receiver) => {
        this.#stage.setStream(stream, receiver);
        this.#meter.reset();
      },
      onMessage: (message) => this.#onMessage(message),
      onJoined: ({ settings, models }) => {
        this.#controls.setModels(models);
        this.#onSettings(settings);
      },
    });
    void session.run();
    return session;
  }

  #listen() {
    byId('release', HTMLButtonElement).disabled = true;
    byId('release', HTMLElement).addEventListener('click', () => this.#session.release());
    byId('snapshot', HTMLElement).addEventListener('click', () => void this.#saveSnapshot());
    byId('record', HTMLElement).addEventListener('click', () => void this.#toggleRecording());
    byId('pip', HTMLElement).addEventListener('click', () => void this.#togglePip());
    byId('full', HTMLElement).addEventListener('click', () => void this.#toggleFull());
    show(byId('pip', HTMLElement), document.pictureInPictureEnabled === true);
    show(byId('full', HTMLElement), document.fullscreenEnabled === true);
    this.#overlay.addEventListener('click', (event) => this.#click(event));
    this.#video.addEventListener('resize', () => this.#wait(!this.#stage.hasPicture));
    document.addEventListener('keydown', (event) => this.#onKey(event));
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload();
    });
  }

  /** @param {View} view */
  #setView(view) {
    if (view === this.#view) return;
    this.#view = view;
    const url = new URL(location.href);
    url.searchParams.set('view', view);
    history.replaceState(null, '', url);
    this.#stage.setStream(null);
    this.#applyView();
    this.#session.reconnect({ view });
  }

  #applyView() {
    this.#stage.setMode(this.#view === 'source' ? 'overlay' : 'drawn');
    if (this.#view === 'source' && !this.#stage.canFocus) this.#toasts.show(text.view.noFocus, 'warn');
  }

  /** @param {SessionState} state @param {string} reason */
  #onState(state, reason) {
    showState(byId('state', HTMLElement), byId('state-text', HTMLElement), state, reason);
    if (state === 'refused') this.#toasts.show(reason || text.state.refused, 'bad');
    if (state === 'returning' || state === 'repairing' || state === 'offline') this.#wasLost = true;
    if (state === 'live' && this.#wasLost) {
      this.#wasLost = false;
      this.#toasts.show(text.phone.networkBack, 'good');
    }
  }

  /** @param {Message} message */
  #onMessage(message) {
    if (message.type === 'detections') this.#onResult(message);
    else if (message.type === 'stats') this.#onStats(message);
    else if (message.type === 'notice') this.#toasts.show(message.message, message.recoverable ? 'warn' : 'bad');
    else if (message.type === 'settings') this.#onSettings(message.settings);
    else if (message.type === 'peers') this.#onPeers(message.phones, message.viewers);
  }

  /** @param {DetectionsMessage} message */
  #onResult(message) {
    this.#stage.addResult(message);
    this.#controls.addResult(message);
    this.#tracks.add(message);
    this.#heldId = message.target_id;
    byId('release', HTMLButtonElement).disabled = message.target_id === null;
    showDetector(byId('detector', HTMLElement), message.model, message.provider);
  }

  /** @param {StatsMessage} message */
  #onStats(message) {
    this.#stats = message;
    showLevel(byId('level', HTMLElement), message.level);
    showDetector(byId('detector', HTMLElement), message.model, message.provider);
    setText(byId('delay', HTMLElement), text.ms(message.age_ms));
    this.#zoneList.setCounts(message.zones ?? []);
    this.#onPeers(message.phones, message.viewers);
  }

  /** @param {RoomSettings} settings */
  #onSettings(settings) {
    this.#stage.setSettings(settings);
    this.#controls.setSettings(settings);
    this.#zones.setZones(settings.zones ?? []);
    this.#zoneList.rebuild();
  }

  /** @param {number} phones @param {number} viewers */
  #onPeers(phones, viewers) {
    setText(byId('people', HTMLElement), `${text.home.phones(phones)}, ${text.home.viewers(viewers)}`);
    if (phones === 0 || !this.#stage.hasPicture) this.#wait(true);
    else this.#wait(false);
  }

  /** @param {boolean} waiting */
  #wait(waiting) {
    setText(byId('waiting-title', HTMLElement), text.view.waiting);
    setText(byId('waiting-text', HTMLElement), text.view.waitingHint);
    show(byId('waiting', HTMLElement), waiting);
    show(byId('numbers', HTMLElement), !waiting);
  }

  async #measure() {
    const shown = this.#stage.pictures - this.#shown;
    this.#shown = this.#stage.pictures;
    const pc = this.#session.peerConnection;
    const link = pc && this.#session.state === 'live' ? await this.#meter.read(pc).catch(() => null) : null;
    setText(byId('rate', HTMLElement), text.fps(shown));
    this.#plots.add({ stats: this.#stats, link, shown });
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const place = this.#stage.locate(event);
    if (this.#zones.click(place) || !place) return;
    this.#stage.pulse(place.x, place.y);
    const held = this.#stage.timeline.newest?.detections.find(({ track_id: id }) => id === this.#heldId);
    const inside = held && place.x >= held.xmin && place.x <= held.xmax && place.y >= held.ymin && place.y <= held.ymax;
    // With Shift: a second thing beside the one that is held.
    if (event.shiftKey) this.#session.select(place.x, place.y, 1);
    else if (inside) this.#session.release();
    else this.#session.select(place.x, place.y);
  }

  /** @param {number} id */
  #holdTrack(id) {
    const box = this.#stage.timeline.newest?.detections.find(({ track_id: other }) => other === id);
    if (!box) return;
    const x = (box.xmin + box.xmax) / 2;
    const y = (box.ymin + box.ymax) / 2;
    this.#stage.pulse(x, y);
    this.#session.select(x, y);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    if (event.key === 'Enter' && this.#zones.drawing) {
      event.preventDefault();
      this.#zones.finish();
      return;
    }
    if (event.key === 'Escape') {
      if (this.#zones.drawing) this.#zones.draw(null);
      else if (this.#heldId !== null) this.#session.release();
      return;
    }
    /** @type {Record<string, () => void>} */
    const actions = {
      s: () => void this.#saveSnapshot(),
      r: () => void this.#toggleRecording(),
      p: () => void this.#togglePip(),
      f: () => void this.#toggleFull(),
      v: () => {
        this.#views.value = this.#view === 'source' ? 'annotated' : 'source';
        this.#setView(/** @type {View} */ (this.#views.value));
      },
    };
    actions[event.key.toLowerCase()]?.();
  }

  async #saveSnapshot() {
    const name = await snapshot(this.#stage, this.#room);
    this.#toasts.show(name ? text.view.saved(name) : text.view.noPicture, name ? 'good' : 'warn');
  }

  async #toggleRecording() {
    if (this.#recording) {
      const recording = this.#recording;
      this.#recording = null;
      this.#showRecording(false);
      this.#toasts.show(text.view.saved(await recording.stop()), 'good');
      this.#dropMirror();
      return;
    }
    if (!Recording.supported) this.#toasts.show(text.view.noRecorder, 'warn');
    else if (!this.#stage.hasPicture) this.#toasts.show(text.view.noPicture, 'warn');
    else {
      this.#recording = new Recording(this.#needMirror().stream, this.#room);
      this.#showRecording(true);
    }
  }

  /** @param {boolean} on */
  #showRecording(on) {
    const button = byId('record', HTMLElement);
    const label = on ? text.view.recordStop : text.view.record;
    button.setAttribute('aria-pressed', String(on));
    button.setAttribute('aria-label', label);
    button.title = label;
    button.classList.toggle('recording', on);
    byId('record-icon', SVGUseElement).setAttribute('href', `/icons/icons.svg#${on ? 'stop' : 'record'}`);
  }

  #needMirror() {
    this.#mirror ??= new Mirror(this.#stage);
    return this.#mirror;
  }

  #dropMirror() {
    if (this.#recording || document.pictureInPictureElement) return;
    this.#mirror?.close();
    this.#mirror = null;
  }

  /** The small window shows what the page shows: in overlay mode that is the mirror, not the bare video. */
  async #togglePip() {
    if (document.pictureInPictureElement) {
      await document.exitPictureInPicture();
      return;
    }
    if (!this.#stage.hasPicture) {
      this.#toasts.show(text.view.noPicture, 'warn');
      return;
    }
    try {
      const video = document.createElement('video');
      video.muted = true;
      video.srcObject = this.#needMirror().stream;
      await video.play();
      video.addEventListener('leavepictureinpicture', () => {
        video.srcObject = null;
        this.#dropMirror();
      }, { once: true });
      await video.requestPictureInPicture();
    } catch {
      this.#toasts.show(text.notice.error, 'warn');
      this.#dropMirror();
    }
  }

  async #toggleFull() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await byId('screen', HTMLElement).requestFullscreen().catch(() => {});
  }
}

applyText();
startTheme();
new ViewPage();
