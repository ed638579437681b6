// The pixels of a video's picture, past the graphics chip.

/**
 * Copies pictures into memory that is used again and again. Where there is no graphics chip, a browser that draws a video into a
 * canvas sends each picture to the one that it plays, and keeps half a gigabyte of them on the way.
 */
export class VideoPixels {
  #bytes = new Uint8ClampedArray(0);
  /** @type {ImageData|null} */ #pixels = null;
  /** @type {HTMLVideoElement|null} */ #next = null;
  #isCopying = false;
  #canCopy = typeof VideoFrame !== 'undefined';
  #onPixels;

  /** @param {(pixels: ImageData) => void} onPixels until it returns they are its own */
  constructor(onPixels) {
    this.#onPixels = onPixels;
  }

  /**
   * The picture on show now comes a moment later; one that is asked for meanwhile comes after it, and only the newest.
   * @param {CanvasImageSource} source @returns {boolean} false where it has to be drawn in some other way
   */
  take(source) {
    if (!this.#canCopy || !(source instanceof HTMLVideoElement)) return false;
    this.#next = source;
    if (!this.#isCopying) void this.#copy();
    return this.#canCopy;
  }

  async #copy() {
    this.#isCopying = true;
    try {
      while (this.#next) {
        const frame = new VideoFrame(this.#next, { timestamp: 0 });
        this.#next = null;
        try {
          await this.#read(frame);
        } finally {
          frame.close();
        }
        if (this.#pixels && this.#canCopy) this.#onPixels(this.#pixels);
      }
    } catch {
      this.#canCopy = false;
    }
    this.#isCopying = false;
  }

  /** @param {VideoFrame} frame */
  async #read(frame) {
    const { visibleRect, displayWidth: width, displayHeight: height } = frame;
    if (visibleRect?.width !== width || visibleRect.height !== height || (/** @type {any} */ (frame).rotation ?? 0) !== 0) {
      throw new Error('shown otherwise than it is kept');
    }
    const format = /** @type {const} */ ({ format: 'RGBX' });
    const size = frame.allocationSize(format);
    if (size !== 4 * width * height) throw new Error('kept with gaps');
    if (this.#bytes.length !== size || this.#pixels?.width !== width) {
      this.#bytes = new Uint8ClampedArray(size);
      this.#pixels = new ImageData(this.#bytes, width, height);
    }
    await frame.copyTo(this.#bytes, format);
  }

  close() {
    this.#canCopy = false;
    this.#next = null;
  }
}
