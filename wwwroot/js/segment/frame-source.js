// Where the pictures come from: the camera, a video file or a still picture.

const MAX_SIDE = 640;
const QUALITY = 0.85;

// A still picture is looked at again so often, so that a change of profile shows.
const STILL_EVERY_MS = 400;

/** @typedef {{id: number, jpeg: ArrayBuffer, picture: ImageBitmap}} Frame */

export class FrameSource {
  /** @type {HTMLVideoElement} */ #video;
  /** @type {(frame: Frame) => void} */ #onFrame;
  /** @type {() => boolean} */ #wanted;
  /** @type {() => void} */ #onLost;
  #canvas = document.createElement('canvas');
  /** @type {ImageBitmap|null} */ #still = null;
  /** @type {number} */ #callback = 0;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #timer;
  /** @type {string|null} */ #url = null;
  /** Counts up with each that is opened or left. */
  #turn = 0;
  #busy = false;
  #id = 0;
  #closed = false;

  /**
   * @param {HTMLVideoElement} video not shown; decodes
   * @param {() => boolean} wanted whether another frame would be used
   * @param {(frame: Frame) => void} onFrame takes the frame over
   * @param {() => void} onLost the camera was unplugged or taken back
   */
  constructor(video, wanted, onFrame, onLost) {
    this.#video = video;
    this.#wanted = wanted;
    this.#onFrame = onFrame;
    this.#onLost = onLost;
  }

  /** Does nothing where another was opened before the system lent it. @param {'user'|'environment'} facing */
  async openCamera(facing = 'environment') {
    const video = { facingMode: facing, width: { ideal: MAX_SIDE }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
    const turn = this.#turn;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video });
    if (turn !== this.#turn) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.stop();
    this.#video.srcObject = stream;
    stream.getVideoTracks()[0]?.addEventListener('ended', () => this.#video.srcObject === stream && this.#onLost());
    await this.#play();
  }

  /** A picture or a video that the user chose. @param {Blob} file */
  async openFile(file) {
    this.stop();
    if (file.type.startsWith('image/')) {
      const turn = this.#turn;
      const still = await createImageBitmap(file);
      if (turn !== this.#turn) {
        still.close();
        return;
      }
      this.#still = still;
      this.#timer = setInterval(() => this.#capture(), STILL_EVERY_MS);
      await this.#capture();
      return;
    }
    this.#url = URL.createObjectURL(file);
    this.#video.srcObject = null;
    this.#video.src = this.#url;
    this.#video.loop = true;
    await this.#play();
  }

  /** Ends what it shows; another may be opened. */
  stop() {
    this.#turn++;
    if (this.#callback) this.#video.cancelVideoFrameCallback?.(this.#callback);
    this.#callback = 0;
    clearInterval(this.#timer);
    this.#still?.close();
    this.#still = null;
    const { srcObject } = this.#video;
    if (srcObject instanceof MediaStream) for (const track of srcObject.getTracks()) track.stop();
    this.#video.srcObject = null;
    this.#video.removeAttribute('src');
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = null;
  }

  close() {
    this.#closed = true;
    this.stop();
  }

  async #play() {
    await this.#video.play();
    this.#follow();
  }

  #follow() {
    const next = () => {
      this.#capture();
      if (this.#callback) this.#follow();
    };
    this.#callback = this.#video.requestVideoFrameCallback(next);
  }

  /** @returns {Promise<Blob|null>} */
  #toJpeg() {
    return new Promise((resolve) => this.#canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  }

  async #capture() {
    if (this.#busy || !this.#wanted()) return;
    const from = this.#still ?? this.#video;
    const [width, height] = this.#still ? [this.#still.width, this.#still.height] : [this.#video.videoWidth, this.#video.videoHeight];
    if (!width || !height) return;
    this.#busy = true;
    try {
      const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
      this.#canvas.width = Math.max(2, Math.round(width * scale));
      this.#canvas.height = Math.max(2, Math.round(height * scale));
      this.#canvas.getContext('2d')?.drawImage(from, 0, 0, this.#canvas.width, this.#canvas.height);
      const picture = await createImageBitmap(this.#canvas);
      const blob = await this.#toJpeg();
      if (!blob || this.#closed) {
        picture.close();
        return;
      }
      this.#id = (this.#id + 1) >>> 0;
      this.#onFrame({ id: this.#id, jpeg: await blob.arrayBuffer(), picture });
    } finally {
      this.#busy = false;
    }
  }
}
