// Pictures of a video at some of its times, taken in the page.

const WIDTH = 320;

/** Paints them one after another, those in sight only, by a second video that nobody sees. Owns that video. */
export class ScenePictures {
  #source;
  /** @type {HTMLVideoElement|null} */ #video = null;
  /** @type {Map<Element, number>} */ #unseen = new Map();
  /** @type {{canvas: HTMLCanvasElement, seconds: number}[]} */ #waiting = [];
  #isBusy = false;
  #observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) this.#see(/** @type {HTMLCanvasElement} */ (target));
  }, { rootMargin: '200px' });

  /** @param {string} source the video's file */
  constructor(source) {
    this.#source = source;
  }

  /** @param {HTMLCanvasElement} canvas @param {number} seconds */
  add(canvas, seconds) {
    this.#unseen.set(canvas, seconds);
    this.#observer.observe(canvas);
  }

  clear() {
    this.#observer.disconnect();
    this.#unseen.clear();
    this.#waiting = [];
  }

  /** @param {HTMLCanvasElement} canvas */
  #see(canvas) {
    const seconds = this.#unseen.get(canvas);
    this.#observer.unobserve(canvas);
    this.#unseen.delete(canvas);
    if (seconds === undefined) return;
    this.#waiting.push({ canvas, seconds });
    void this.#paintAll();
  }

  async #paintAll() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (!(await this.#paint(next.canvas, next.seconds))) break;
    }
    this.#isBusy = false;
  }

  /** @param {HTMLCanvasElement} canvas @param {number} seconds @returns {Promise<boolean>} false where the file can't be played */
  async #paint(canvas, seconds) {
    if (!this.#video) {
      this.#video = document.createElement('video');
      Object.assign(this.#video, { muted: true, preload: 'auto', src: this.#source });
    }
    const video = this.#video;
    const isThere = await new Promise((resolve) => {
      const done = (/** @type {boolean} */ good) => () => resolve(good);
      video.addEventListener('seeked', done(true), { once: true });
      video.addEventListener('error', done(false), { once: true });
      video.currentTime = seconds;
    });
    if (!isThere || !(video.videoWidth > 0)) return false;
    Object.assign(canvas, { width: WIDTH, height: Math.round((WIDTH * video.videoHeight) / video.videoWidth) });
    canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
    return true;
  }

  close() {
    this.clear();
    this.#video?.removeAttribute('src');
    this.#video?.load();
  }
}
