// Pictures and recordings of what is seen, as files.
import { HiddenClock } from './hidden-clock.js';

/** @typedef {import('./stage.js').Stage} Stage */

const SAVED_MS = 60_000;
const RECORDED_FPS = 30;
const RECORDED_BITRATE = 6_000_000;
const KINDS = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm', 'video/mp4'];

/** @param {string} room @param {string} end @param {Date} [now] */
function fileName(room, end, now = new Date()) {
  return `${room}-${now.toISOString().slice(0, 19).replace(/[:T]/g, '-')}.${end}`;
}

/** Hands a file to the browser's downloads. @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * The picture as it is seen, at its own resolution, into a PNG.
 * @param {Stage} stage @param {string} room
 * @returns {Promise<string|null>} the file's name, null where there is no picture
 */
export async function snapshot(stage, room) {
  const canvas = document.createElement('canvas');
  if (!stage.compose(canvas)) return null;
  const blob = await new Promise((/** @type {(blob: Blob|null) => void} */ resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) return null;
  const name = fileName(room, 'png');
  save(blob, name);
  return name;
}

/** A canvas that follows the stage, as a stream: for a recording, and for picture in picture with its overlay. */
export class Mirror {
  #canvas = document.createElement('canvas');
  /** @type {Stage} */ #stage;
  #clock;

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    this.follow();
    this.#clock = new HiddenClock(() => {
      stage.refresh();
      this.follow();
    }, Math.round(1000 / RECORDED_FPS));
    this.stream = this.#canvas.captureStream(RECORDED_FPS);
  }

  /** To be called for each picture. */
  follow() {
    this.#stage.compose(this.#canvas);
  }

  close() {
    this.#clock.close();
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/** Where a recording's parts go while it runs: to a file of the browser's own disk where it lends one, else to memory. */
class Parts {
  /** @type {Blob[]} */ #kept = [];
  /** @type {FileSystemFileHandle|null} */ #file = null;
  /** @type {FileSystemWritableFileStream|null} */ #stream = null;
  /** @type {Promise<void>} */ #last;
  #name = `recording-${crypto.randomUUID?.() ?? Date.now()}`;

  constructor() {
    this.#last = this.#open();
  }

  async #open() {
    try {
      const folder = await navigator.storage.getDirectory();
      this.#file = await folder.getFileHandle(this.#name, { create: true });
      this.#stream = await this.#file.createWritable();
    } catch {
      // Plain http, a private window, or a browser without: memory does.
      this.#stream = null;
    }
  }

  /** @param {Blob} part */
  add(part) {
    this.#last = this.#last.then(async () => {
      if (!this.#stream) {
        this.#kept.push(part);
        return;
      }
      try {
        await this.#stream.write(part);
      } catch {
        // The disk is full: what is written stays, and the rest is kept in memory.
        await this.#stream.close().catch(() => {});
        this.#stream = null;
        this.#kept.push(part);
      }
    });
  }

  /** @param {string} type @returns {Promise<Blob>} */
  async whole(type) {
    await this.#last;
    await this.#stream?.close().catch(() => {});
    const file = await this.#file?.getFile().catch(() => null);
    return new Blob(file ? [file, ...this.#kept] : this.#kept, { type });
  }

  /** The file is of no more use. */
  async drop() {
    const folder = await navigator.storage?.getDirectory?.().catch(() => null);
    await folder?.removeEntry(this.#name).catch(() => {});
  }
}

/** A recording of what is seen, made by the browser, saved when it ends. */
export class Recording {
  /** @type {MediaRecorder} */ #recorder;
  #parts = new Parts();
  #began = performance.now();
  /** @type {string} */ #kind;
  /** @type {string} */ #room;

  static get supported() {
    return typeof MediaRecorder !== 'undefined' && KINDS.some((kind) => MediaRecorder.isTypeSupported(kind));
  }

  /** @param {MediaStream} stream @param {string} room */
  constructor(stream, room) {
    this.#room = room;
    this.#kind = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? KINDS[0];
    this.#recorder = new MediaRecorder(stream, { mimeType: this.#kind, videoBitsPerSecond: RECORDED_BITRATE });
    this.#recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size > 0) this.#parts.add(data);
    });
    // A part a second: a page that dies keeps memory low until then, and stop() has little left to write.
    this.#recorder.start(1_000);
  }

  /** Seconds since it began. */
  get seconds() {
    return Math.floor((performance.now() - this.#began) / 1000);
  }

  /** @returns {Promise<string>} the file's name */
  async stop() {
    const recorder = this.#recorder;
    if (recorder.state !== 'inactive') {
      await new Promise((resolve) => {
        recorder.addEventListener('stop', resolve, { once: true });
        recorder.stop();
      });
    }
    const name = fileName(this.#room, this.#kind.startsWith('video/mp4') ? 'mp4' : 'webm');
    save(await this.#parts.whole(this.#kind.split(';')[0]), name);
    setTimeout(() => void this.#parts.drop(), SAVED_MS);
    return name;
  }
}
