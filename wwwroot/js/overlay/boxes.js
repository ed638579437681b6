// Boxes and their labels on the picture.
import { placeLabels } from './label-places.js';
import { colourOf, inkOn } from './palette.js';

/** @typedef {import('./fit.js').Rect} Rect */
/** @typedef {import('../session/messages.js').WireDetection} WireDetection */

/**
 * @typedef {object} BoxOptions
 * @property {number|null} [targetId]
 * @property {boolean} [mirrored]
 * @property {boolean} [labels]
 * @property {readonly Rect[]} [keepOut]
 * @property {(box: WireDetection) => string} [wordsOf]
 */

const FONT = '600 12px system-ui, sans-serif';
const LABEL_HEIGHT = 18;
const PADDING = 6;
const RADIUS = 8;

/**
 * Thin rounded boxes with their labels, which lie on nothing else; the held one is stronger.
 * @param {CanvasRenderingContext2D} context scaled to CSS pixels
 * @param {Rect} rect where the picture lies
 * @param {readonly WireDetection[]} boxes
 * @param {BoxOptions} [options]
 */
export function drawBoxes(
  context, rect, boxes, { targetId = null, mirrored = false, labels = true, keepOut = [], wordsOf = nameAndId } = {},
) {
  context.font = FONT;
  context.textBaseline = 'middle';
  const drawn = boxes.map((box) => {
    const words = wordsOf(box);
    return {
      box,
      words,
      held: box.track_id === targetId,
      left: rect.left + (mirrored ? 1 - box.xmax : box.xmin) * rect.width,
      top: rect.top + box.ymin * rect.height,
      width: (box.xmax - box.xmin) * rect.width,
      height: (box.ymax - box.ymin) * rect.height,
      labelWidth: labels ? context.measureText(words).width + 2 * PADDING : 0,
    };
  });
  for (const { box, held, left, top, width, height } of drawn) {
    context.globalAlpha = box.predicted && !held ? 0.6 : 1;
    context.setLineDash(box.predicted ? [6, 6] : []);
    context.beginPath();
    context.roundRect(left, top, width, height, Math.min(RADIUS, width / 4, height / 4));
    context.strokeStyle = 'rgb(0 0 0 / 0.4)';
    context.lineWidth = held ? 5 : 3.5;
    context.stroke();
    context.strokeStyle = colourOf(box.track_id);
    context.lineWidth = held ? 3 : 1.75;
    context.stroke();
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
  if (!labels) return;
  placeLabels(drawn, LABEL_HEIGHT, rect, keepOut).forEach((place, i) => {
    if (place) drawLabel(context, place, drawn[i].words, drawn[i].box.track_id, drawn[i].held);
  });
}

/** @param {WireDetection} box */
function nameAndId({ label, track_id: id }) {
  return `${label} ${id}`;
}

/**
 * Where a track was, as a line that ends in the middle of its box.
 * @param {CanvasRenderingContext2D} context scaled to CSS pixels
 * @param {Rect} rect where the picture lies
 * @param {WireDetection} box
 * @param {readonly {x: number, y: number}[]} way fractions of the picture, the oldest first
 * @param {boolean} mirrored
 */
export function drawTrail(context, rect, box, way, mirrored) {
  if (way.length === 0) return;
  const places = [...way, { x: (box.xmin + box.xmax) / 2, y: (box.ymin + box.ymax) / 2 }];
  context.setLineDash([]);
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.beginPath();
  for (const { x, y } of places) context.lineTo(rect.left + (mirrored ? 1 - x : x) * rect.width, rect.top + y * rect.height);
  context.strokeStyle = 'rgb(0 0 0 / 0.4)';
  context.lineWidth = 3.5;
  context.stroke();
  context.strokeStyle = colourOf(box.track_id);
  context.lineWidth = 1.75;
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Rect} place @param {string} words @param {number} id @param {boolean} held */
function drawLabel(context, { left, top, width, height }, words, id, held) {
  context.beginPath();
  context.roundRect(left, top, width, height, height / 2);
  context.fillStyle = held ? colourOf(id) : 'rgb(8 12 16 / 0.72)';
  context.fill();
  context.fillStyle = held ? inkOn(id) : '#ffffff';
  context.fillText(words, left + PADDING, top + height / 2 + 0.5);
}
