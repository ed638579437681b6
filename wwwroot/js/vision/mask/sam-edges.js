// The interfaces of the promptable family, by name.

/**
 * @typedef {object} SamEdges
 * @property {string} points name of the input that takes points
 * @property {string} labels
 * @property {string} masks name of the output that is lifted onto the picture
 * @property {string|null} quality which of several masks the model thinks most of
 */

/** @typedef {{name: string, shape: readonly (number|string)[]}} Edge */

/**
 * What takes a prompt (SAM's, MobileSAM's and SAM 2's decoders, EfficientSAM whole), or null.
 * @param {readonly Edge[]} inputs @param {readonly Edge[]} outputs @returns {SamEdges|null}
 */
export function decoderEdges(inputs, outputs) {
  const points = find(inputs, 'point_coords');
  const labels = find(inputs, 'point_labels');
  // The low-resolution logits say all that the model knows; the large masks are the same, stretched.
  const masks = find(outputs, 'low_res_masks', 'mask');
  return points && labels && masks ? { points, labels, masks, quality: find(outputs, 'iou', 'score') } : null;
}

/** @param {readonly Edge[]} outputs */
export function isEncoder(outputs) {
  return outputs.some(({ name, shape }) => name.toLowerCase().includes('embed') && shape.length === 4);
}

/** Which of the encoder's outputs an input of the decoder takes. @param {string} input @param {readonly string[]} outputs */
export function sourceOf(input, outputs) {
  const same = outputs.find((output) => output.toLowerCase() === input.toLowerCase());
  if (same) return same;
  return input.toLowerCase().includes('embed') ? outputs.find((output) => output.toLowerCase().includes('embed')) ?? null : null;
}

/** @param {readonly Edge[]} edges @param {...string} words @returns {string|null} */
function find(edges, ...words) {
  for (const word of words) {
    const edge = edges.find(({ name }) => name.toLowerCase().includes(word));
    if (edge) return edge.name;
  }
  return null;
}
