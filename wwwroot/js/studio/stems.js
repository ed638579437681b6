// The sound of a clip, taken apart.
import { icon, make, show } from '../ui/dom.js';
import { studioText } from '../ui/studio-text.js';
import { StemMixer } from './stem-mixer.js';
import { studioApi } from './studio-api.js';
import { drawWaveform, peaksOf } from './waveform.js';

/** @typedef {import('./studio-api.js').Task} Task */
/** @typedef {'drums'|'bass'|'vocals'|'other'} StemName */
/**
 * @typedef {object} Row
 * @property {StemName} name
 * @property {string} url
 * @property {HTMLElement} element
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLButtonElement} solo
 * @property {Float32Array|null} peaks
 */
/** @typedef {{name: StemName, url: string, isAsked: boolean}} StemFile */

const NAMES = /** @type {const} */ (['vocals', 'drums', 'bass', 'other']);
const BARS = 200;
const RATE = 44_100;

/** Waveforms that play together, each of which can be heard alone; the video goes along without its own sound. */
export class Stems {
  /** @type {StemMixer|null} */ #mixer = null;
  /** @type {Row[]} */ #rows;
  #video;
  #say;
  #play;
  #range;
  #loudest = 0;
  #frame = 0;
  #closed = false;
  #observer = new ResizeObserver(() => this.#draw());
  element;

  /** Null where the clip has no sound. @param {Task} task @param {HTMLVideoElement} video @param {(words: string) => void} say */
  static of(task, video, say) {
    const rows = NAMES.flatMap((name) => {
      const url = task[`${name}_url`];
      return url ? [{ name, url, isAsked: task.audio_url === url }] : [];
    });
    return rows.length > 0 ? new Stems(rows, video, say) : null;
  }

  /** @param {StemFile[]} stems @param {HTMLVideoElement} video @param {(words: string) => void} say */
  constructor(stems, video, say) {
    this.#video = video;
    this.#say = say;
    this.#play = make('button', {
      class: 'button button-small', text: studioText.playStems, attributes: { type: 'button', id: 'stems-play', disabled: '' },
      on: { click: () => void this.#toggle() },
    });
    this.#range = make('input', {
      attributes: { type: 'range', min: '0', max: '1', step: '0.01', value: '0', 'aria-label': studioText.soundAt, disabled: '' },
      on: { input: () => this.#seek(Number(this.#range.value)) },
    });
    this.#rows = stems.map(({ name, url, isAsked }) => this.#row(name, url, isAsked));
    this.element = make('section', { class: 'stems', attributes: { 'aria-label': studioText.stems } },
      make('div', { class: 'stems-head' }, make('h3', { text: studioText.stems }), this.#play, this.#range),
      ...this.#rows.map(({ element }) => element));
    for (const { canvas } of this.#rows) this.#observer.observe(canvas);
    video.addEventListener('play', () => {
      // Its own sound and the stems at once would be one too many.
      if (!video.muted) this.#pause();
    });
    void this.#load();
  }

  /** @param {StemName} name @param {string} url @param {boolean} isAsked @returns {Row} */
  #row(name, url, isAsked) {
    const words = studioText.stem[name];
    const canvas = make('canvas', {
      attributes: { role: 'img', 'aria-label': studioText.waveform(words) },
      on: {
        click: (event) => {
          if (event instanceof MouseEvent && this.#mixer) this.#seek((event.offsetX / canvas.clientWidth) * this.#mixer.seconds);
        },
      },
    });
    const solo = make('button', {
      class: 'button button-small', text: studioText.soloShort,
      attributes: { type: 'button', 'aria-pressed': 'false', 'aria-label': studioText.solo(words), title: studioText.solo(words) },
      on: { click: () => this.#solo(name) },
    });
    solo.disabled = true;
    const label = make('span', { class: 'stem-name', text: words });
    if (isAsked) label.append(make('span', { class: 'chip chip-good', text: studioText.asked }));
    const save = make('a', {
      class: 'button button-icon',
      attributes: { href: url, download: `${name}.wav`, 'aria-label': studioText.saveStem(words), title: studioText.saveStem(words) },
    }, icon('snapshot'));
    const element = make('div', { class: 'stem', attributes: { 'data-stem': name } }, label, solo, canvas, save);
    return { name, url, element, canvas, solo, peaks: null };
  }

  async #load() {
    try {
      // Decoding takes no gesture of the user, as playing does.
      const decoder = new OfflineAudioContext(1, 1, RATE);
      const stems = await Promise.all(this.#rows.map(async (row) => {
        const buffer = await decoder.decodeAudioData(await studioApi.bytes(row.url));
        row.peaks = peaksOf(Array.from({ length: buffer.numberOfChannels }, (_, at) => buffer.getChannelData(at)), BARS);
        return { name: row.name, buffer };
      }));
      if (this.#closed) return;
      this.#mixer = new StemMixer(stems);
    } catch {
      this.#say(studioText.soundFailed);
      return;
    }
    this.#loudest = Math.max(...this.#rows.map(({ peaks }) => Math.max(...(peaks ?? []))));
    this.#range.max = String(this.#mixer.seconds);
    this.#range.disabled = false;
    this.#play.disabled = false;
    for (const { solo } of this.#rows) solo.disabled = false;
    this.element.dataset.ready = 'true';
    this.#draw();
  }

  async #toggle() {
    if (!this.#mixer) return;
    if (this.#mixer.isPlaying) return this.#pause();
    await this.#mixer.play();
    this.#video.muted = true;
    this.#video.currentTime = this.#mixer.place;
    void this.#video.play().catch(() => {});
    this.#play.textContent = studioText.pauseStems;
    this.#tick();
  }

  #pause() {
    cancelAnimationFrame(this.#frame);
    if (!this.#mixer?.isPlaying) return;
    this.#mixer.pause();
    this.#video.pause();
    this.#video.muted = false;
    this.#play.textContent = studioText.playStems;
    this.#draw();
  }

  #tick() {
    if (!this.#mixer?.isPlaying) return;
    if (this.#mixer.place >= this.#mixer.seconds) return this.#pause();
    this.#draw();
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /** @param {number} seconds */
  #seek(seconds) {
    if (!this.#mixer) return;
    void this.#mixer.seek(seconds).then(() => this.#draw());
    this.#video.currentTime = seconds;
  }

  /** @param {StemName} name */
  #solo(name) {
    this.#mixer?.toggleSolo(name);
    this.#draw();
  }

  #draw() {
    const mixer = this.#mixer;
    if (!mixer) return;
    this.#range.value = String(mixer.place);
    for (const { name, element, canvas, solo, peaks } of this.#rows) {
      element.dataset.heard = String(mixer.isHeard(name));
      solo.setAttribute('aria-pressed', String(mixer.isSolo(name)));
      if (peaks) drawWaveform(canvas, peaks, this.#loudest, mixer.place / mixer.seconds);
    }
  }

  close() {
    this.#closed = true;
    this.#pause();
    this.#observer.disconnect();
    this.#mixer?.close();
    show(this.element, false);
  }
}
