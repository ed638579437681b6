// Zones and lines, drawn with the pointer.
import { text } from '../ui/text.js';
import { paintShape, shapeColour } from './zone-painter.js';

/** @typedef {import('./fit.js').Rect} Rect */
/** @typedef {import('../session/messages.js').WireZone} WireZone */
/** @typedef {{x: number, y: number}} Point fractions of the picture */
/** @typedef {'zone'|'line'} Kind */
/** @typedef {{kind: Kind, name: string, points: Point[]}} Shape */
/** @typedef {import('./overlay-surface.js').OverlaySurface} OverlaySurface */

const REACH_PX = 14;
const MAX_SHAPES = 16;
const MAX_NAME_LENGTH = 40;

/**
 * Zones and lines drawn on the picture: clicks make them, dragging a corner moves it. They belong to the room: the
 * server counts in them, and what one viewer draws everybody sees.
 */
export class ZoneEditor {
  /** @type {OverlaySurface} */ #picture;
  /** @type {HTMLElement} */ #surface;
  /** @type {(zones: WireZone[]) => void} */ #onChange;
  /** @type {() => void} */ #onDraw;
  /** @type {Shape[]} */ #shapes = [];
  /** @type {Kind|null} */ #drawing = null;
  /** @type {Point[]} */ #draft = [];
  /** @type {Point|null} */ #pointer = null;
  /** @type {{shape: Shape, index: number}|null} */ #dragged = null;
  #swallow = false;
  #abort = new AbortController();

  /**
   * @param {OverlaySurface} picture @param {HTMLElement} surface
   * @param {(zones: WireZone[]) => void} onChange the room's shapes were changed here
   * @param {() => void} onDraw a shape was begun, ended or given up
   */
  constructor(picture, surface, onChange, onDraw) {
    this.#picture = picture;
    this.#surface = surface;
    this.#onChange = onChange;
    this.#onDraw = onDraw;
    const { signal } = this.#abort;
    surface.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    surface.addEventListener('pointermove', (event) => this.#move(event), { signal });
    surface.addEventListener('pointerup', () => this.#up(), { signal });
    surface.addEventListener('pointercancel', () => this.#up(), { signal });
  }

  get shapes() {
    return this.#shapes;
  }

  get drawing() {
    return this.#drawing;
  }

  /** The room's shapes, as the server has them; not while a corner is held here. @param {readonly WireZone[]} zones */
  setZones(zones) {
    if (this.#dragged) return;
    this.#shapes = zones.map(({ name, points }) => ({
      kind: points.length === 2 ? 'line' : 'zone',
      name,
      points: points.map(([x, y]) => ({ x, y })),
    }));
    this.#picture.repaint();
  }

  /** Starts a shape, or gives one up. @param {Kind|null} kind */
  draw(kind) {
    this.#drawing = this.#shapes.length < MAX_SHAPES ? kind : null;
    this.#draft = [];
    this.#surface.focus({ preventScroll: true });
    this.#picture.repaint();
    this.#onDraw();
  }

  /** A shape in the middle, for users without a pointer. @param {Kind} kind */
  addDefault(kind) {
    this.#add(kind, kind === 'zone'
      ? [{ x: 0.3, y: 0.3 }, { x: 0.7, y: 0.3 }, { x: 0.7, y: 0.7 }, { x: 0.3, y: 0.7 }]
      : [{ x: 0.5, y: 0.1 }, { x: 0.5, y: 0.9 }]);
  }

  /** @param {Kind} kind @param {Point[]} points */
  #add(kind, points) {
    if (this.#shapes.length >= MAX_SHAPES) return;
    const named = kind === 'zone' ? text.view.zoneName : text.view.lineName;
    let number = 1;
    while (this.#shapes.some(({ name }) => name === named(number))) number++;
    this.#shapes.push({ kind, name: named(number), points });
    this.#changed();
  }

  /** @param {string} name */
  remove(name) {
    this.#shapes = this.#shapes.filter((shape) => shape.name !== name);
    this.#changed();
  }

  /** A name is what the server counts by, so no two are the same. @param {string} name @param {string} next @returns {boolean} */
  rename(name, next) {
    const clean = next.trim().slice(0, MAX_NAME_LENGTH);
    const shape = this.#shapes.find((other) => other.name === name);
    if (!shape || clean === '' || this.#shapes.some((other) => other !== shape && other.name === clean)) return false;
    shape.name = clean;
    this.#changed();
    return true;
  }

  /** A click on the picture. @param {Point|null} place @returns {boolean} whether it was meant for a shape */
  click(place) {
    if (this.#swallow) {
      this.#swallow = false;
      return true;
    }
    if (!this.#drawing) return false;
    if (!place) return true;
    if (this.#drawing === 'zone' && this.#draft.length >= 3 && this.#near(this.#draft[0], place)) {
      this.finish();
      return true;
    }
    this.#draft.push(place);
    if (this.#drawing === 'line' && this.#draft.length === 2) this.finish();
    this.#picture.repaint();
    return true;
  }

  /** @param {KeyboardEvent} event */
  enter(event) {
    if (!this.#drawing) return;
    event.preventDefault();
    this.finish();
  }

  /** Closes the zone that is being drawn. @returns {boolean} whether there was one */
  finish() {
    const kind = this.#drawing;
    if (!kind) return false;
    const points = this.#draft;
    this.#drawing = null;
    this.#draft = [];
    if (points.length >= (kind === 'zone' ? 3 : 2)) this.#add(kind, points);
    this.#picture.repaint();
    this.#onDraw();
    return true;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const place = this.#picture.locate(event);
    if (!place || this.#drawing) return;
    for (const shape of this.#shapes) {
      const index = shape.points.findIndex((point) => this.#near(point, place));
      if (index < 0) continue;
      this.#dragged = { shape, index };
      this.#surface.setPointerCapture(event.pointerId);
      return;
    }
  }

  /** @param {PointerEvent} event */
  #move(event) {
    this.#pointer = this.#picture.locate(event);
    if (this.#dragged && this.#pointer) {
      this.#dragged.shape.points[this.#dragged.index] = this.#pointer;
      this.#swallow = true;
    }
    if (this.#dragged || this.#drawing) this.#picture.repaint();
  }

  #up() {
    const moved = this.#dragged !== null && this.#swallow;
    this.#dragged = null;
    if (moved) this.#changed();
  }

  /** @param {Point} a @param {Point} b */
  #near(a, b) {
    const { width, height } = this.#picture.rect;
    return Math.hypot((a.x - b.x) * width, (a.y - b.y) * height) < REACH_PX;
  }

  /** @param {CanvasRenderingContext2D} context @param {Rect} rect @param {(name: string) => string} label what it counted */
  paint(context, rect, label) {
    for (const { name, kind, points } of this.#shapes) {
      const count = label(name);
      const shape = { kind, points, colour: shapeColour(name), label: count ? `${name}: ${count}` : name };
      paintShape(context, rect, shape, this.#picture.keepOut);
    }
    if (!this.#drawing) return;
    const points = this.#pointer ? [...this.#draft, this.#pointer] : this.#draft;
    if (points.length > 0) paintShape(context, rect, { kind: this.#drawing, points, colour: '#ffffff', label: '' });
  }

  #changed() {
    this.#picture.repaint();
    this.#onChange(this.#shapes.map(({ name, points }) => ({ name, points: points.map(({ x, y }) => [x, y]) })));
  }

  close() {
    this.#abort.abort();
  }
}
