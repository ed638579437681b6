// What the timeline looks like.
import { colourOf, inkOn, numberOf } from '../overlay/palette.js';
import { niceTop } from '../panels/series.js';
import { length, tenths } from '../ui/language.js';
import { trackNumber } from './between.js';
import { visibleOf } from './lanes.js';

/** @typedef {import('./counts.js').Counts} Counts */
/** @typedef {import('./result-api.js').TrackSpan} TrackSpan */
/** @typedef {import('./time-scale.js').TimeScale} TimeScale */

export const LANE_HEIGHT = 26;
const BAR_HEIGHT = 20;
const MIN_BAR = 3;
const MIN_LABEL = 26;
const MAX_PIXEL_RATIO = 2;
const FONT = '12px system-ui, sans-serif';

/** A canvas of the size that it has on the page, empty, in CSS pixels. @param {HTMLCanvasElement} canvas */
export function blank(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  const ratio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  context.font = FONT;
  context.textBaseline = 'middle';
  const style = getComputedStyle(canvas);
  const ink = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return { context, width, height, colours: { ink: ink('--ink'), dim: ink('--ink-2'), line: ink('--line'), accent: ink('--accent') } };
}

/**
 * Times, and a mark where a scene begins.
 * @param {HTMLCanvasElement} canvas @param {TimeScale} scale @param {readonly number[]} cuts in seconds
 */
export function paintRuler(canvas, scale, cuts) {
  const { context, width, height, colours } = blank(canvas);
  context.fillStyle = colours.line;
  context.fillRect(0, height - 1, width, 1);
  for (const seconds of scale.ticks()) {
    const x = scale.x(seconds);
    context.fillStyle = colours.line;
    context.fillRect(x, height - 8, 1, 8);
    context.fillStyle = colours.dim;
    const words = scale.to - scale.from < 8 ? tenths(seconds) : length(seconds);
    const { width: wide } = context.measureText(words);
    context.fillText(words, Math.min(width - wide, Math.max(0, x - wide / 2)), height - 17);
  }
  context.fillStyle = colours.accent;
  for (const seconds of cuts) {
    const x = scale.x(seconds);
    if (x < -6 || x > width + 6) continue;
    context.beginPath();
    context.moveTo(x - 5, 0);
    context.lineTo(x + 5, 0);
    context.lineTo(x, 8);
    context.fill();
    context.fillRect(x - 0.75, 0, 1.5, height);
  }
}

/**
 * The bars of the lanes that are in sight.
 * @param {HTMLCanvasElement} canvas @param {TimeScale} scale @param {readonly TrackSpan[][]} lanes
 * @param {{scrolled: number, fps: number, chosen: string|null, cuts: readonly number[]}} view
 */
export function paintLanes(canvas, scale, lanes, { scrolled, fps, chosen, cuts }) {
  const { context, width, height, colours } = blank(canvas);
  context.fillStyle = colours.line;
  for (const seconds of cuts) context.fillRect(scale.x(seconds) - 0.5, 0, 1, height);
  const last = Math.min(lanes.length, Math.ceil((scrolled + height) / LANE_HEIGHT));
  for (let i = Math.max(0, Math.floor(scrolled / LANE_HEIGHT)); i < last; i++) {
    const top = i * LANE_HEIGHT - scrolled + (LANE_HEIGHT - BAR_HEIGHT) / 2;
    for (const track of visibleOf(lanes[i], scale.from * fps, scale.to * fps)) {
      const x = scale.x(track.start_frame / fps);
      const wide = Math.max(MIN_BAR, scale.x((track.end_frame + 1) / fps) - x);
      const left = Math.max(-8, x);
      paintBar(context, track, { left, top, width: Math.min(width + 16, x + wide) - left }, chosen, colours.ink);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {TrackSpan} track @param {{left: number, top: number, width: number}} place
 * @param {string|null} chosen @param {string} ink
 */
function paintBar(context, track, { left, top, width }, chosen, ink) {
  const number = trackNumber(track.track_id);
  context.globalAlpha = chosen === null || chosen === track.track_id ? 1 : 0.35;
  context.beginPath();
  context.roundRect(left, top, width, BAR_HEIGHT, Math.min(6, width / 2));
  context.fillStyle = colourOf(number);
  context.fill();
  if (chosen === track.track_id) {
    context.strokeStyle = ink;
    context.lineWidth = 2;
    context.stroke();
  }
  if (width >= MIN_LABEL) {
    const start = Math.max(left, 0) + 6;
    context.save();
    context.beginPath();
    context.rect(left, top, width - 4, BAR_HEIGHT);
    context.clip();
    context.fillStyle = inkOn(number);
    context.fillText(`${track.class} ${number}`, start, top + BAR_HEIGHT / 2 + 0.5);
    context.restore();
  }
  context.globalAlpha = 1;
}

/** Objects at a time, one class on another. @param {HTMLCanvasElement} canvas @param {Counts} counts */
export function paintCounts(canvas, { classes, byClass, frames, top }) {
  const { context, width, height, colours } = blank(canvas);
  const scale = niceTop(top);
  const floor = height - 1;
  const room = height - 18;
  const part = width / frames.length;
  const base = new Float64Array(frames.length);
  for (const name of classes) {
    const counts = /** @type {Float64Array} */ (byClass.get(name));
    context.fillStyle = colourOf(numberOf(name));
    context.beginPath();
    for (let i = 0; i < frames.length; i++) {
      const tall = (counts[i] / scale) * room;
      if (tall > 0) context.rect(i * part, floor - base[i] - tall, Math.max(1, part - (part > 4 ? 1 : 0)), tall);
      base[i] += tall;
    }
    context.fill();
  }
  context.fillStyle = colours.line;
  context.fillRect(0, floor, width, 1);
  context.fillRect(0, floor - room, width, 1);
  context.fillStyle = colours.dim;
  context.fillText(String(scale), 2, floor - room - 8);
}
