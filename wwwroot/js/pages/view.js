// The viewer's page.
import { showDetector } from '../panels/chips.js';
import { ConnectionSign } from '../panels/connection-sign.js';
import { RoomControls } from '../panels/room-controls.js';
import { byId, roomOfAddress, setAddress, show, tokenOfAddress } from '../ui/dom.js';
import { HeatLayer } from '../overlay/heat-layer.js';
import { InferenceSwitch } from '../panels/inference-switch.js';
import { PictureTools } from '../panels/picture-tools.js';
import { CameraGrid } from '../panels/camera-grid.js';
import { ShareDialog } from '../panels/share-dialog.js';
import { asksForToken, SERVER_DRAINING } from '../session/codes.js';
import { roomLink } from '../session/join-links.js';
import { bindViewKeys } from '../panels/view-keys.js';
import { PeopleChip } from '../panels/people-chip.js';
import { PictureStatus } from '../panels/picture-status.js';
import { Plots } from '../panels/plots.js';
import { Segments } from '../ui/segments.js';
import { Session } from '../session/session.js';
import { Press } from '../ui/press.js';
import { Stage } from '../picture/stage.js';
import { LinkMeter } from '../session/link-meter.js';
import { ModelNotice } from '../panels/model-notice.js';
import { RoomTitle } from '../panels/room-title.js';
import { RoomRecording } from '../panels/room-recording.js';
import { Tabs } from '../ui/tabs.js';
import { Target } from '../panels/target.js';
import { applyText } from '../ui/apply-text.js';
import { text } from '../ui/text.js';
import { commonWords } from '../words/common.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';
import { TrackTable } from '../panels/track-table.js';
import { ZoneEditor } from '../overlay/zone-editor.js';
import { ZoneList } from '../panels/zone-list.js';

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('../session/messages.js').Message} Message */
/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */
/** @typedef {'annotated'|'source'} View */

const METER_MS = 1_000;
const STRAINED_LOSS = 0.05; // A link that loses so much of the large picture carries no tiles besides.

