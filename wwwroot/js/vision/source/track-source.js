// A camera's pictures, read in the worker.

/** Reads a stream of pictures as fast as they come and keeps the newest alone. Owns each picture until it is taken. */
export class TrackSource {
  /** @type {ReadableStreamDefaultReader<VideoFrame>} */ #reader;
  /** @type {VideoFrame|null} */ #newest = null;
  #arrivedMs = 0;
  #closed = false;

  /** @param {ReadableStream<VideoFrame>} readable @param {() => void} onPicture a new one is there */
  constructor(readable, onPicture) {
    this.#reader = readable.getReader();
    void this.#read(onPicture);
  }

  /** The newest picture becomes the caller's, who closes it. */
  take() {
    const picture = this.#newest;
    this.#newest = null;
    return picture && { picture, arrivedMs: this.#arrivedMs };
  }

  /** @param {() => void} onPicture */
  async #read(onPicture) {
    for (;;) {
      const { value, done } = await this.#reader.read().catch(() => ({ value: undefined, done: true }));
      if (done || this.#closed || !value) {
        value?.close();
        return;
      }
      this.#newest?.close();
      this.#newest = value;
      this.#arrivedMs = performance.timeOrigin + performance.now();
      onPicture();
    }
  }

  close() {
    this.#closed = true;
    this.#newest?.close();
    this.#newest = null;
    void this.#reader.cancel().catch(() => {});
  }
}
