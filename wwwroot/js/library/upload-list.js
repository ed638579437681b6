// All uploads of the page: those that run, those that wait, and those that an earlier page began.
import { libraryText } from '../ui/library-text.js';
import { libraryApi, Problem } from './library-api.js';
import { KeptUploads } from './kept-uploads.js';
import { sendPart } from './send-part.js';
import { Upload } from './upload.js';
import { UploadRow } from './upload-row.js';

/** @typedef {import('./library-api.js').Video} Video */
/** @typedef {import('./kept-uploads.js').KeptUpload} KeptUpload */

/** More would only share the same network. */
const MAX_AT_ONCE = 2;

/**
 * @typedef {object} UploadListener what the page is told
 * @property {(video: Video) => void} onVideo
 * @property {(count: number) => void} onCount
 * @property {(words: string) => void} say
 */

/** Its last answer was lost, and nothing is left to do. @param {string} at */
const isVideo = (at) => libraryApi.video(at).then(() => true, () => false);

export class UploadList {
  /** @type {Map<Upload, UploadRow>} */ #rows = new Map();
  /** Where each was when it was kept last. @type {WeakMap<Upload, string|null>} */ #places = new WeakMap();
  /** By the upload's address. @type {Map<string, UploadRow>} */ #kept = new Map();
  #store = new KeptUploads();
  #place;
  #listener;
  #abort = new AbortController();

  /** Bytes that the server takes at most. */ maxMegabytes = 0;

  /** @param {HTMLElement} place @param {UploadListener} listener */
  constructor(place, listener) {
    this.#place = place;
    this.#listener = listener;
    const { signal } = this.#abort;
    addEventListener('online', () => this.#hurry(), { signal });
    document.addEventListener('visibilitychange', () => this.#hurry(), { signal });
    addEventListener('beforeunload', (event) => {
      if ([...this.#rows.keys()].some(({ state }) => state === 'sending')) event.preventDefault();
    }, { signal });
  }

  /** Shows what earlier pages left off, as far as the server still has it. */
  async restore() {
    for (const kept of this.#store.list()) {
      if (this.#kept.has(kept.at) || [...this.#rows.keys()].some(({ at }) => at === kept.at)) continue;
      try {
        const sent = await libraryApi.offset(kept.at);
        if (sent >= kept.size && (await isVideo(kept.at))) this.#store.remove(kept.at);
        else this.#showKept(kept, sent);
      } catch (error) {
        // Gone by time, or another user's: nothing is left to go on with. A server that is away may have it still.
        if (error instanceof Problem && !error.isPassing) this.#store.remove(kept.at);
      }
    }
  }

  /** @param {Iterable<File>} files */
  add(files) {
    const most = this.maxMegabytes;
    for (const file of files) {
      if (file.size === 0) this.#listener.say(libraryText.noBytes(file.name));
      else if (most > 0 && file.size > most * 1e6) this.#listener.say(libraryText.tooLarge(file.name, most));
      else this.#begin(file, this.#store.find(file));
    }
  }

  /** @param {File} file @param {KeptUpload} [kept] */
  #begin(file, kept) {
    if (kept && [...this.#rows.keys()].some(({ at }) => at === kept.at)) return;
    const upload = new Upload(file, { ...libraryApi, send: sendPart }, () => this.#onChange(upload), kept?.at ?? null);
    const row = new UploadRow(file.name, {
      pause: () => upload.pause(),
      resume: () => this.#resume(upload),
      cancel: () => void this.#cancel(upload),
      choose: () => {},
    });
    this.#rows.set(upload, row);
    this.#places.set(upload, upload.at);
    if (kept) {
      this.#kept.get(kept.at)?.element.replaceWith(row.element);
      this.#kept.delete(kept.at);
    }
    if (!row.element.isConnected) this.#place.append(row.element);
    this.#onChange(upload);
    this.#next();
  }

  /** @param {KeptUpload} kept @param {number} sent */
  #showKept(kept, sent) {
    const row = new UploadRow(kept.name, {
      pause: () => {},
      resume: () => {},
      cancel: () => {
        this.#forget(kept);
        void libraryApi.remove(kept.at).catch(() => {});
      },
      choose: (file) => {
        if (KeptUploads.isSame(kept, file)) this.#begin(file, kept);
        else this.#listener.say(libraryText.otherFile(kept.name));
      },
    });
    this.#kept.set(kept.at, row);
    row.update({ size: kept.size, sent, speed: 0, state: 'kept', error: '' });
    this.#place.append(row.element);
    this.#count();
  }

  /** @param {KeptUpload} kept */
  #forget(kept) {
    this.#kept.get(kept.at)?.element.remove();
    this.#kept.delete(kept.at);
    this.#store.remove(kept.at);
    this.#count();
  }

  /** @param {Upload} upload */
  #resume(upload) {
    upload.state = 'queued';
    this.#onChange(upload);
    this.#next();
  }

  /** @param {Upload} upload */
  async #cancel(upload) {
    const { at } = upload;
    if (at) this.#store.remove(at);
    this.#rows.get(upload)?.element.remove();
    this.#rows.delete(upload);
    this.#count();
    await upload.cancel();
    this.#next();
  }

  /** Starts what waits, as far as there is room. */
  #next() {
    let busy = [...this.#rows.keys()].filter(({ state }) => ['sending', 'checking', 'away'].includes(state)).length;
    for (const upload of this.#rows.keys()) {
      if (busy >= MAX_AT_ONCE) return;
      if (upload.state !== 'queued') continue;
      busy++;
      void upload.start().then(() => this.#next());
    }
  }

  /** @param {Upload} upload */
  #onChange(upload) {
    const row = this.#rows.get(upload);
    if (!row) return;
    const { size, sent, speed, state, isHopeless, isUnreadable } = upload;
    row.update({ size, sent, speed, state, error: isUnreadable ? libraryText.unreadable : upload.error, isHopeless });
    this.#keep(upload);
    if (state === 'done' && upload.video) {
      row.element.remove();
      this.#rows.delete(upload);
      this.#listener.onVideo(upload.video);
    }
    this.#count();
  }

  /** What a later page would have to know to go on. @param {Upload} upload */
  #keep(upload) {
    const at = upload.state === 'done' ? null : upload.at;
    const before = this.#places.get(upload) ?? null;
    if (at === before) return;
    if (before) this.#store.remove(before);
    if (at) this.#store.add(at, upload.file);
    this.#places.set(upload, at);
  }

  #count() {
    this.#listener.onCount(this.#rows.size + this.#kept.size);
  }

  #hurry() {
    for (const upload of this.#rows.keys()) upload.hurry();
  }

  close() {
    this.#abort.abort();
    for (const upload of this.#rows.keys()) upload.pause();
  }
}
