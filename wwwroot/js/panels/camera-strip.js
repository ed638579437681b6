// The other cameras of the room.
import { api } from '../session/api.js';
import { roomLink } from '../session/join-links.js';
import { make, setText, show } from '../ui/dom.js';
import { Poll } from '../ui/poll.js';
import { text } from '../ui/text.js';

/** @typedef {import('../session/api.js').CameraEntry} CameraEntry */

const PERIOD_MS = 2_000;

/**
 * All cameras of a room as tiles with their newest picture, where there are several: one is in the large view, the others
 * lead to theirs.
 */
export class CameraStrip {
  /** @type {HTMLElement} */ #place;
  /** @type {string} */ #room;
  /** @type {string|undefined} */ #token;
  /** @type {Map<string, {tile: HTMLElement, picture: HTMLImageElement, name: HTMLElement}>} */ #tiles = new Map();
  /** @type {Poll} */ #poll;

  /** @param {HTMLElement} place @param {string} room the one in the large view @param {string} [token] */
  constructor(place, room, token) {
    this.#place = place;
    this.#room = room;
    this.#token = token;
    this.#poll = new Poll(async () => {
      const cameras = await api.cameras(room, token).catch(() => null);
      if (cameras) this.show(cameras);
    }, PERIOD_MS);
  }

  /** @param {readonly CameraEntry[]} cameras */
  show(cameras) {
    const several = cameras.length > 1;
    show(this.#place, several);
    for (const [room, { tile }] of this.#tiles) {
      if (several && cameras.some((camera) => camera.room === room)) continue;
      tile.remove();
      this.#tiles.delete(room);
    }
    if (!several) return;
    for (const camera of cameras) this.#update(camera);
  }

  /** @param {CameraEntry} camera */
  #update({ room, name, on_air: onAir, fps }) {
    const tile = this.#tiles.get(room) ?? this.#add(room);
    setText(tile.name, text.cameras.tile(room, name, onAir, Math.round(fps)));
    if (onAir) tile.picture.src = api.thumbnail(room, Date.now(), this.#token);
  }

  /** @param {string} room */
  #add(room) {
    const picture = make('img', { attributes: { alt: '' } });
    picture.hidden = true;
    picture.addEventListener('load', () => { picture.hidden = false; });
    picture.addEventListener('error', () => { picture.hidden = true; });
    const name = make('span', { class: 'camera-name' });
    /** @type {Record<string, string>} */
    const current = room === this.#room ? { 'aria-current': 'true' } : {};
    const attributes = { href: roomLink('/view', room, this.#token), 'data-room': room, ...current };
    const tile = make('a', { class: 'camera-tile', attributes }, picture, name);
    const entry = { tile, picture, name };
    this.#tiles.set(room, entry);
    this.#place.append(tile);
    return entry;
  }

  close() {
    this.#poll.close();
    this.#place.replaceChildren();
  }
}
