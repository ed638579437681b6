// Sentences of the page that detects by itself.

/** Of the page `/focus`. */
export const focusText = Object.freeze({
  title: 'Smart focus',
  lead: 'Everything happens in this browser: no picture leaves it.',
  stage: 'Picture. Click an object to keep it in focus, click it again to let it go.',
  tools: 'Source and picture',
  begin: 'Keep one thing in focus',
  beginHint: 'Open the camera or choose a video. You can also drop a video, or a model of your own, anywhere on this page.',
  camera: 'Camera',
  file: 'Choose a video',
  play: 'Play or pause',
  boxes: 'Boxes',
  blur: 'Blur',
  rate: 'Detections a second',
  confidence: 'Confidence',
  model: 'Model',
  modelDropped: (/** @type {string} */ name) => `${name} (dropped)`,
  objects: 'Objects',
  objectsNone: 'Nothing seen yet',
  hold: (/** @type {string} */ what) => `Keep ${what} in focus`,
  release: (/** @type {string} */ what) => `Let go of ${what}`,
  named: (/** @type {string} */ label, /** @type {number} */ id) => `${label} ${id}`,
  facts: 'How it runs',
  inFocus: 'In focus',
  nothing: 'nothing',
  runsOn: 'Runs on',
  detect: 'One detection',
  timed: 'Timed at',
  shown: 'Shown',
  detected: 'Detected',
  outline: 'Outline',
  outlineEllipse: 'ellipse: no mask model',
  perSecond: (/** @type {number} */ rate) => `${rate.toFixed(rate < 10 ? 1 : 0)} a second`,
  ms: (/** @type {number} */ value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`,
  parts: (/** @type {number} */ prepare, /** @type {number} */ detect, /** @type {number} */ mask) =>
    `${prepare.toFixed(1)} prepare, ${detect.toFixed(1)} model${mask >= 0.05 ? `, ${mask.toFixed(1)} mask` : ''}`,
  wasm: (/** @type {number} */ threads) => (threads === 1 ? 'processor, 1 thread' : `processor, ${threads} threads`),
  webgpu: (/** @type {string} */ adapter) => `WebGPU: ${adapter}`,
  fetching: (/** @type {string} */ name) => `Fetching ${name}`,
  compiling: (/** @type {string} */ name) => `Preparing ${name}`,
  timing: (/** @type {string} */ name) => `Timing ${name}`,
  bytes: (/** @type {number} */ bytes, /** @type {number} */ total, /** @type {number} */ perSecond) =>
    `${megabytes(bytes)} of ${megabytes(total)} MB, ${megabytes(perSecond)} MB/s`,
  progress: 'The model’s progress',
  state: Object.freeze({ loading: 'Loading', ready: 'Ready', restarting: 'Starting anew', failed: 'No detection' }),
  offline: 'Works offline',
  noModel: 'The server has no detection model. Drop an .onnx file on this page, or fetch one on the server: ./rtc models pull.',
  noRuntime: 'The runtime for models is not installed on the server (npm package onnxruntime-web). The picture is shown without detection.',
  restarted: 'Detection had to start anew. Nothing is lost.',
  gone: (/** @type {string} */ what) => `${what} is out of sight: let go`,
  cameraRefused: 'The browser does not lend its camera to this page.',
  cameraInsecure: 'Browsers lend the camera only to https pages. A video file works here all the same.',
  badVideo: 'This browser can’t play that file.',
  badDrop: 'Drop a video or an .onnx model.',
  noBlur: 'This browser has no WebGL: the blur is left out.',
});

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
