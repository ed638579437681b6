// The cells of a pyramid of feature maps.

export const THREE_LEVELS = Object.freeze([8, 16, 32]);
export const FOUR_LEVELS = Object.freeze([8, 16, 32, 64]);

/** Maps of odd sizes are rounded up, as a convolution with padding does. @param {number} extent @param {number} stride */
export function across(extent, stride) {
  return Math.floor((extent + stride - 1) / stride);
}

/** @param {number} width @param {number} height @param {readonly number[]} strides */
export function cells(width, height, strides) {
  return strides.reduce((sum, stride) => sum + across(width, stride) * across(height, stride), 0);
}
