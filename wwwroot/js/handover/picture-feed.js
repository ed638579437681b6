// The pictures of a video element, each with its stamp.

/** @typedef {{rtp: number|null, captureMs: number}} Shown captureMs: since 1970, as near as the browser tells */

/**
 * Follows what a video shows. A camera without an element of its own on the page gets one here. Owns that one alone.
 */
export class PictureFeed {
  #video; #onPicture;
  #isOwn;
  #follow = 0;
  #closed = false;

  /** @param {HTMLVideoElement|MediaStream} source @param {(shown: Shown) => void} onPicture */
  constructor(source, onPicture) {
    this.#onPicture = onPicture;
    this.#isOwn = !(source instanceof HTMLVideoElement);
    this.#video = source instanceof HTMLVideoElement ? source : ownVideo(source);
    this.#next();
  }

  get video() {
    return this.#video;
  }

  get canFollow() {
    return 'requestVideoFrameCallback' in this.#video;
  }

  #next() {
    if (this.#closed || !this.canFollow) return;
    this.#follow = this.#video.requestVideoFrameCallback((now, metadata) => {
      this.#next();
      this.#onPicture({ rtp: metadata.rtpTimestamp ?? null, captureMs: performance.timeOrigin + (metadata.captureTime ?? now) });
    });
  }

  close() {
    this.#closed = true;
    if (this.canFollow) this.#video.cancelVideoFrameCallback(this.#follow);
    if (this.#isOwn) this.#video.srcObject = null;
  }
}

/** @param {MediaStream} stream */
function ownVideo(stream) {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  void video.play().catch(() => {});
  return video;
}
