// A video, large.
import { icon, make, setText, show } from '../ui/dom.js';
import { libraryText } from '../ui/library-text.js';
import { text } from '../ui/text.js';
import { libraryApi } from './library-api.js';

/** @typedef {import('./library-api.js').Video} Video */

/** Plays a video in a dialog; the browser asks for the parts that it shows. */
export class Player {
  #title = make('h2', { attributes: { id: 'player-title' } });
  #video = make('video', { attributes: { controls: '', playsinline: '', preload: 'metadata' } });
  #problem = make('p', { class: 'problem', attributes: { role: 'alert' } });
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
      make('div', { class: 'dialog-body' }, make('div', { class: 'stage' }, this.#video), this.#problem, this.#download));
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
    this.#dialog.showModal();

    // A browser that asks for a gesture first leaves it at the poster.
    void this.#video.play().catch(() => {});
  }

  /** @param {string} words */
  #explain(words) {
    setText(this.#problem, words);
    show(this.#problem, words !== '');
  }

  #unload() {
    this.#video.pause();
    this.#video.removeAttribute('src');
    this.#video.removeAttribute('poster');
    this.#video.load();
  }

  close() {
    this.#dialog.remove();
  }
}
