// The page that keeps one thing in focus, and detects by itself.
import { cameraAdvice } from '../camera/camera-advice.js';
import { bindFiles } from '../focus/drop-target.js';
import { FactList } from '../focus/fact-list.js';
import { FocusSource } from '../focus/focus-source.js';
import { FocusStage } from '../focus/focus-stage.js';
import { LoadingSign } from '../focus/loading-sign.js';
import { ObjectList } from '../focus/object-list.js';
import { keepOffline } from '../focus/offline.js';
import { RateCount } from '../focus/rate-count.js';
import { showHow } from '../focus/how-it-runs.js';
import { bindSlider } from '../focus/slider.js';
import { StatusSign } from '../focus/status-sign.js';
import { applyText } from '../ui/apply-text.js';
import { byId, show, tokenOfAddress } from '../ui/dom.js';
import { focusText } from '../ui/focus-text.js';
import { Press } from '../ui/press.js';
import { Shortcuts } from '../ui/shortcuts.js';
import { text } from '../ui/text.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';
import { listModels, maskSources, onServer } from '../vision/model/model-choice.js';
import { MOTION } from '../vision/motion/motion-detector.js';
import { Pace } from '../vision/source/pace.js';
import { ticksOf } from '../vision/source/stamps.js';
import { takePicture } from '../vision/source/video-picture.js';
import { HeldTarget } from '../vision/track/held-target.js';
import { VisionClient } from '../vision/vision-client.js';

/** @typedef {import('../vision/messages.js').VisionReport} VisionReport */
/** @typedef {import('../vision/messages.js').ResultReport} ResultReport */
/** @typedef {import('../vision/messages.js').ModelSource} ModelSource */
/** @typedef {import('../session/messages.js').WireDetection} WireDetection */

const NMS = 0.45;
const MAX_DETECTIONS = 100;
const FACTS_EVERY_MS = 500;
const IS_PHONE = matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 700;

/** Everything on the page, joined. */
class FocusPage {
  #video = byId('picture', HTMLVideoElement);
  #overlay = byId('overlay', HTMLCanvasElement);
  #stage = new FocusStage(this.#video, byId('scene', HTMLCanvasElement), this.#overlay);
  #camera = () => void this.#begin(() => this.#source.openCamera(IS_PHONE ? 'environment' : 'user'), true);
  #source = new FocusSource(this.#video, this.#camera);
  #toasts = new Toasts();
  #loading = new LoadingSign();
  #status = new StatusSign();
  #facts = new FactList();
  #objects = new ObjectList((id) => this.#toggle(id));
  #target = new HeldTarget();
  #pace = new Pace(15);
  #shown = new RateCount();
  #detected = new RateCount();
  #token = tokenOfAddress();
  #asked = new URLSearchParams(location.search);
  /** @type {VisionClient|null} */ #client = null;
  /** @type {string[]} */ #masks = [];
  /** The worker reads the camera by itself. */
  #follows = false;
  #opening = 0;

