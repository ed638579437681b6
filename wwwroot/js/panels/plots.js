// Curves of the last two minutes.
import { make, setText } from '../ui/dom.js';
import { languageChanges } from '../ui/language.js';
import { curve, niceTop, Series } from './series.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/messages.js').Level} Level */
/** @typedef {import('../session/link-meter.js').LinkNumbers} LinkNumbers */
/** @typedef {import('../session/messages.js').StatsMessage} StatsMessage */

/** @type {readonly Level[]} */
const LEVELS = ['optimal', 'moderate', 'high', 'critical'];
const PAD = 3;

/** @typedef {{stats: StatsMessage|null, link: LinkNumbers|null, shown: number}} Reading */

/** @typedef {(reading: Reading) => number|undefined|null} Value */
/** @type {readonly {key: string, name: () => string, value: Value, show: (value: number) => string, top?: number}[]} */
const PLOTS = [
  { key: 'delay', name: () => text.view.plotDelay, value: ({ stats }) => stats?.age_ms, show: (value) => text.ms(value) },
  { key: 'rtt', name: () => text.view.plotRtt, value: ({ link }) => link?.rttMs, show: (value) => text.ms(value) },
  { key: 'detected', name: () => text.view.plotDetected, value: ({ stats }) => stats?.detected_fps, show: (value) => text.fps(value) },
  { key: 'received', name: () => text.view.plotReceived, value: ({ stats }) => stats?.received_fps, show: (value) => text.fps(value) },
  { key: 'rendered', name: () => text.view.plotRendered, value: ({ shown }) => shown, show: (value) => text.fps(value) },
  { key: 'bitrate', name: () => text.view.plotBitrate, value: ({ link }) => link?.inKbps, show: (value) => text.kbps(value) },
  { key: 'loss', name: () => text.view.plotLoss, value: ({ link }) => link?.loss, show: (value) => text.percent(value) },
  {
    key: 'level',
    name: () => text.view.plotLevel,
    value: ({ stats }) => (stats ? LEVELS.indexOf(stats.level) : undefined),
    show: (value) => text.level[LEVELS[value]] ?? '',
    top: 3,
  },
];

/** Live curves of the last two minutes, one reading a second. */
export class Plots {
  /** @type {{plot: typeof PLOTS[number], series: Series, value: HTMLElement, canvas: HTMLCanvasElement, name: HTMLElement}[]} */
  #plots;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#plots = PLOTS.map((plot) => {
      const value = make('b', { text: '–' });
      const canvas = make('canvas', { attributes: { role: 'img', 'aria-label': plot.name() } });
      const name = make('span', { text: plot.name() });
      const head = make('div', { class: 'plot-head' }, name, value);
      place.append(make('div', { class: 'plot', attributes: { 'data-plot': plot.key } }, head, canvas));
      return { plot, series: new Series(), value, canvas, name };
    });
    languageChanges.addEventListener('change', () => {
      for (const { plot, canvas, name } of this.#plots) {
        setText(name, plot.name());
        canvas.setAttribute('aria-label', plot.name());
      }
    });
  }

  /** @param {Reading} reading */
  add(reading) {
    for (const { plot, series, value, canvas } of this.#plots) {
      const now = plot.value(reading) ?? NaN;
      series.push(now);
      setText(value, Number.isFinite(now) ? plot.show(now) : '–');
      if (canvas.closest('[hidden]')) continue;
      canvas.setAttribute('aria-label', text.view.plotAlt(plot.name(), value.textContent ?? ''));
      draw(canvas, series, plot.top);
    }
  }

  /** Another room is shown. */
  clear() {
    for (const entry of this.#plots) entry.series = new Series();
  }

  /** Draws all anew: the panel was opened, the theme changed. */
  redraw() {
    for (const { plot, series, canvas } of this.#plots) draw(canvas, series, plot.top);
  }
}

/** @param {HTMLCanvasElement} canvas @param {Series} series @param {number} [fixedTop] */
function draw(canvas, series, fixedTop) {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const context = canvas.getContext('2d');
  if (!context || width === 0) return;
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  context.scale(ratio, ratio);
  context.translate(0, PAD);
  const floor = height - 2 * PAD;
  const points = curve(series, width, floor, fixedTop ?? niceTop(series.max));
  context.strokeStyle = getComputedStyle(canvas).color;
  context.fillStyle = context.strokeStyle;
  context.lineWidth = 2;
  context.lineJoin = 'round';
  for (let start = 0; start < points.length; start++) {
    let end = start;
    while (points[end]) end++;
    if (end > start) drawRun(context, /** @type {{x: number, y: number}[]} */ (points.slice(start, end)), floor);
    start = end;
  }
}

/** @param {CanvasRenderingContext2D} context @param {{x: number, y: number}[]} points @param {number} floor */
function drawRun(context, points, floor) {
  context.beginPath();
  for (const { x, y } of points) context.lineTo(x, y);
  context.stroke();
  context.lineTo(points[points.length - 1].x, floor + PAD);
  context.lineTo(points[0].x, floor + PAD);
  context.globalAlpha = 0.16;
  context.fill();
  context.globalAlpha = 1;
}
