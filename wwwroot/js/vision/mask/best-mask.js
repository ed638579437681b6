// The one of several masks that the model itself thinks most of.

/**
 * @param {readonly number[]} dims of the masks, the last two a mask's
 * @param {ArrayLike<number>|null} quality one a mask
 * @returns {{offset: number, width: number, height: number}}
 */
export function bestMask(dims, quality) {
  const width = dims[dims.length - 1];
  const height = dims[dims.length - 2];
  const masks = dims.length > 2 ? dims[dims.length - 3] : 1;
  let best = 0;
  for (let at = 1; quality && at < Math.min(masks, quality.length); at++) if (quality[at] > quality[best]) best = at;
  return { offset: best * width * height, width, height };
}
