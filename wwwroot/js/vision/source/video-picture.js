// The picture that a video shows now.

/**
 * Without a copy where the browser can, else as a bitmap a moment later. What is taken is the taker's to close.
 * @param {HTMLVideoElement} video @param {number} stampMs @param {(picture: VideoFrame|ImageBitmap) => void} use
 */
export function takePicture(video, stampMs, use) {
  if (typeof VideoFrame !== 'undefined') use(new VideoFrame(video, { timestamp: Math.round(stampMs * 1000) }));
  else createImageBitmap(video).then(use, () => {});
}
