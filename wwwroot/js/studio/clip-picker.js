// Where a clip comes from: a file of this device, or the user's library.
import { bindDrop } from '../library/file-drop.js';
import { isClip, libraryApi } from '../library/library-api.js';
import { ThumbnailQueue } from '../library/thumbnail-queue.js';
import { UploadList } from '../library/upload-list.js';
import { byId, make, setText, show } from '../ui/dom.js';
import { length } from '../ui/language.js';
import { studioText } from '../ui/studio-text.js';

/** @typedef {import('../library/library-api.js').Video} Video */
/** @typedef {import('../library/library-api.js').Session} Session */

const PATIENCE_MS = 3_000;

/**
 * @typedef {object} PickerListener
 * @property {(video: Video) => void} onClip
 * @property {(words: string, tone: 'warn'|'bad') => void} say
 */

/** Offers the videos that are short enough, and takes files, which join the library on the way. */
export class ClipPicker {
  #list = byId('clips', HTMLElement);
  #more = byId('more', HTMLButtonElement);
  #thumbnails = new ThumbnailQueue();
  #listener;
  #uploads;
  /** @type {Session|null} */ #session = null;
  /** @type {string|null} */ #next = null;
  #longer = 0;
  /** Chosen before it was known what a clip may be. @type {File[]} */ #early = [];

  /** @param {PickerListener} listener */
  constructor(listener) {
    this.#listener = listener;
    this.#uploads = new UploadList(byId('uploads', HTMLElement), {
      onVideo: (video) => {
        this.#add(video, true);
        this.#showState();
        listener.onClip(video);
      },
      onCount: (count) => show(byId('uploads-part', HTMLElement), count > 0),
      say: (words) => listener.say(words, 'warn'),
    });
    bindDrop(byId('file', HTMLInputElement), byId('drop', HTMLElement), byId('drop-words', HTMLElement), (files) => void this.#take(files),
      studioText);
    this.#more.addEventListener('click', () => void this.#readMore());
  }

  /** @param {Session} session whose videos these are, and what a clip may be */
  async load(session) {
    this.#session = session;
    const { max_clip_seconds: seconds, max_clip_megabytes: megabytes } = session;
    setText(byId('accepts', HTMLElement), studioText.accepts(seconds, megabytes));
    setText(byId('empty-hint', HTMLElement), studioText.noneHint(seconds));
    this.#list.replaceChildren();
    this.#next = null;
    this.#longer = 0;
    void this.#take(this.#early.splice(0));
    await this.#read();
  }

  async #readMore() {
    this.#more.disabled = true;
    try {
      await this.#read();
    } catch {
      this.#listener.say(studioText.refused(''), 'warn');
    }
    this.#more.disabled = false;
  }

  async #read() {
    const page = await libraryApi.videos(this.#next ?? undefined);
    this.#next = page.next;
    for (const video of page.videos) {
      if (this.#session && isClip(video, this.#session)) this.#add(video, false);
      else this.#longer++;
    }
    this.#showState();
  }

  /** @param {Video} video @param {boolean} isNew */
  #add(video, isNew) {
    const time = length(video.duration_seconds);
    const image = make('img', { attributes: { alt: '' } });
    image.addEventListener('error', () => image.remove());
    const button = make('button', {
      class: 'card clip',
      attributes: { type: 'button', 'data-clip': video.video_id, title: video.name },
      on: { click: () => this.#listener.onClip(video) },
    }, make('span', { class: 'clip-picture' }, image, make('span', { class: 'video-length', text: time })),
    make('span', { class: 'clip-name', text: video.name }));
    const item = make('li', {}, button);
    if (isNew) this.#list.prepend(item);
    else this.#list.append(item);
    this.#thumbnails.add(image, libraryApi.thumbnail(video.video_id));
  }

  #showState() {
    show(byId('empty', HTMLElement), this.#list.childElementCount === 0 && this.#next === null);
    show(this.#more, this.#next !== null);
    setText(byId('longer', HTMLElement), this.#longer > 0 ? studioText.longer(this.#longer) : '');
  }

  /** One clip is worked on at a time. @param {File[]} files */
  async #take([file]) {
    if (!file) return;
    if (!this.#session) {
      this.#early = [file];
      return;
    }
    const { max_clip_seconds: most, max_clip_megabytes: megabytes } = this.#session;
    const facts = { bytes: file.size, duration_seconds: 0 };
    if (!isClip(facts, this.#session)) this.#listener.say(studioText.tooLarge(file.name, megabytes), 'warn');
    else if (!isClip({ ...facts, duration_seconds: await lengthOf(file) }, this.#session)) {
      this.#listener.say(studioText.tooLong(file.name, most), 'warn');
    } else this.#uploads.add([file]);
  }

  close() {
    this.#uploads.close();
    this.#thumbnails.close();
  }
}

/** How long it plays, in seconds; 0 where this browser can't tell, and the server will. @param {File} file @returns {Promise<number>} */
async function lengthOf(file) {
  const at = URL.createObjectURL(file);
  const video = document.createElement('video');
  video.preload = 'metadata';
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(0), PATIENCE_MS);
      const end = (/** @type {number} */ seconds) => {
        clearTimeout(timer);
        resolve(Number.isFinite(seconds) ? seconds : 0);
      };
      video.addEventListener('loadedmetadata', () => end(video.duration), { once: true });
      video.addEventListener('error', () => end(0), { once: true });
      video.src = at;
    });
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(at);
  }
}