  async start() {
    this.#bind();
    if (!this.#stage.canBlur) this.#toasts.show(focusText.noBlur, 'warn');
    this.#facts.set(focusText.inFocus, focusText.nothing);
    setInterval(() => this.#showRates(), FACTS_EVERY_MS);
    const { detectors, masks } = await listModels(this.#token);
    const select = byId('model', HTMLSelectElement);
    for (const name of detectors) select.add(new Option(name, name));
    select.add(new Option(focusText.motion, MOTION));
    this.#masks = masks;
    const wanted = this.#asked.get('model');
    const chosen = wanted && [...detectors, MOTION].includes(wanted) ? wanted : detectors[0];
    if (chosen) await this.#choose(chosen);
    else if (!this.#client) await this.#without(focusText.noModel);
  }

  /** @param {string} name of the list */
  async #choose(name) {
    byId('model', HTMLSelectElement).value = name;
    await this.#open(name === MOTION ? { name } : onServer(name));
  }

  /** What moves is found without a model, and the page says why. @param {string} why */
  async #without(why) {
    await this.#choose(MOTION);
    this.#status.explain(why);
  }

  /** Models are opened anew; the picture goes on meanwhile. @param {ModelSource} detector */
  async #open(detector) {
    const turn = ++this.#opening;
    this.#client?.close();
    this.#client = null;
    this.#target.release(); // Another tracker counts from one again.
    this.#status.set('loading');
    const mask = this.#masks[0];
    const masks = mask && !IS_PHONE && this.#asked.get('masks') !== 'off' ? await maskSources(mask, this.#token) : [];
    if (turn !== this.#opening) return;
    const asked = this.#asked.get('provider');
    const provider = asked === 'wasm' || asked === 'webgpu' ? asked : 'auto';
    this.#client = new VisionClient(
      { type: 'open', detector, masks, token: this.#token, provider, phone: IS_PHONE, settings: this.#settings() },
      {
        onReport: (report) => this.#hear(report),
        onRestart: () => {
          this.#status.set('restarting');
          this.#toasts.show(focusText.restarted, 'warn');
        },
      },
    );
    this.#client.target(this.#target.id);
    this.#follows = this.#client.follow(this.#source.track);
  }

  #settings() {
    const value = (/** @type {string} */ id) => Number(byId(id, HTMLInputElement).value);
    return { confidence: value('confidence'), nms: NMS, maxDetections: MAX_DETECTIONS, perSecond: value('rate') };
  }

  /** @param {VisionReport} report */
  #hear(report) {
    switch (report.type) {
      case 'stage':
        this.#loading.stage(report);
        break;
      case 'progress':
        this.#loading.progress(report);
        break;
      case 'ready':
        this.#showReady(report);
        break;
      case 'result':
        this.#take(report);
        break;
      case 'error':
        if (report.code === 'runtime') void this.#without(focusText.noRuntime);
        else this.#fail(report.message);
        break;
    }
  }

  /** @param {import('../vision/messages.js').ReadyReport} ready */
  #showReady(ready) {
    this.#status.set('ready');
    this.#loading.hide();
    showHow(this.#facts, ready);
    if (ready.note) console.info(ready.note);
    void keepOffline(ready.resources).then((kept) => show(byId('offline', HTMLElement), kept));
  }

  /** @param {ResultReport} report */
  #take({ message, stampMs, arrivedMs }) {
    const shownMs = arrivedMs === null ? stampMs : this.#stage.captureMs(stampMs, arrivedMs);
    const before = this.#target.label;
    const boxes = this.#target.update(message.detections, performance.now());
    if (before && this.#target.id === null) this.#toasts.show(focusText.gone(before));
    this.#aim();
    this.#stage.add({ ...message, detections: boxes, target_id: this.#target.id, rtp_timestamp: ticksOf(shownMs) });
    this.#detected.add(performance.now());
    this.#objects.update(boxes, this.#target.id);
    const { prepare = 0, detect, mask } = message.timings_ms ?? { detect: 0, mask: 0 };
    this.#facts.set(focusText.detect, focusText.parts(prepare, detect, mask));
    document.documentElement.dataset.detections = String(message.frame_id);
  }

  /** The picture on show goes to the worker when that is free and one is due. @param {number} stampMs */
  #offer(stampMs) {
    this.#shown.add(performance.now());
    show(byId('waiting', HTMLElement), false);
    if (this.#follows || !this.#client?.isFree || !this.#pace.takes(performance.now())) return;
    const client = this.#client;
    takePicture(this.#video, stampMs, (picture) => client.push(picture, stampMs));
  }

  /** @param {() => Promise<void>} open @param {boolean} isCamera */
  async #begin(open, isCamera) {
    try {
      this.#stage.restart();
      this.#stage.isCamera = isCamera;
      this.#target.release();
      this.#aim();
      await open();
      this.#follows = this.#client?.follow(this.#source.track) ?? false;
      byId('play', HTMLButtonElement).disabled = false;
    } catch (error) {
      const name = error instanceof DOMException ? error.name : '';
      if (isCamera) this.#toasts.show(name === 'SecurityError' ? focusText.cameraInsecure : cameraAdvice(error), 'bad');
      else if (name !== 'AbortError') this.#toasts.show(focusText.badVideo, 'bad');
    }
  }

