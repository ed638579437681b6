// Which picture a video shows.

/**
 * Says the time of each picture that a video shows: the picture's own where the browser tells it, else where the video stands, which
 * is somewhere within that picture. `close` ends that.
 */
export class PictureClock {
  /** @type {HTMLVideoElement} */ #video;
  #onPicture;
  #next = 0;
  #abort = new AbortController();

  /** @param {HTMLVideoElement} video @param {(seconds: number, isOwn: boolean) => void} onPicture */
  constructor(video, onPicture) {
    this.#video = video;
    this.#onPicture = onPicture;
    const { signal } = this.#abort;
    for (const name of ['loadeddata', 'seeked', 'resize']) {
      video.addEventListener(name, () => onPicture(video.currentTime, false), { signal });
    }
    this.#await();
  }

  #await() {
    if ('requestVideoFrameCallback' in this.#video) {
      this.#next = this.#video.requestVideoFrameCallback((_, { mediaTime }) => this.#shown(mediaTime, true));
    } else this.#next = requestAnimationFrame(() => this.#shown(this.#video.currentTime, false));
  }

  /** @param {number} seconds @param {boolean} isOwn */
  #shown(seconds, isOwn) {
    this.#onPicture(seconds, isOwn);
    this.#await();
  }

  close() {
    this.#abort.abort();
    if ('cancelVideoFrameCallback' in this.#video) this.#video.cancelVideoFrameCallback(this.#next);
    else cancelAnimationFrame(this.#next);
  }
}
