// The graphics chip, if there is one.

/** @typedef {{device: any, name: string, isSoftware: boolean}} Adapter */

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp\b|software/i;

/** @typedef {{vendor?: string, architecture?: string, device?: string, description?: string, isFallbackAdapter?: boolean}} AdapterInfo */

/** Whether a processor pretends to be a graphics chip. @param {AdapterInfo} info */
export function isSoftware(info) {
  return Boolean(info.isFallbackAdapter) || SOFTWARE.test([info.vendor, info.architecture, info.device, info.description].join(' '));
}

/** What people are told. @param {AdapterInfo} info */
export function adapterName({ vendor, architecture, device, description }) {
  return description || [vendor, architecture || device].filter(Boolean).join(' ') || 'unnamed adapter';
}

/** The best adapter with a device of its own; null where WebGPU does not run. @returns {Promise<Adapter|null>} */
export async function openAdapter() {
  const gpu = /** @type {any} */ (navigator).gpu;
  try {
    const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    const info = adapter.info ?? {};
    const wanted = ['shader-f16', 'subgroups'].filter((feature) => adapter.features.has(feature));
    const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX, maxComputeWorkgroupSizeY, maxComputeWorkgroupSizeZ, maxStorageBuffersPerShaderStage } = adapter.limits;
    const device = await adapter.requestDevice({
      requiredFeatures: wanted,
      requiredLimits: {
        maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX, maxComputeWorkgroupSizeY, maxComputeWorkgroupSizeZ, maxStorageBuffersPerShaderStage,
      },
    });
    return { device, name: adapterName(info), isSoftware: isSoftware(info) || Boolean(adapter.isFallbackAdapter) };
  } catch {
    return null;
  }
}
