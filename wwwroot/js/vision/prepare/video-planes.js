// The planes of a video's picture.

/** @typedef {{data: Uint8Array, start: number, stride: number, step: number, width: number, height: number}} Plane */

const FORMATS = new Set(['I420', 'NV12']);

/** Copies pictures as they were decoded, into memory that is used again and again. */
export class VideoPlanes {
  #memory = new Uint8Array(0);

  /**
   * Whether a picture's planes can be had, upright and as large as it is shown.
   * @param {unknown} picture @returns {picture is VideoFrame}
   */
  static takes(picture) {
    if (typeof VideoFrame === 'undefined' || !(picture instanceof VideoFrame)) return false;
    const { format, visibleRect, displayWidth, displayHeight } = picture;
    const rotation = /** @type {any} */ (picture).rotation ?? 0;
    return format !== null && FORMATS.has(format) && rotation === 0 && !/** @type {any} */ (picture).flip
      && visibleRect?.width === displayWidth && visibleRect.height === displayHeight;
  }

  /** @param {VideoFrame} picture @returns {Promise<{luma: Plane, u: Plane, v: Plane}>} until the next one is read */
  async read(picture) {
    const size = picture.allocationSize();
    if (this.#memory.length < size) this.#memory = new Uint8Array(size);
    const layout = await picture.copyTo(this.#memory);
    const { displayWidth: width, displayHeight: height } = picture;
    const plane = (/** @type {number} */ at, start = 0, step = 1) => ({
      data: this.#memory, start: layout[at].offset + start, stride: layout[at].stride, step,
      width: (width + 1) >> 1, height: (height + 1) >> 1,
    });
    const [u, v] = picture.format === 'NV12' ? [plane(1, 0, 2), plane(1, 1, 2)] : [plane(1), plane(2)];
    return { luma: { ...plane(0), width, height }, u, v };
  }
}
