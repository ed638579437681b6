// ONNX Runtime in the browser.

/** @typedef {typeof import('onnxruntime-web')} Runtime */
/** @typedef {import('../messages.js').Provider} Provider */

const FOLDER = '/lib/onnxruntime/';
/** By what each is loaded: the build with WebGPU is twice as large, so only where there is a graphics chip. */
const BUILDS = Object.freeze({ wasm: 'ort.wasm.bundle.min.mjs', webgpu: 'ort.webgpu.bundle.min.mjs' });
const MAX_THREADS = 4;

/** The runtime is not installed beside the server, or could not be read. */
export class RuntimeMissing extends Error {}

/**
 * @param {keyof typeof BUILDS} build
 * @param {{threads: number}} options
 * @returns {Promise<Runtime>}
 */
export async function loadRuntime(build, { threads }) {
  /** @type {Runtime} */
  let runtime;
  try {
    const address = new URL(FOLDER + BUILDS[build], location.origin).href;
    runtime = await import(address);
  } catch (error) {
    throw new RuntimeMissing(`ONNX Runtime for browsers could not be loaded: ${error instanceof Error ? error.message : error}`);
  }
  runtime.env.wasm.wasmPaths = new URL(FOLDER, location.origin).href;
  runtime.env.wasm.numThreads = threads;
  runtime.env.logLevel = 'error';
  return runtime;
}

/** The device that the runtime made for its first session by WebGPU. @param {Runtime} runtime @returns {Promise<any>} */
export async function deviceOf(runtime) {
  return await runtime.env.webgpu?.device;
}

/**
 * Threads need memory that is shared, which a browser gives only to isolated pages. One core is left to draw.
 * @param {boolean} isPhone a phone's threads heat it up, and the small cores make the large ones wait
 */
export function threadsFor(isPhone) {
  if (isPhone || !globalThis.crossOriginIsolated || typeof SharedArrayBuffer === 'undefined') return 1;
  return Math.max(1, Math.min(MAX_THREADS, (navigator.hardwareConcurrency || 2) - 1));
}
