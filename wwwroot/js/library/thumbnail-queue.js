/** How many thumbnails are asked for at a time: the server makes them one by one, and other requests want a connection too. */
const MAX_AT_ONCE = 2;

/** Loads thumbnails one after another, those in sight only. */
export class ThumbnailQueue {
  /** @type {{image: HTMLImageElement, source: string}[]} */ #waiting = [];
  /** @type {Map<Element, string>} */ #unseen = new Map();
  #loading = 0;
  #observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) this.#see(/** @type {HTMLImageElement} */ (target));
  }, { rootMargin: '200px' });

  /** @param {HTMLImageElement} image @param {string} source */
  add(image, source) {
    this.#unseen.set(image, source);
    this.#observer.observe(image);
  }

  /** @param {HTMLImageElement} image */
  #see(image) {
    const source = this.#unseen.get(image);
    this.#observer.unobserve(image);
    this.#unseen.delete(image);
    if (source) this.#waiting.push({ image, source });
    this.#next();
  }

  #next() {
    if (this.#loading >= MAX_AT_ONCE) return;
    const next = this.#waiting.shift();
    if (!next) return;
    const { image, source } = next;
    this.#loading++;
    const ended = () => {
      this.#loading--;
      this.#next();
    };
    image.addEventListener('load', ended, { once: true });
    image.addEventListener('error', ended, { once: true });
    image.src = source;
  }

  close() {
    this.#observer.disconnect();
    this.#waiting = [];
  }
}
