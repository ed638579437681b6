// From files to a detector and a mask model at work, on the provider that is quickest.
import { Detector } from './detect/detector.js';
import { Sam } from './mask/sam.js';
import { findAdapter } from './model/adapter.js';
import { fetchModel, ModelError } from './model/fetch-model.js';
import { ModelSession } from './model/model-session.js';
import { deviceOf, loadRuntime, threadsFor } from './model/runtime.js';
import { MOTION, MotionDetector } from './motion/motion-detector.js';
import { timeRuns } from './provider-probe.js';

/** @typedef {import('./messages.js').OpenCommand} OpenCommand */
/** @typedef {import('./messages.js').VisionReport} VisionReport */
/** @typedef {import('./messages.js').Provider} Provider */
/** @typedef {import('./model/runtime.js').Runtime} Runtime */
/** @typedef {import('./messages.js').Engine} Engine */
/** @typedef {{provider: Engine, adapter: string|null, medianMs: number, threads: number, note: string|null}} HowItRuns */
/** @typedef {HowItRuns & {detector: Detector|MotionDetector, sam: Sam|null, device: any}} OpenModels */

/** A phone kills a page that takes too much: larger models are refused before that. */
const MAX_PHONE_BYTES = 60 * 1024 * 1024;

/** @param {OpenCommand} command @param {(report: VisionReport) => void} report @returns {Promise<OpenModels>} */
export async function openModels(command, report) {
  if (command.detector.name === MOTION && !command.detector.file) return openMotion();
  const { detector: source, masks, provider, phone } = command;
  const bytes = await fetchOne(command, source, report);
  const adapter = provider === 'wasm' ? null : await findAdapter();
  const usable = adapter !== null && (provider === 'webgpu' || !adapter.isSoftware);
  if (provider === 'webgpu' && !adapter) throw new ModelError('This browser gives no WebGPU adapter.');
  const threads = threadsFor(phone);
  const runtime = await loadRuntime(usable ? 'webgpu' : 'wasm', { threads });
  /** @type {Provider[]} */
  const providers = provider !== 'auto' ? [provider] : usable ? ['webgpu', 'wasm'] : ['wasm'];
  const { detector, device, medianMs, note } = await quickest(runtime, bytes, providers, { source: source.name, phone }, report);
  const opened = await openMasks(runtime, detector.provider, command, device, report);
  const software = adapter?.isSoftware ? `${adapter.name} is drawn by the processor and not used` : null;
  return {
    detector,
    provider: detector.provider,
    sam: masks.length > 0 ? opened.sam : null,
    device,
    medianMs,
    adapter: detector.provider === 'webgpu' ? adapter?.name ?? null : null,
    threads,
    note: [note, usable ? null : software, opened.note].filter(Boolean).join('; ') || null,
  };
}

/** @returns {OpenModels} */
function openMotion() {
  const detector = new MotionDetector();
  return { detector, provider: detector.provider, sam: null, device: null, medianMs: 0, adapter: null, threads: 1, note: null };
}

/** @param {OpenCommand} command @param {import('./messages.js').ModelSource} source @param {(report: VisionReport) => void} report */
function fetchOne({ token, phone }, source, report) {
  report({ type: 'stage', stage: 'fetching', name: source.name });
  return fetchModel(source, {
    token,
    storage: globalThis.caches,
    maxBytes: phone ? MAX_PHONE_BYTES : undefined,
    onProgress: (progress) => report({ type: 'progress', name: source.name, ...progress }),
  });
}

/**
 * @param {Runtime} runtime @param {Uint8Array} bytes @param {Provider[]} providers
 * @param {{source: string, phone: boolean}} options @param {(report: VisionReport) => void} report
 */
async function quickest(runtime, bytes, providers, { source, phone }, report) {
  /** @type {{detector: Detector, device: any, medianMs: number}|null} */
  let best = null;
  const notes = [];
  /** @type {unknown} */
  let refused = null;
  for (const provider of providers) {
    try {
      report({ type: 'stage', stage: 'compiling', name: source });
      const session = await ModelSession.open(runtime, bytes, provider, phone);
      const device = provider === 'webgpu' ? await deviceOf(runtime) : null;
      const detector = await Detector.open(session, device);
      report({ type: 'stage', stage: 'timing', name: source });
      const medianMs = await timed(detector);
      if (best && best.medianMs <= medianMs) {
        notes.push(`${provider} took ${medianMs.toFixed(0)} ms`);
        await detector.close();
        continue;
      }
      if (best) notes.push(`${best.detector.provider} took ${best.medianMs.toFixed(0)} ms`);
      await best?.detector.close();
      best = { detector, device, medianMs };
    } catch (error) {
      refused = error;
      notes.push(`${provider}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (!best) throw refused;
  return { ...best, note: notes.join('; ') || null };
}

/** @param {Detector} detector */
async function timed(detector) {
  const { width, height } = detector.plan;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d');
  const picture = canvas.transferToImageBitmap();
  try {
    return await timeRuns(() => detector.detect(picture, { confidence: 0.5, nms: 0.45, maxDetections: 100 }));
  } finally {
    picture.close();
  }
}

/**
 * Without a mask model an ellipse serves.
 * @param {Runtime} runtime @param {Provider} provider @param {OpenCommand} command @param {any} device
 * @param {(report: VisionReport) => void} report
 */
async function openMasks(runtime, provider, command, device, report) {
  const sessions = [];
  try {
    for (const source of command.masks) {
      const bytes = await fetchOne(command, source, report);
      report({ type: 'stage', stage: 'compiling', name: source.name });
      sessions.push(await ModelSession.open(runtime, bytes, provider, command.phone));
    }
    return { sam: sessions.length > 0 ? Sam.of(sessions, device) : null, note: null };
  } catch (error) {
    for (const session of sessions) await session.close();
    return { sam: null, note: `no mask model: ${error instanceof Error ? error.message : error}` };
  }
}