/** The viewer's page: a session, a stage, and the panels around it. */
class ViewPage {
  #room = roomOfAddress();
  #video = byId('picture', HTMLVideoElement);
  #overlay = byId('overlay', HTMLCanvasElement);
  #stage = new Stage({ video: this.#video, scene: byId('scene', HTMLCanvasElement), overlay: this.#overlay });
  #toasts = new Toasts();
  #sign = new ConnectionSign(this.#toasts, { tellsLoss: false });
  #status = new PictureStatus(this.#stage, this.#sign);
  #tools = new PictureTools(this.#stage, this.#room, this.#toasts);
  #heat = new HeatLayer(this.#stage, this.#room, tokenOfAddress());
  #target = new Target(this.#stage, () => this.#session);
  #meter = new LinkMeter();
  #controls = new RoomControls((patch) => this.#session.configure(patch));
  #tracks = new TrackTable((id) => this.#target.hold(id), () => this.#target.release());
  #plots = new Plots(byId('plots', HTMLElement));
  #zones = new ZoneEditor(this.#stage, this.#overlay, (zones) => this.#session.configure({ zones }), () => this.#zoneList.showDrawing());
  /** @type {ZoneList} */ #zoneList = new ZoneList(
    this.#zones, () => ({ room: this.#room, token: tokenOfAddress(), toasts: this.#toasts }));
  /** @type {View} */ #view;
  #views;
  /** @type {Session} */ #session;
  /** All of the room's settings: the join tells them, and later messages what changed. @type {RoomSettings|null} */ #settings = null;
  #watchesOnly = false;
  #title = new RoomTitle(() => text.view.title);
  #people = new PeopleChip();
  #share = new ShareDialog(this.#room, tokenOfAddress(), this.#toasts, 'camera');
  /** @type {CameraGrid} */ #grid;
  #inference = new InferenceSwitch({
    load: () => import('../handover/page-inference.js'),
    isCamera: false,
    session: () => this.#session,
    settings: () => this.#settings,
    source: () => (this.#view === 'source' && this.#stage.hasPicture ? this.#video : null),
    mayAct: () => !this.#watchesOnly,
    onResult: (message) => this.#onResult(message, true),
    onWish: () => this.#inference.isWanted && this.#setView('source'), // Only what nobody has drawn on can be looked at.
  });
  #notice = new ModelNotice(byId('stand', HTMLElement), (model, models) => this.#onModel(model, models));
  #recording = new RoomRecording(this.#room, tokenOfAddress(), this.#toasts, () => this.#view);

  constructor() {
    this.#view = new URLSearchParams(location.search).get('view') === 'source' || this.#inference.isWanted ? 'source' : 'annotated';
    this.#nameRoom();
    this.#views = new Segments(byId('views', HTMLElement), 'view', () => [
      { value: 'annotated', label: text.view.annotated, hint: text.view.annotatedHint },
      { value: 'source', label: text.view.source, hint: text.view.sourceHint },
    ], (value) => this.#setView(/** @type {View} */ (value)));
    this.#views.value = this.#view;
    new Tabs(byId('tabs', HTMLElement), () => text.view.tabs, (key) => {
      if (key === 'plots') this.#plots.redraw();
      if (key === 'tracks') this.#tracks.refresh();
      if (key === 'zones') this.#zoneList.open();
    });
    this.#stage.onPaint = (context, rect) => {
      this.#heat.paint(context, rect);
      this.#zones.paint(context, rect, (name) => this.#zoneList.describe(name));
    };
    this.#stage.onPicture = () => this.#tools.follow();
    this.#zoneList.rebuild();
    this.#applyView();
    this.#listen();
    this.#grid = new CameraGrid(byId('cameras', HTMLElement), this.#room, tokenOfAddress(), (room) => this.#choose(room));
    this.#session = this.#open();
    this.#status.describe({});
    setInterval(() => void this.#measure(), METER_MS);
  }

  #nameRoom() {
    this.#title.show(this.#room);
    byId('phone-link', HTMLAnchorElement).href = roomLink('/phone', this.#room, tokenOfAddress());
  }

  /** Another camera of the room comes into the large view; the way back leads to this one. @param {string} room */
  #choose(room) {
    if (room === this.#room) return;
    setAddress('room', room, { keepsWayBack: true });
    this.#enter(room);
  }

  /** @param {string} room */
  #enter(room) {
    void this.#session.close();
    this.#room = room;
    this.#nameRoom();
    // Its tile gives its own place in the room up before the large view takes one.
    this.#grid.current = room;
    this.#stage.setStream(null);
    this.#settings = null;
    this.#inference.restart();
    this.#target = new Target(this.#stage, () => this.#session);
    this.#share.room = room;
    this.#recording.room = room;
    this.#heat.change(room);
    void this.#tools.change(room);
    this.#controls.clear();
    this.#tracks.clear();
    this.#plots.clear();
    this.#zones.setZones([]);
    this.#zoneList.setCounts([]);
    this.#zoneList.rebuild();
    this.#status.clear();
    this.#session = this.#open();
  }

  #open() {
    /** @type {Session} */
    const session = new Session({ room: this.#room, role: 'viewer', view: this.#view, token: tokenOfAddress(), receive: true }, {
      onState: (state, reason, code) => {
        if (session !== this.#session) return;
        this.#sign.show(state, reason);
        this.#status.describe({});
        if (state !== 'refused' || !asksForToken(code)) return;
        void import('../panels/token-dialog.js').then(({ askForToken }) => askForToken(reason));
      },
      onTrack: (stream, receiver) => {
        if (session !== this.#session) return;
        this.#stage.setStream(stream, receiver);
        this.#grid.large = stream;
        this.#meter.reset();
      },
      onMessage: (message) => {
        if (session === this.#session) this.#onMessage(message);
      },
      onJoined: ({ settings, models, rights }) => {
        if (session !== this.#session) return;
        this.#notice.models = models;
        this.#controls.setModels(models);
        this.#settings = settings;
        this.#onSettings({});
        this.#onRights(rights === 'watcher');
      },
    });
    queueMicrotask(() => void session.run()); // Once it is the page's session: what it tells before is nobody's.
    return session;
  }

  #listen() {
    byId('share', HTMLElement).addEventListener('click', () => this.#share.open());
    byId('demo', HTMLElement).addEventListener('click', async () =>
      new (await import('../demo/demo.js')).Demo(this.#room, tokenOfAddress(), (why) => this.#toasts.show(why, 'bad')));
    if (new URLSearchParams(location.search).get('demo') === '1') byId('demo', HTMLElement).click();
    byId('release', HTMLElement).addEventListener('click', () => this.#target.release());
    new Press(this.#overlay, (event, second) => {
      const place = this.#stage.locate(event);
      if (!this.#zones.click(place) && place && !this.#watchesOnly) this.#target.tap(place, second);
    });
    this.#video.addEventListener('resize', () => this.#status.describe({}));
    bindViewKeys(this.#tools, {
      h: () => this.#heat.toggle(),
      v: () => this.#setView(this.#view === 'source' ? 'annotated' : 'source'),
      enter: (event) => this.#zones.enter(event),
      escape: () => {
        if (this.#zones.drawing) this.#zones.draw(null);
        else if (this.#target.id !== null && !this.#watchesOnly) this.#target.release();
      },
    });
    window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
    window.addEventListener('popstate', () => roomOfAddress() !== this.#room && this.#enter(roomOfAddress()));
  }

  /** @param {View} view */
  #setView(view) {
    if (view === this.#view) return;
    this.#stage.setStream(null);
    this.#grid.large = null;
    this.#showView(view);
    this.#session.reconnect({ view });
  }

  /** @param {View} view */
  #showView(view) {
    this.#view = view;
    this.#views.value = view;
    setAddress('view', view);
    this.#applyView();
  }

  #applyView() {
    this.#stage.setMode(this.#view === 'source' ? 'overlay' : 'drawn');
    if (this.#view === 'source' && !this.#stage.canFocus) this.#toasts.show(text.view.noFocus, 'warn');
  }

  /** @param {Message} message */
  #onMessage(message) {
    this.#recording.hear(message);
    if (!this.#inference.hear(message)) return;
    if (message.type === 'detections') this.#onResult(message);
    else if (message.type === 'stats') this.#onStats(message);
    else if (message.type === 'notice') this.#onNotice(message);
    else if (message.type === 'settings') this.#onSettings(message.settings);
    else if (message.type === 'peers') this.#onPeers(message.phones, message.viewers);
  }

  /** @param {DetectionsMessage} message @param {boolean} [isOwn] */
  #onResult(message, isOwn = false) {
    this.#stage.addResult(message, isOwn);
    this.#controls.addResult(message);
    this.#tracks.add(message);
    this.#target.update(message.target_id, this.#settings?.mode);
    byId('release', HTMLButtonElement).disabled = message.target_id === null || this.#watchesOnly;
    showDetector(byId('detector', HTMLElement), message.model, message.provider);
  }

  /** @param {import('../session/messages.js').StatsMessage} message */
  #onStats(message) {
    this.#status.addStats(message);
    this.#notice.update(message.model);
    this.#zoneList.setCounts(message.zones ?? []);
    this.#onPeers(message.phones, message.viewers);
  }

  /** @param {import('../session/messages.js').NoticeMessage} notice */
  #onNotice({ code, message, recoverable }) {
    if (code === SERVER_DRAINING || code === 'server_stopping') this.#status.describe({ restarting: true });
    // The sign tells it, and the session makes another.
    if (code !== 'peer_closed' && !this.#notice.tells(code)) this.#toasts.show(message, recoverable ? 'warn' : 'bad');
    if (code !== 'view_changed') return;
    // The server changed it on the running connection; only what the page draws has to follow.
    this.#showView('annotated');
  }

  /** A room that was set to motion has to be told. @param {string} model @param {import('../session/messages.js').ModelEntry[]} models */
  #onModel(model, models) {
    this.#controls.setModels(models);
    if (!this.#watchesOnly && this.#settings && this.#settings.mode !== 'privacy') this.#session.configure({ model });
    this.#toasts.show(text.stand.done(model), 'good');
  }

  /** A watcher is offered nothing that the server would refuse. @param {boolean} only */
  #onRights(only) {
    this.#watchesOnly = only;
    for (const part of [this.#controls, this.#tracks, this.#recording, this.#zoneList]) part.setReadOnly(only);
    show(byId('release', HTMLElement), !only);
  }

  /** @param {Partial<RoomSettings>} changed */
  #onSettings(changed) {
    if (!this.#settings) return;
    this.#settings = { ...this.#settings, ...changed };
    const settings = this.#settings;
    this.#stage.setSettings(settings);
    this.#controls.setSettings(settings);
    this.#zones.setZones(settings.zones ?? []);
    this.#zoneList.rebuild();
  }

  /** @param {number} phones @param {number} viewers */
  #onPeers(phones, viewers) {
    this.#people.show(phones, viewers);
    this.#status.describe({ phones });
    show(byId('demo', HTMLElement), phones === 0 && !this.#watchesOnly);
  }

  async #measure() {
    const shown = this.#status.measure(METER_MS);
    const pc = this.#session.peerConnection;
    const link = pc && this.#session.state === 'live' ? await this.#meter.read(pc).catch(() => null) : null;
    if (link && link.loss > STRAINED_LOSS) this.#grid.strain();
    this.#plots.add({ stats: this.#status.stats, link, shown });
  }
}

applyText();
startPage({ words: commonWords });
new ViewPage();
