// How zones and lines look on the picture.
import { colourOf, numberOf } from './palette.js';

/** @typedef {import('./fit.js').Rect} Rect */
/** @typedef {import('./zone-editor.js').Kind} Kind */
/** @typedef {import('./zone-editor.js').Point} Point */

const LABEL_HEIGHT = 20;

/** @param {string} name */
export function shapeColour(name) {
  return colourOf(numberOf(name));
}

/**
 * @param {CanvasRenderingContext2D} context @param {Rect} rect where the picture lies
 * @param {{kind: Kind, points: readonly Point[], colour: string, label: string}} shape
 * @param {readonly Rect[]} [keepOut] what its label may not lie under
 */
export function paintShape(context, rect, { kind, points, colour, label }, keepOut = []) {
  const corners = points.map(({ x, y }) => ({ x: rect.left + x * rect.width, y: rect.top + y * rect.height }));
  context.beginPath();
  for (const { x, y } of corners) context.lineTo(x, y);
  if (kind === 'zone') {
    context.closePath();
    context.globalAlpha = 0.16;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }
  context.lineWidth = 4.5;
  context.strokeStyle = 'rgb(0 0 0 / 0.5)';
  context.stroke();
  context.lineWidth = 2.5;
  context.strokeStyle = colour;
  context.stroke();
  context.fillStyle = colour;
  for (const { x, y } of corners) {
    context.beginPath();
    context.arc(x, y, 4.5, 0, 2 * Math.PI);
    context.fill();
  }
  if (kind === 'line' && corners.length === 2) paintArrow(context, corners[0], corners[1]);
  if (label) paintLabel(context, rect, corners, label, keepOut);
}

/**
 * Above the shape, within the picture, and below whatever lies over it there.
 * @param {CanvasRenderingContext2D} context @param {Rect} rect @param {readonly Point[]} corners @param {string} label
 * @param {readonly Rect[]} keepOut
 */
function paintLabel(context, rect, corners, label, keepOut) {
  const top = Math.min(...corners.map(({ y }) => y));
  context.font = '600 12.5px system-ui, sans-serif';
  const width = context.measureText(label).width + 14;
  const left = Math.max(rect.left, Math.min(...corners.map(({ x }) => x), rect.left + rect.width - width));
  let y = Math.max(rect.top + 2, top - 26);
  for (const over of [...keepOut].sort((a, b) => a.top - b.top)) {
    const isBeside = left + width <= over.left || over.left + over.width <= left;
    if (!isBeside && y < over.top + over.height && over.top < y + LABEL_HEIGHT) y = over.top + over.height + 3;
  }
  context.fillStyle = 'rgb(8 12 16 / 0.75)';
  context.beginPath();
  context.roundRect(left, y, width, LABEL_HEIGHT, LABEL_HEIGHT / 2);
  context.fill();
  context.fillStyle = '#ffffff';
  context.textBaseline = 'middle';
  context.fillText(label, left + 7, y + LABEL_HEIGHT / 2 + 0.5);
}

/**
 * The direction that counts as forth, on the middle of a line.
 * @param {CanvasRenderingContext2D} context
 * @param {Point} a
 * @param {Point} b
 */
function paintArrow(context, a, b) {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const nx = -(b.y - a.y) / length;
  const ny = (b.x - a.x) / length;
  const mx = (a.x + b.x) / 2;
  const my = (a.y + b.y) / 2;
  context.beginPath();
  context.moveTo(mx + nx * 16, my + ny * 16);
  context.lineTo(mx + ny * 6, my - nx * 6);
  context.lineTo(mx - ny * 6, my + nx * 6);
  context.fill();
}
