// The graphics chip, if there is one.
import { isSoftwareChip } from '../../ui/software-chip.js';

/** @typedef {{name: string, isSoftware: boolean}} Adapter */

/** @typedef {{vendor?: string, architecture?: string, device?: string, description?: string, isFallbackAdapter?: boolean}} AdapterInfo */

/** Whether a processor pretends to be a graphics chip. @param {AdapterInfo} info */
export function isSoftware(info) {
  return Boolean(info.isFallbackAdapter) || isSoftwareChip([info.vendor, info.architecture, info.device, info.description].join(' '));
}

/** What people are told. @param {AdapterInfo} info */
export function adapterName({ vendor, architecture, device, description }) {
  return description || [vendor, architecture || device].filter(Boolean).join(' ') || 'unnamed adapter';
}

/** The adapter that the runtime will get; null where WebGPU does not run. @returns {Promise<Adapter|null>} */
export async function findAdapter() {
  const gpu = /** @type {any} */ (navigator).gpu;
  try {
    const adapter = await gpu?.requestAdapter();
    if (!adapter) return null;
    const info = adapter.info ?? {};
    return { name: adapterName(info), isSoftware: isSoftware(info) || Boolean(adapter.isFallbackAdapter) };
  } catch {
    return null;
  }
}
