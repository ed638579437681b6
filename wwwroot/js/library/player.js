// A video, large.
import { icon, make, setText, show } from '../ui/dom.js';
import { libraryText } from '../ui/library-text.js';
import { text } from '../ui/text.js';
import { libraryApi } from './library-api.js';

/** @typedef {import('../overlay/sidecar-layer.js').SidecarLayer} SidecarLayer */
/** @typedef {import('./library-api.js').Video} Video */

/** Plays a video in a dialog, with what was found in it while it was recorded; the browser asks for the parts that it shows. */
export class Player {
  #title = make('h2', { attributes: { id: 'player-title' } });
  #video = make('video', { attributes: { controls: '', playsinline: '', preload: 'metadata' } });
  #problem = make('p', { class: 'problem', attributes: { role: 'alert' } });
  #canvas = make('canvas', { attributes: { 'aria-hidden': 'true' } });
  #boxes = make('button', {
    class: 'button button-small', text: libraryText.found, attributes: { type: 'button', 'aria-pressed': 'false' },
    on: { click: () => this.#draw(!this.#layer?.visible) },
  });
  /** @type {SidecarLayer|null} */ #layer = null;
  /** @type {string|null} */ #open = null;
  #download = make('a', { class: 'button button-small', text: libraryText.download });
  #dialog;

  constructor() {
    const close = make('button', {
      class: 'button button-icon',
      attributes: { type: 'button', 'aria-label': text.close, title: text.close },
      on: { click: () => this.#dialog.close() },
    }, icon('close'));
    this.#dialog = make('dialog', { class: 'dialog player', attributes: { id: 'player', 'aria-labelledby': 'player-title' } },
      make('div', { class: 'dialog-head' }, this.#title, close),
      make('div', { class: 'dialog-body' }, make('div', { class: 'stage' }, this.#video, this.#canvas), this.#problem,
        make('div', { class: 'player-tools' }, this.#boxes, this.#download)));
    this.#dialog.addEventListener('close', () => this.#unload());
    this.#dialog.addEventListener('click', (event) => {
      // On what is behind it.
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#video.addEventListener('error', () => {
      if (this.#video.getAttribute('src')) this.#explain(libraryText.unplayable);
    });
    document.body.append(this.#dialog);
  }

  /** @param {Video} video */
  open(video) {
    setText(this.#title, video.name);
    this.#explain('');
    this.#video.style.aspectRatio = `${video.width} / ${video.height}`;
    this.#video.poster = libraryApi.thumbnail(video.video_id);
    this.#video.src = libraryApi.file(video.video_id);
    this.#video.setAttribute('aria-label', video.name);
    this.#download.href = libraryApi.file(video.video_id);
    this.#download.setAttribute('download', video.name);
    show(this.#boxes, false);
    this.#dialog.showModal();
    this.#open = video.video_id;
    if (video.has_sidecar) void this.#overlay(video.video_id);

    // A browser that asks for a gesture first leaves it at the poster.
    void this.#video.play().catch(() => {});
  }

  /** @param {string} video */
  async #overlay(video) {
    const lines = await libraryApi.sidecar(video).catch(() => '');
    const { SidecarLayer } = await import('../overlay/sidecar-layer.js');
    if (this.#open !== video || !lines) return;
    this.#layer = new SidecarLayer(this.#canvas, this.#video, lines);
    show(this.#boxes, this.#layer.count > 0);
    this.#draw(this.#layer.visible);
  }

  /** @param {boolean} visible */
  #draw(visible) {
    if (this.#layer) this.#layer.visible = visible;
    this.#boxes.setAttribute('aria-pressed', String(visible));
  }

  /** @param {string} words */
  #explain(words) {
    setText(this.#problem, words);
    show(this.#problem, words !== '');
  }

  #unload() {
    this.#open = null;
    this.#layer?.close();
    this.#layer = null;
    this.#video.pause();
    this.#video.removeAttribute('src');
    this.#video.removeAttribute('poster');
    this.#video.load();
  }

  close() {
    this.#dialog.remove();
  }
}
