// The clip, picture by picture.
import { libraryApi } from '../library/library-api.js';
import { PictureClock } from '../overlay/picture-clock.js';
import { byId, setText, show } from '../ui/dom.js';
import { IconChoice } from '../ui/icon-choice.js';
import { studioText } from '../ui/studio-text.js';

/** @typedef {import('../library/library-api.js').Video} Video */
/** @typedef {import('./frame-times.js').FrameTimes} FrameTimes */

/** Plays a clip and steps through it; which picture is shown is the browser's word, by the times that the server decoded. */
export class ClipPlayer {
  #video = byId('picture', HTMLVideoElement);
  #seek = byId('seek', HTMLInputElement);
  #play = byId('play', HTMLButtonElement);
  #icon = new IconChoice(this.#play.querySelector('svg'), ['play', 'pause']);
  #place = byId('place', HTMLElement);
  #problem = byId('problem', HTMLElement);
  #onFrame;
  /** @type {FrameTimes|null} */ #times = null;
  /** The picture that a seek goes to. @type {number|null} */ #wanted = null;
  #isPlayable = true;
  #clock;

  /** The number of the picture that is shown. */ frame = 0;

  /** @param {(frame: number) => void} onFrame */
  constructor(onFrame) {
    this.#onFrame = onFrame;
    this.#play.addEventListener('click', () => this.toggle());
    byId('step-back', HTMLElement).addEventListener('click', () => this.step(-1));
    byId('step-on', HTMLElement).addEventListener('click', () => this.step(1));
    this.#seek.addEventListener('input', () => this.show(Number(this.#seek.value)));
    this.#video.addEventListener('error', () => {
      if (!this.#video.getAttribute('src')) return;
      this.#isPlayable = false;
      this.#explain();
    });
    for (const name of ['play', 'pause', 'ended']) this.#video.addEventListener(name, () => this.#showButton());
    this.#clock = new PictureClock(this.#video, (seconds) => this.#shown(seconds));
  }

  /** @param {Video} video */
  open({ video_id: id, width, height, name }) {
    this.#times = null;
    this.#wanted = null;
    this.frame = 0;
    this.#isPlayable = true;
    this.#explain();
    byId('stage', HTMLElement).style.aspectRatio = `${width} / ${height}`;
    this.#video.setAttribute('aria-label', name);
    this.#video.src = libraryApi.file(id);
    this.#enable(false);
    this.#tell();
  }

  /** From here on pictures have numbers. @param {FrameTimes} times */
  begin(times) {
    this.#times = times;
    this.#seek.max = String(times.count - 1);
    this.#enable(true);
    this.#shown(this.#video.currentTime);
    this.#tell();
  }

  toggle() {
    if (!this.#times || !this.#isPlayable) return;
    if (!this.#video.paused) this.#video.pause();
    else {
      this.#wanted = null;
      void this.#video.play().catch(() => {});
    }
  }

  pause() {
    this.#video.pause();
  }

  /** @param {number} by */
  step(by) {
    this.show((this.#wanted ?? this.frame) + by);
  }

  /** Goes to a picture. @param {number} frame */
  show(frame) {
    if (!this.#times) return;
    this.#video.pause();
    this.#wanted = this.#times.clamp(frame);
    this.#to(this.#wanted);
    if (this.#isPlayable) this.#video.currentTime = this.#times.middleOf(this.#wanted);
  }

  /** @param {number} seconds */
  #shown(seconds) {
    if (!this.#times) return;
    const frame = this.#times.at(seconds);
    // On the way to another picture the old one is told once more.
    if (this.#wanted !== null && frame !== this.#wanted && this.#video.paused) return;
    this.#to(frame);
  }

  /** @param {number} frame */
  #to(frame) {
    if (frame === this.frame) return;
    this.frame = frame;
    this.#tell();
    this.#onFrame(frame);
  }

  #tell() {
    const [frame, count] = [this.frame, this.#times?.count ?? 0];
    this.#seek.value = String(frame);
    setText(this.#place, count > 0 ? studioText.at(frame, count, this.#times?.startOf(frame) ?? 0) : '');
    this.#seek.setAttribute('aria-valuetext', this.#place.textContent ?? '');
  }

  #showButton() {
    const words = this.#video.paused ? studioText.play : studioText.pause;
    this.#play.setAttribute('aria-label', words);
    this.#play.title = words;
    this.#icon.show(this.#video.paused ? 'play' : 'pause');
  }

  /** @param {boolean} on */
  #enable(on) {
    for (const id of ['play', 'step-back', 'step-on']) byId(id, HTMLButtonElement).disabled = !on;
    this.#seek.disabled = !on;
  }

  #explain() {
    setText(this.#problem, this.#isPlayable ? '' : studioText.unplayable);
    show(this.#problem, !this.#isPlayable);
  }

  /** Nothing is shown any more. */
  empty() {
    this.#times = null;
    this.#video.pause();
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  close() {
    this.empty();
    this.#clock.close();
  }
}
