// Where a video is sent.

/** Sends a video to pictures, one after another: while it is on its way to one, only the last that was asked for is kept. */
export class Seeker {
  #video;
  #fps;
  /** @type {number|null} */ #next = null;
  #listener = () => this.#go();

  /** @param {HTMLVideoElement} video @param {number} fps */
  constructor(video, fps) {
    this.#video = video;
    this.#fps = fps;
    video.addEventListener('seeked', this.#listener);
  }

  /** To the picture that is shown at this time. @param {number} seconds */
  to(seconds) {
    // The middle of the picture: its very beginning may round to the one before.
    this.#next = (Math.floor(seconds * this.#fps + 0.01) + 0.5) / this.#fps;
    if (!this.#video.seeking) this.#go();
  }

  #go() {
    if (this.#next === null || this.#video.readyState === 0) return;
    const last = Number.isFinite(this.#video.duration) ? this.#video.duration - 0.5 / this.#fps : Infinity;
    this.#video.currentTime = Math.max(0, Math.min(this.#next, last));
    this.#next = null;
  }

  close() {
    this.#video.removeEventListener('seeked', this.#listener);
  }
}