  /** @param {File} file */
  #openFile(file) {
    if (file.name.toLowerCase().endsWith('.onnx')) {
      const name = file.name.slice(0, -'.onnx'.length);
      const select = byId('model', HTMLSelectElement);
      select.add(new Option(focusText.modelDropped(name), ''));
      select.selectedIndex = select.options.length - 1;
      void this.#open({ name, file });
    } else if (file.type.startsWith('video/') || /\.(?:mp4|mov|webm|mkv|avi|m4v)$/i.test(file.name)) {
      void this.#begin(() => this.#source.openFile(file), false);
    } else {
      this.#toasts.show(focusText.badDrop, 'warn');
    }
  }

  /** @param {{clientX: number, clientY: number}} event */
  #tap(event) {
    const place = this.#stage.locate(event);
    if (!place) return;
    this.#stage.pulse(place.x, place.y);
    this.#target.tap(this.#boxes, place.x, place.y, performance.now());
    this.#retarget();
  }

  /** @param {number} id */
  #toggle(id) {
    const box = this.#boxes.find(({ track_id: other }) => other === id);
    if (id === this.#target.id) this.#target.release();
    else if (box) this.#target.hold(box, performance.now());
    this.#retarget();
  }

  /** The next object, from left to right. */
  #nextObject() {
    const boxes = [...this.#boxes].sort((a, b) => a.xmin - b.xmin);
    const at = boxes.findIndex(({ track_id: id }) => id === this.#target.id);
    if (boxes.length > 0) this.#toggle(boxes[(at + 1) % boxes.length].track_id);
  }

  /** Shows the choice on the picture that is there, and on all that follow. */
  #retarget() {
    this.#aim();
    const { newest } = this.#stage;
    if (newest) newest.target_id = this.#target.id;
    this.#objects.hurry();
    this.#objects.update(this.#boxes, this.#target.id);
    this.#stage.repaint();
  }

  #aim() {
    const { id, label } = this.#target;
    this.#client?.target(id);
    this.#facts.set(focusText.inFocus, id === null || label === null ? focusText.nothing : focusText.named(label, id));
  }

  /** @returns {readonly WireDetection[]} */
  get #boxes() {
    return this.#stage.moment?.boxes ?? this.#stage.newest?.detections ?? [];
  }

  #showRates() {
    const now = performance.now();
    this.#facts.set(focusText.shown, focusText.perSecond(this.#shown.perSecond(now)));
    this.#facts.set(focusText.detected, focusText.perSecond(this.#detected.perSecond(now)));
  }

  /** @param {string} why */
  #fail(why) {
    this.#loading.hide();
    this.#status.fail(why);
  }

  #bind() {
    this.#stage.onPicture = (stampMs) => this.#offer(stampMs);
    new Press(this.#overlay, (event) => this.#tap(event));
    new Shortcuts({
      escape: () => {
        this.#target.release();
        this.#retarget();
      },
      enter: (event) => {
        if (event.target === this.#overlay) this.#nextObject();
      },
    });
    byId('camera', HTMLButtonElement).addEventListener('click', this.#camera);
    byId('play', HTMLButtonElement).addEventListener('click', () => this.#source.togglePlay());
    const boxes = byId('boxes', HTMLInputElement);
    boxes.addEventListener('change', () => {
      this.#stage.boxes = boxes.checked;
      this.#stage.repaint();
    });
    bindSlider('blur', text.percent, (value) => {
      this.#stage.blur = value;
      this.#stage.repaint();
    });
    bindSlider('rate', String, (value) => {
      this.#pace.perSecond = value;
      this.#client?.configure(this.#settings());
    });
    bindSlider('confidence', text.percent, () => this.#client?.configure(this.#settings()));
    const select = byId('model', HTMLSelectElement);
    select.addEventListener('change', () => {
      if (select.value !== '') void this.#choose(select.value);
    });
    bindFiles(byId('file', HTMLInputElement), byId('stage', HTMLElement), (file) => this.#openFile(file));
    addEventListener('pagehide', (event) => {
      if (!event.persisted) this.#client?.close();
      this.#source.stop();
    });
  }
}

applyText(document, { focus: focusText });
startPage({ hasWorker: true });
void new FocusPage().start();
