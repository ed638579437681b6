// A processor that plays a graphics chip.

const NAMES = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp\b|software/i;

/** @param {string} name what a browser calls its graphics chip */
export function isSoftwareChip(name) {
  return NAMES.test(name);
}
