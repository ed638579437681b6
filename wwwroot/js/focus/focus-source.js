// A camera or a file, in the page's own video.

const SIZE = Object.freeze({ width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 60 } });

/** Owns what plays in the video: the camera's tracks, or the address of a file. */
export class FocusSource {
  #video; #onLost;
  /** @type {MediaStream|null} */ #stream = null;
  #url = '';
  /** Counts up with each that is opened or left. */
  #turn = 0;

  /** @param {HTMLVideoElement} video @param {() => void} onLost the camera was unplugged or taken back */
  constructor(video, onLost) {
    this.#video = video;
    this.#onLost = onLost;
  }

  /** @returns {MediaStreamTrack|null} */
  get track() {
    return this.#stream?.getVideoTracks()[0] ?? null;
  }

  /** Does nothing where another was opened before the system lent it. @param {'user'|'environment'} facing */
  async openCamera(facing) {
    if (!navigator.mediaDevices) throw new DOMException('no camera over plain http', 'SecurityError');
    const turn = this.#turn;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...SIZE, facingMode: facing } });
    if (turn !== this.#turn) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.stop();
    this.#stream = stream;
    this.track?.addEventListener('ended', () => this.#stream === stream && this.#onLost());
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
    this.#turn++;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.pause();
    this.#video.srcObject = null;
    this.#video.removeAttribute('src');
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
  }
}
