// All cameras of the room.
import { api } from '../session/api.js';
import { show } from '../ui/dom.js';
import { Poll } from '../ui/poll.js';
import { isWeak, planTiles } from './tile-plan.js';

/** @typedef {import('../session/api.js').CameraEntry} CameraEntry */
/** @typedef {import('./camera-tile.js').CameraTile} CameraTile */

const PERIOD_MS = 2_000;
/** A page that is away for a moment only keeps its connections. */
const AWAY_MS = 2_000;
/** After a sign that the network carries no more, tiles are thumbnails for this long. */
const STRAIN_MS = 30_000;

/**
 * A room's cameras as tiles, where there are several: each live with its own tracks, as far as they are on the screen and as
 * device and network carry it. One is in the large view; a tap puts another one there.
 */
export class CameraGrid {
  /** @type {HTMLElement} */ #place;
  /** @type {string} */ #current;
  /** @type {string|undefined} */ #token;
  /** @type {(room: string) => void} */ #onChoose;
  /** @type {Map<string, CameraTile>} */ #tiles = new Map();
  /** @type {Set<string>} */ #visible = new Set();
  /** @type {readonly CameraEntry[]} */ #cameras = [];
  /** @type {MediaStream|null} */ #large = null;
  /** @type {((room: string) => CameraTile)|null} */ #make = null;
  #strainedUntil = 0;
  #asleep = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #away;
  #abort = new AbortController();
  /** @type {IntersectionObserver} */ #observer;
  /** @type {Poll} */ #poll;

  /**
   * @param {HTMLElement} place
   * @param {string} room the one in the large view
   * @param {string|undefined} token
   * @param {(room: string) => void} onChoose
   */
  constructor(place, room, token, onChoose) {
    this.#place = place;
    this.#current = room;
    this.#token = token;
    this.#onChoose = onChoose;
    this.#observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const name = /** @type {HTMLElement} */ (target).dataset.room ?? '';
        if (isIntersecting) this.#visible.add(name);
        else this.#visible.delete(name);
      }
      this.#update();
    });
    document.addEventListener('visibilitychange', () => this.#onVisible(), { signal: this.#abort.signal });
    this.#poll = new Poll(async () => {
      const cameras = await api.cameras(this.#current, token).catch(() => null);
      if (cameras) await this.show(cameras);
    }, PERIOD_MS);
  }

  /** The room in the large view, whose own connection its tile does not need. @param {string} room */
  set current(room) {
    this.#current = room;
    this.#large = null;
    this.#update();
  }

  /** What the large view shows. @param {MediaStream|null} stream */
  set large(stream) {
    this.#large = stream;
    this.#update();
  }

  /** The large view does not get through as it should: it comes first. */
  strain() {
    this.#strainedUntil = performance.now() + STRAIN_MS;
    this.#update();
  }

  /** @param {readonly CameraEntry[]} cameras */
  async show(cameras) {
    if (cameras.length > 1) {
      // Most rooms have one camera, and no need of this.
      const { CameraTile } = await import('./camera-tile.js');
      this.#make = (room) => new CameraTile(room, this.#token, this.#onChoose);
    }
    this.#cameras = cameras.length > 1 && !this.#abort.signal.aborted ? cameras : [];
    show(this.#place, this.#cameras.length > 0);
    for (const [room, tile] of this.#tiles) {
      if (this.#cameras.some((camera) => camera.room === room)) continue;
      this.#observer.unobserve(tile.element);
      this.#visible.delete(room);
      this.#tiles.delete(room);
      tile.close();
    }
    for (const { room } of this.#cameras) if (!this.#tiles.has(room)) this.#add(room);
    this.#update();
  }

  /** @param {string} room */
  #add(room) {
    const tile = this.#make?.(room);
    if (!tile) return;
    this.#tiles.set(room, tile);
    const next = this.#cameras.slice(this.#cameras.findIndex((camera) => camera.room === room) + 1)
      .map((camera) => this.#tiles.get(camera.room)?.element).find((element) => element);
    this.#place.insertBefore(tile.element, next ?? null);
    this.#observer.observe(tile.element);
  }

  #update() {
    const device = /** @type {import('./tile-plan.js').Device} */ (/** @type {unknown} */ (navigator));
    const plan = planTiles({
      cameras: this.#cameras,
      current: this.#current,
      isVisible: (room) => !this.#asleep && this.#visible.has(room),
      weak: isWeak(device) || performance.now() < this.#strainedUntil,
      held: matchMedia('(pointer: coarse)').matches,
    });
    // Those that give their connection up come first: another tile, or the large view, may need the place.
    for (const [room, tile] of this.#tiles) if (tile.kind === 'live' && plan.get(room) !== 'live') tile.rest();
    for (const camera of this.#cameras) this.#tiles.get(camera.room)?.update(camera, plan.get(camera.room) ?? 'none', this.#large);
  }

  #onVisible() {
    clearTimeout(this.#away);
    if (document.visibilityState === 'visible') this.#sleep(false);
    else this.#away = setTimeout(() => this.#sleep(true), AWAY_MS);
  }

  /** @param {boolean} asleep */
  #sleep(asleep) {
    this.#asleep = asleep;
    this.#update();
  }

  close() {
    clearTimeout(this.#away);
    this.#abort.abort();
    this.#observer.disconnect();
    this.#poll.close();
    for (const tile of this.#tiles.values()) tile.close();
    this.#tiles.clear();
  }
}
