// The timeline: tracks as bars, cuts as marks, counts above; a click jumps.
import { analysisText } from '../ui/analysis-text.js';
import { byId, setText } from '../ui/dom.js';
import { countsOf } from './counts.js';
import { lanesOf } from './lanes.js';
import { TimeScale } from './time-scale.js';
import { LANE_HEIGHT, paintCounts, paintLanes, paintRuler } from './timeline-painter.js';

/** @typedef {import('./frame-store.js').FrameStore} FrameStore */
/** @typedef {import('./object-filter.js').ObjectFilter} ObjectFilter */
/** @typedef {import('./result-api.js').Scene} Scene */
/** @typedef {import('./result-api.js').TrackSpan} TrackSpan */
/** @typedef {{duration: number, fps: number, frames: number}} Facts of the video */

const ZOOM = 1.6;
const PART_WIDTH = 5;
const SECOND = 1;

/** A bar may be thinner than a finger: so many pixels beside it are its own. */
const MIN_TAP = 6;

/**
 * Draws what is in sight, when something has changed. Owns the part of the page with the id `timeline`; says where the user wants to be
 * (`onJump`, in seconds) and which track (`onTrack`).
 */
export class Timeline {
  #facts;
  #filter;
  #actions;
  #scale;
  #chart = byId('chart', HTMLCanvasElement);
  #ruler = byId('ruler', HTMLCanvasElement);
  #view = byId('timeline-view', HTMLElement);
  #box = byId('lanes', HTMLElement);
  #canvas = byId('lanes-canvas', HTMLCanvasElement);
  #spacer = byId('lanes-spacer', HTMLElement);
  #playhead = byId('playhead', HTMLElement);
  #said = byId('track-said', HTMLElement);
  /** @type {FrameStore|null} */ #frames = null;
  /** @type {readonly TrackSpan[]} */ #tracks = [];
  /** @type {TrackSpan[][]} */ #lanes = [];
  /** @type {number[]} */ #cuts = [];
  #at = 0;
  #isDue = false;
  #abort = new AbortController();
  #observer = new ResizeObserver(() => this.repaint());
  #theme = new MutationObserver(() => this.repaint());

