// Boxes and their labels on the picture.
import { colourOf, inkOn } from './palette.js';

/** @typedef {import('./fit.js').Rect} Rect */
/** @typedef {import('../session/messages.js').WireDetection} WireDetection */

const FONT = '600 13px system-ui, sans-serif';
const LABEL_HEIGHT = 20;

/**
 * Boxes with their label, as corners that leave the object itself in view; the held one is whole and stronger.
 * @param {CanvasRenderingContext2D} context scaled to CSS pixels
 * @param {Rect} rect where the picture lies
 * @param {readonly WireDetection[]} boxes
 * @param {{targetId?: number|null, mirrored?: boolean, labels?: boolean}} [options]
 */
export function drawBoxes(context, rect, boxes, { targetId = null, mirrored = false, labels = true } = {}) {
  context.font = FONT;
  context.textBaseline = 'middle';
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const box of boxes) {
    const held = box.track_id === targetId;
    const left = rect.left + (mirrored ? 1 - box.xmax : box.xmin) * rect.width;
    const top = rect.top + box.ymin * rect.height;
    const width = (box.xmax - box.xmin) * rect.width;
    const height = (box.ymax - box.ymin) * rect.height;
    context.globalAlpha = box.predicted && !held ? 0.6 : 1;
    context.setLineDash(box.predicted ? [6, 6] : []);
    traceBox(context, left, top, width, height, held);
    context.strokeStyle = 'rgb(0 0 0 / 0.45)';
    context.lineWidth = held ? 6 : 5;
    context.stroke();
    context.strokeStyle = colourOf(box.track_id);
    context.lineWidth = held ? 3.5 : 2.5;
    context.stroke();
    if (labels) drawLabel(context, rect, left, top, box, held);
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context @param {number} left @param {number} top
 * @param {number} width @param {number} height @param {boolean} whole
 */
function traceBox(context, left, top, width, height, whole) {
  context.beginPath();
  if (whole) {
    context.roundRect(left, top, width, height, Math.min(8, width / 4, height / 4));
    return;
  }
  const x = Math.min(24, width / 3);
  const y = Math.min(24, height / 3);
  const right = left + width;
  const bottom = top + height;
  for (const [cx, cy, dx, dy] of [[left, top, x, y], [right, top, -x, y], [right, bottom, -x, -y], [left, bottom, x, -y]]) {
    context.moveTo(cx + dx, cy);
    context.lineTo(cx, cy);
    context.lineTo(cx, cy + dy);
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Rect} rect @param {number} left @param {number} top
 * @param {WireDetection} box @param {boolean} held
 */
function drawLabel(context, rect, left, top, box, held) {
  const text = `${box.label} ${box.track_id}`;
  const width = context.measureText(text).width + 14;
  const x = Math.max(rect.left, Math.min(left, rect.left + rect.width - width));
  const y = top - LABEL_HEIGHT - 4 >= rect.top ? top - LABEL_HEIGHT - 4 : top + 4;
  context.beginPath();
  context.roundRect(x, y, width, LABEL_HEIGHT, LABEL_HEIGHT / 2);
  context.fillStyle = held ? colourOf(box.track_id) : 'rgb(8 12 16 / 0.72)';
  context.fill();
  context.fillStyle = held ? inkOn(box.track_id) : '#ffffff';
  context.fillText(text, x + 7, y + LABEL_HEIGHT / 2 + 0.5);
}
