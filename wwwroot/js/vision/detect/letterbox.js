// Where a picture comes to lie in a model's input.
/** @typedef {import('./rect.js').Rect} Rect */
/** @typedef {import('./tensor-plan.js').TensorPlan} TensorPlan */

/**
 * @typedef {object} Letterbox
 * @property {number} scaleX input pixels to a picture pixel, after rounding to whole pixels
 * @property {number} scaleY
 * @property {number} offsetX where the picture starts in the input
 * @property {number} offsetY
 * @property {number} width of the picture inside of the input
 * @property {number} height
 * @property {number} originX where the region that was cut out starts in the picture
 * @property {number} originY
 */

/** @param {Rect} source what of the picture is shown to the model @param {TensorPlan} plan @returns {Letterbox} */
export function letterbox(source, plan) {
  const sourceWidth = source.right - source.left;
  const sourceHeight = source.bottom - source.top;
  let scaleX = plan.width / sourceWidth;
  let scaleY = plan.height / sourceHeight;
  if (plan.fit !== 'stretch') scaleX = scaleY = Math.min(scaleX, scaleY);
  const width = clamp(roundHalfEven(sourceWidth * scaleX), plan.width);
  const height = clamp(roundHalfEven(sourceHeight * scaleY), plan.height);
  const centred = plan.fit === 'centre';
  return {
    scaleX: width / sourceWidth,
    scaleY: height / sourceHeight,
    offsetX: centred ? Math.trunc((plan.width - width) / 2) : 0,
    offsetY: centred ? Math.trunc((plan.height - height) / 2) : 0,
    width,
    height,
    originX: source.left,
    originY: source.top,
  };
}

/** A box of the input in the picture's pixels. @param {Letterbox} map @param {Rect} box @returns {Rect} */
export function toPicture(map, box) {
  return {
    left: (box.left - map.offsetX) / map.scaleX + map.originX,
    top: (box.top - map.offsetY) / map.scaleY + map.originY,
    right: (box.right - map.offsetX) / map.scaleX + map.originX,
    bottom: (box.bottom - map.offsetY) / map.scaleY + map.originY,
  };
}

/** As the server rounds: a half goes to the even neighbour. @param {number} value */
export function roundHalfEven(value) {
  const single = Math.fround(value);
  const floor = Math.floor(single);
  return single - floor === 0.5 ? floor + (floor % 2) : Math.round(single);
}

/** @param {number} value @param {number} most */
function clamp(value, most) {
  return Math.max(1, Math.min(value, most));
}
