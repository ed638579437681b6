// How a video's picture is kept.

/** Whether its pixels lie as they are shown: upright, as large, not mirrored. @param {VideoFrame} frame */
export function isKeptAsShown(frame) {
  const { visibleRect, displayWidth, displayHeight } = frame;
  const { rotation = 0, flip = false } = /** @type {{rotation?: number, flip?: boolean}} */ (/** @type {unknown} */ (frame));
  return rotation === 0 && !flip && visibleRect?.width === displayWidth && visibleRect.height === displayHeight;
}
