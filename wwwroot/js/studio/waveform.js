// The shape of a sound.

/**
 * The loudest of each stretch of a sound, 0 to 1.
 * @param {readonly Float32Array[]} channels @param {number} count how many stretches
 */
export function peaksOf(channels, count) {
  const peaks = new Float32Array(count);
  const samples = channels[0]?.length ?? 0;
  for (const channel of channels) {
    for (let i = 0; i < count; i++) {
      const end = Math.floor(((i + 1) * samples) / count);
      for (let at = Math.floor((i * samples) / count); at < end; at++) peaks[i] = Math.max(peaks[i], Math.abs(channel[at]));
    }
  }
  return peaks;
}

/**
 * @param {HTMLCanvasElement} canvas in whose colour it is drawn @param {Float32Array} peaks
 * @param {number} loudest of all that are compared @param {number} played what share of it was heard
 */
export function drawWaveform(canvas, peaks, loudest, played) {
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = devicePixelRatio;
  const [width, height] = [Math.max(1, Math.round(canvas.clientWidth * ratio)), Math.max(1, Math.round(canvas.clientHeight * ratio))];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.clearRect(0, 0, width, height);
  context.fillStyle = getComputedStyle(canvas).color;
  const bar = width / peaks.length;
  for (let i = 0; i < peaks.length; i++) {
    const high = Math.max(ratio, (peaks[i] / Math.max(loudest, 1e-6)) * (height - 4 * ratio));
    context.globalAlpha = i / peaks.length < played ? 1 : 0.45;
    context.fillRect(i * bar, (height - high) / 2, Math.max(1, bar - ratio), high);
  }
  context.globalAlpha = 1;
}
