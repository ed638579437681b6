// A camera or a file, in the page's own video.

const SIZE = Object.freeze({ width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 60 } });

/** Owns what plays in the video: the camera's tracks, or the address of a file. */
export class FocusSource {
  #video;
  /** @type {MediaStream|null} */ #stream = null;
  #url = '';

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
  }

  /** @returns {MediaStreamTrack|null} */
  get track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  /** @param {'user'|'environment'} facing */
  async openCamera(facing) {
    if (!navigator.mediaDevices) throw new DOMException('no camera over plain http', 'SecurityError');
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...SIZE, facingMode: facing } });
    this.stop();
    this.#stream = stream;
    this.#video.srcObject = stream;
    await this.#video.play();
  }

  /** @param {Blob} file */
  async openFile(file) {
    this.stop();
    this.#url = URL.createObjectURL(file);
    this.#video.srcObject = null;
    this.#video.src = this.#url;
    this.#video.loop = true;
    await this.#video.play();
  }

  togglePlay() {
    if (this.#video.paused) void this.#video.play().catch(() => {});
    else this.#video.pause();
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.pause();
    this.#video.srcObject = null;
    this.#video.removeAttribute('src');
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
  }
}
