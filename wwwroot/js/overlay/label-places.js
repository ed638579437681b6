// Where labels go, so that none lies on another.
/** @typedef {import('./fit.js').Rect} Rect */
/** @typedef {{left: number, top: number, width: number, height: number, held?: boolean}} Owner a box, in CSS pixels */

const GAP = 3;

/**
 * A place for each box's label: above it, in it, below it or beside its right end, the first that lies in the picture and
 * on nothing else. Where all are taken the label is left out, but for what is held in focus, which keeps the first.
 * @param {readonly (Owner & {labelWidth: number})[]} owners
 * @param {number} height of a label
 * @param {Rect} picture
 * @param {readonly Rect[]} [taken] what else may not be covered
 * @returns {(Rect|null)[]} in the order of the boxes
 */
export function placeLabels(owners, height, picture, taken = []) {
  /** @type {Rect[]} */
  const used = [...taken];
  /** @type {(Rect|null)[]} */
  const places = owners.map(() => null);
  // What is held chooses first, then the large ones, which stand still longest.
  const order = owners.map((_, i) => i).sort((a, b) => Number(owners[b].held ?? false) - Number(owners[a].held ?? false)
    || owners[b].width * owners[b].height - owners[a].width * owners[a].height);
  for (const i of order) {
    const candidates = around(owners[i], owners[i].labelWidth, height, picture);
    const place = candidates.find((rect) => isIn(rect, picture) && !used.some((other) => overlap(rect, other)))
      ?? (owners[i].held ? candidates[0] : null);
    if (!place) continue;
    places[i] = place;
    used.push(place);
  }
  return places;
}

/** @param {Owner} box @param {number} width @param {number} height @param {Rect} picture @returns {Rect[]} */
function around(box, width, height, picture) {
  const within = (/** @type {number} */ left) => Math.max(picture.left, Math.min(left, picture.left + picture.width - width));
  const start = within(box.left);
  const end = within(box.left + box.width - width);
  const above = box.top - height - GAP;
  const below = box.top + box.height + GAP;
  return [[start, above], [start, box.top + GAP], [start, below], [end, above], [end, below]]
    .map(([left, top]) => ({ left, top, width, height }));
}

/** @param {Rect} inner @param {Rect} outer */
function isIn(inner, outer) {
  return inner.top >= outer.top && inner.top + inner.height <= outer.top + outer.height;
}

/** @param {Rect} a @param {Rect} b */
function overlap(a, b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}
