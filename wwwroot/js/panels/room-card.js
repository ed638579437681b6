// A room on the start page.
import { api } from '../session/api.js';
import { icon, make } from '../ui/dom.js';
import { text } from '../ui/text.js';
import { showLevel } from './chips.js';

/** @typedef {import('../session/api.js').RoomEntry} RoomEntry */

/** One room on air: its picture, its numbers and the link to it. */
export class RoomCard {
  #picture = make('img', { attributes: { alt: '' } });
  #level = make('span', { class: 'chip' });
  #facts = make('p', { class: 'room-facts' });
  #wait = make('span', { text: text.home.noPicture });
  /** @type {HTMLElement} */ element;

  /** @param {string} room */
  constructor(room) {
    this.#picture.alt = text.home.thumbAlt(room);
    this.#picture.hidden = true;
    this.#picture.addEventListener('load', () => { this.#picture.hidden = false; });
    this.#picture.addEventListener('error', () => { this.#picture.hidden = true; });
    const view = `/view?room=${encodeURIComponent(room)}`;
    const attributes = { href: view, 'aria-label': text.home.watchNamed(room) };
    const watch = make('a', { class: 'button button-main', attributes }, icon('eye'), text.home.watch);
    const title = make('div', { class: 'room-title' }, make('h3', { text: room }), this.#level);
    this.element = make('li', { class: 'card room', attributes: { 'data-room': room } },
      make('div', { class: 'room-picture' }, this.#wait, this.#picture),
      make('div', { class: 'room-body' }, title, this.#facts, watch));
  }

  /** @param {RoomEntry} entry */
  update(entry) {
    // Until the first picture was decoded there is no thumbnail to ask for.
    if (entry.phones > 0 && entry.width > 0) this.#picture.src = api.thumbnail(entry.room, Date.now());
    showLevel(this.#level, entry.level);
    const facts = [text.home.phones(entry.phones), text.home.viewers(entry.viewers)];
    if (entry.width > 0) facts.push(`${entry.width}×${entry.height}`, text.fps(entry.fps));
    this.#facts.replaceChildren(...facts.map((fact) => make('span', { text: fact })));
  }
}