  /**
   * @param {Facts} facts @param {ObjectFilter} filter
   * @param {{onJump: (seconds: number) => void, onTrack: (track: string|null) => void}} actions
   */
  constructor(facts, filter, actions) {
    this.#facts = facts;
    this.#filter = filter;
    this.#actions = actions;
    this.#scale = new TimeScale(facts.duration);
    this.#observer.observe(this.#view);
    this.#theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const { signal } = this.#abort;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.repaint(), { signal });
    this.#box.addEventListener('scroll', () => this.repaint(), { signal, passive: true });
    for (const canvas of [this.#chart, this.#ruler]) this.#scrub(canvas);
    this.#box.addEventListener('click', (event) => this.#choose(event), { signal });
    this.#view.addEventListener('wheel', (event) => this.#wheel(event), { signal });
    this.#ruler.addEventListener('keydown', (event) => this.#onRulerKey(event), { signal });
    this.#box.addEventListener('keydown', (event) => this.#onTrackKey(event), { signal });
    byId('zoom-in', HTMLElement).addEventListener('click', () => this.#zoom(ZOOM, this.#at), { signal });
    byId('zoom-out', HTMLElement).addEventListener('click', () => this.#zoom(1 / ZOOM, this.#at), { signal });
    this.#ruler.setAttribute('aria-valuemax', facts.duration.toFixed(2));
    this.show(0);
  }

  /** @param {FrameStore|null} frames @param {readonly TrackSpan[]} tracks @param {readonly Scene[]} scenes */
  use(frames, tracks, scenes) {
    this.#frames = frames;
    this.#tracks = tracks;
    this.#cuts = scenes.slice(1).map(({ start_frame: frame }) => frame / this.#facts.fps);
    this.repaint();
  }

  /** The picture of this time is shown. @param {number} seconds */
  show(seconds) {
    this.#at = seconds;
    if (!this.#scale.isWhole && this.#scale.follow(seconds)) this.repaint();
    this.#placePlayhead();
    this.#ruler.setAttribute('aria-valuenow', seconds.toFixed(2));
    this.#ruler.setAttribute('aria-valuetext', analysisText.place(seconds, Math.round(seconds * this.#facts.fps)));
  }

  /** The cut before or after where the video is. @param {-1|1} direction */
  cut(direction) {
    const half = 0.5 / this.#facts.fps;
    const starts = [0, ...this.#cuts];
    return direction > 0 ? starts.find((one) => one > this.#at + half) : starts.findLast((one) => one < this.#at - half);
  }

  /** Draws anew with the next picture of the screen: however much has changed, once. */
  repaint() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (!this.#abort.signal.aborted) this.#paint();
    });
  }

  #paint() {
    const scale = this.#scale;
    this.#lanes = lanesOf(this.#tracks.filter((track) => this.#filter.lists(track)));
    this.#spacer.style.height = `${this.#lanes.length * LANE_HEIGHT}px`;
    this.#box.toggleAttribute('hidden', this.#lanes.length === 0);

    // A scroll bar of the lanes takes some of the width: a time has the same place on all three.
    scale.width = Math.max(1, (this.#lanes.length > 0 ? this.#box : this.#view).clientWidth);
    for (const canvas of [this.#chart, this.#ruler]) canvas.style.width = `${scale.width}px`;
    this.#canvas.style.height = `${this.#box.clientHeight}px`;
    const parts = Math.max(1, Math.floor(scale.width / PART_WIDTH));
    const frames = this.#frames?.frames ?? [];
    // Parts that are shorter than the time between two frames would be a comb.
    const sampled = Math.ceil(((scale.to - scale.from) * this.#facts.fps) / Math.max(1, this.#frames?.step ?? 1));
    const counts = countsOf(frames, (object) => this.#filter.shows(object), scale.from, scale.to, Math.max(1, Math.min(parts, sampled)));
    paintCounts(this.#chart, counts);
    this.#chart.setAttribute('aria-label', analysisText.chartAlt(counts));
    paintRuler(this.#ruler, scale, this.#cuts);
    if (this.#lanes.length > 0) {
      paintLanes(this.#canvas, scale, this.#lanes,
        { scrolled: this.#box.scrollTop, fps: this.#facts.fps, chosen: this.#filter.track, cuts: this.#cuts });
    }
    this.#placePlayhead();
  }

  #placePlayhead() {
    const x = this.#scale.x(this.#at);
    this.#playhead.style.transform = `translateX(${x.toFixed(1)}px)`;
    this.#playhead.toggleAttribute('hidden', x < 0 || x > this.#scale.width + 1);
  }

  /** A press jumps there, and so does each move until it is let go. @param {HTMLElement} canvas */
  #scrub(canvas) {
    const { signal } = this.#abort;
    const jump = (/** @type {PointerEvent} */ event) => this.#actions.onJump(this.#secondsOf(event));
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      jump(event);
    }, { signal });
    canvas.addEventListener('pointermove', (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) jump(event);
    }, { signal });
  }

  /** @param {MouseEvent} event */
  #secondsOf({ clientX }) {
    return this.#scale.seconds(clientX - this.#view.getBoundingClientRect().left);
  }

  /** @param {MouseEvent} event */
  #choose(event) {
    const seconds = this.#secondsOf(event);
    const frame = seconds * this.#facts.fps;
    const slack = (MIN_TAP / this.#scale.width) * (this.#scale.to - this.#scale.from) * this.#facts.fps;
    const top = event.clientY - this.#box.getBoundingClientRect().top + this.#box.scrollTop;
    const track = this.#lanes[Math.floor(top / LANE_HEIGHT)]
      ?.find(({ start_frame: start, end_frame: end }) => frame >= start - slack && frame <= end + 1 + slack);
    this.#actions.onTrack(track?.track_id ?? null);
    const { fps } = this.#facts;
    this.#actions.onJump(track ? Math.min(track.end_frame / fps, Math.max(track.start_frame / fps, seconds)) : seconds);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const span = this.#scale.to - this.#scale.from;
    if (event.ctrlKey) this.#zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, this.#secondsOf(event));
    else if (event.deltaX !== 0 && !this.#scale.isWhole) {
      this.#scale.pan((event.deltaX / this.#scale.width) * span);
      this.repaint();
    } else return;
    event.preventDefault();
  }

  /** @param {number} factor @param {number} middle */
  #zoom(factor, middle) {
    this.#scale.zoom(factor, middle);
    this.repaint();
  }

  /** @param {KeyboardEvent} event */
  #onRulerKey(event) {
    const step = event.shiftKey ? SECOND : 1 / this.#facts.fps;
    /** @type {Record<string, number|undefined>} */
    const to = {
      ArrowRight: this.#at + step, ArrowUp: this.#at + step, ArrowLeft: this.#at - step, ArrowDown: this.#at - step, Home: 0,
      End: this.#facts.duration, PageDown: this.cut(1), PageUp: this.cut(-1),
    };
    if (!(event.key in to)) return;
    event.preventDefault();
    const seconds = to[event.key];
    if (seconds !== undefined) this.#actions.onJump(Math.min(this.#facts.duration, Math.max(0, seconds)));
  }

  /** Up and down go from track to track, Enter to where the track begins, Escape to none. @param {KeyboardEvent} event */
  #onTrackKey(event) {
    const listed = this.#tracks.filter((track) => this.#filter.lists(track));
    const at = listed.findIndex(({ track_id: id }) => id === this.#filter.track);
    if (event.key === 'Escape' && at >= 0) this.#actions.onTrack(null);
    else if (event.key === 'Enter' && at >= 0) this.#actions.onJump(listed[at].start_frame / this.#facts.fps);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = listed[Math.min(listed.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))];
      if (next) this.#actions.onTrack(next.track_id);
    } else return;
    event.preventDefault();
  }

  /** Brings the bar of the chosen track into sight, and says which it is. */
  reveal() {
    const chosen = this.#tracks.find(({ track_id: id }) => id === this.#filter.track);
    setText(this.#said, chosen ? analysisText.track(chosen, this.#facts.fps) : '');
    const lane = this.#lanes.findIndex((one) => chosen && one.includes(chosen));
    if (lane >= 0) {
      const top = lane * LANE_HEIGHT;
      this.#box.scrollTop = Math.min(top, Math.max(this.#box.scrollTop, top + LANE_HEIGHT - this.#box.clientHeight));
    }
    this.repaint();
  }

  close() {
    this.#abort.abort();
    this.#observer.disconnect();
    this.#theme.disconnect();
  }
}
