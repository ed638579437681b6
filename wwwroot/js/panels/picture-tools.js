// Buttons for the whole picture: save, record, small window, full screen.
import { Mirror, Recording, snapshot } from '../picture/capture.js';
import { byId, setText, show } from '../ui/dom.js';
import { IconChoice } from '../ui/icon-choice.js';
import { languageChanges } from '../ui/language.js';
import { text } from '../ui/text.js';

/** @typedef {import('../picture/stage.js').Stage} Stage */
/** @typedef {import('../ui/toasts.js').Toasts} Toasts */

const CLOCK_MS = 500;

/**
 * The buttons that do something with the whole picture: save it, record it, show it in a small window or on the full
 * screen. Owns the mirror of the stage that recording and small window share.
 */
export class PictureTools {
  /** @type {Stage} */ #stage;
  /** @type {string} */ #room;
  /** @type {Toasts} */ #toasts;
  /** @type {Mirror|null} */ #mirror = null;
  /** @type {Recording|null} */ #recording = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #clock;
  #icon = new IconChoice(byId('record-icon', SVGSVGElement), ['record', 'stop']);
  #abort = new AbortController();

  /** @param {Stage} stage @param {string} room @param {Toasts} toasts */
  constructor(stage, room, toasts) {
    this.#stage = stage;
    this.#room = room;
    this.#toasts = toasts;
    const { signal } = this.#abort;
    byId('snapshot', HTMLElement).addEventListener('click', () => void this.saveSnapshot(), { signal });
    byId('record', HTMLElement).addEventListener('click', () => void this.toggleRecording(), { signal });
    byId('pip', HTMLElement).addEventListener('click', () => void this.toggleSmallWindow(), { signal });
    byId('full', HTMLElement).addEventListener('click', () => void this.toggleFullScreen(), { signal });
    languageChanges.addEventListener('change', () => this.#nameRecording(), { signal });
    show(byId('pip', HTMLElement), document.pictureInPictureEnabled === true);
    show(byId('full', HTMLElement), document.fullscreenEnabled === true);
  }

  /** Another room is on the stage; a recording of the last one ends. @param {string} room */
  async change(room) {
    if (this.#recording) await this.toggleRecording();
    this.#room = room;
  }

  /** To be called for each picture on the stage. */
  follow() {
    this.#mirror?.follow();
  }

  async saveSnapshot() {
    const name = await snapshot(this.#stage, this.#room);
    this.#toasts.show(name ? text.view.saved(name) : text.view.noPicture, name ? 'good' : 'warn');
  }

  async toggleRecording() {
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

  #showTime() {
    const seconds = this.#recording?.seconds ?? 0;
    setText(byId('record-time', HTMLElement), `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`);
  }

  /** @param {boolean} on */
  #showRecording(on) {
    clearInterval(this.#clock);
    this.#clock = on ? setInterval(() => this.#showTime(), CLOCK_MS) : undefined;
    show(byId('record-time', HTMLElement), on);
    if (on) this.#showTime();
    const button = byId('record', HTMLElement);
    button.setAttribute('aria-pressed', String(on));
    button.classList.toggle('recording', on);
    this.#nameRecording();
    this.#icon.show(on ? 'stop' : 'record');
  }

  #nameRecording() {
    const button = byId('record', HTMLElement);
    const label = this.#recording ? text.view.recordStop : text.view.record;
    button.setAttribute('aria-label', label);
    button.title = label;
  }

  /** The small window shows what the page shows: in overlay mode that is the mirror, not the bare video. */
  async toggleSmallWindow() {
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

  async toggleFullScreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await byId('screen', HTMLElement).requestFullscreen().catch(() => {});
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

  /** A recording under way is saved. */
  async close() {
    this.#abort.abort();
    if (this.#recording) await this.toggleRecording();
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    this.#dropMirror();
  }
}
