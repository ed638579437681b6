// The heat map over the picture.
import { byId } from '../ui/dom.js';
import { heatColours } from './heat-colours.js';
import { Poll } from '../ui/poll.js';

/** @typedef {import('./fit.js').Rect} Rect */
/** @typedef {import('./overlay-surface.js').OverlaySurface} OverlaySurface */

const PERIOD_MS = 2_000;
const PATIENCE_MS = 5_000;
/** The map is enlarged this much with care when it comes; the rest of the way, at every picture, is then cheap. */
const ENLARGED = 4;

/**
 * Where things stood since the room began, laid over the picture while its button is pressed. Owns the asking for it,
 * which rests while nobody looks. The stage says when to paint and where, so that the map lies as the boxes do.
 */
export class HeatLayer {
  /** @type {OverlaySurface} */ #picture;
  /** @type {string} */ #path;
  /** @type {Record<string, string>} */ #headers;
  #button = byId('heat', HTMLButtonElement);
  #map = document.createElement('canvas');
  #filled = false;
  /** @type {Poll|null} */ #poll = null;
  #abort = new AbortController();

  /** @param {OverlaySurface} picture @param {string} room @param {string} [token] */
  constructor(picture, room, token) {
    this.#picture = picture;
    this.#path = pathOf(room);
    this.#headers = token ? { authorization: `Bearer ${token}` } : {};
    this.#button.addEventListener('click', () => this.toggle(), { signal: this.#abort.signal });
  }

  /** Another room is shown. @param {string} room */
  change(room) {
    this.#path = pathOf(room);
    this.#fill(null);
  }

  toggle() {
    if (this.#poll) this.#rest();
    else this.#poll = new Poll(() => this.#ask(), PERIOD_MS);
    this.#button.setAttribute('aria-pressed', String(this.#poll !== null));
  }

  /** Lays the map beneath what is drawn already. @param {CanvasRenderingContext2D} context @param {Rect} rect where the picture lies */
  paint(context, rect) {
    if (!this.#filled) return;
    context.save();
    context.globalCompositeOperation = 'destination-over';
    context.drawImage(this.#map, rect.left, rect.top, rect.width, rect.height);
    context.restore();
  }

  async #ask() {
    const path = this.#path;
    try {
      const response = await fetch(path, { headers: this.#headers, signal: AbortSignal.timeout(PATIENCE_MS) });
      const picture = response.ok ? await createImageBitmap(await response.blob()) : null;
      if (this.#poll && path === this.#path) this.#fill(picture);
      picture?.close();
    } catch {
      // The server is away: what is shown stays until it answers.
    }
  }

  /** @param {ImageBitmap|null} picture grey, the busiest white; null where there is nothing to show */
  #fill(picture) {
    const context = picture && this.#map.getContext('2d');
    this.#filled = Boolean(context);
    if (context) {
      const cells = coloured(picture);
      this.#map.width = cells.width * ENLARGED;
      this.#map.height = cells.height * ENLARGED;
      context.imageSmoothingQuality = 'high';
      context.drawImage(cells, 0, 0, this.#map.width, this.#map.height);
    }
    this.#picture.repaint();
  }

  #rest() {
    this.#poll?.close();
    this.#poll = null;
    this.#fill(null);
  }

  close() {
    this.#abort.abort();
    this.#rest();
    this.#button.setAttribute('aria-pressed', 'false');
  }
}

/** @param {string} room */
function pathOf(room) {
  return `/api/rooms/${encodeURIComponent(room)}/heat.png`;
}

/** @param {ImageBitmap} picture */
function coloured(picture) {
  const { width, height } = picture;
  const cells = Object.assign(document.createElement('canvas'), { width, height });
  const context = cells.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2D canvas');
  context.drawImage(picture, 0, 0);
  const levels = context.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 === 0);
  context.putImageData(new ImageData(heatColours(levels, width, height), width, height), 0, 0);
  return cells;
}
