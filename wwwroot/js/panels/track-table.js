// The table of tracks.
import { byId, make, setText, show } from '../ui/dom.js';
import { colourOf } from '../overlay/palette.js';
import { languageChanges, tenths } from '../ui/language.js';
import { text } from '../ui/text.js';
import { TrackLog } from './track-log.js';

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {ReturnType<TrackLog['list']>[number]} TrackRow */
/** @typedef {{row: HTMLTableRowElement, score: HTMLElement, life: HTMLElement, button: HTMLButtonElement, held: boolean|null}} ShownRow */

const DRAW_MS = 250;
const MAX_ROWS = 40;

/** The table of tracks. Also the way to hold an object in focus without pointing at it. */
export class TrackTable {
  #log = new TrackLog();
  #pane = byId('pane-tracks', HTMLElement);
  #body = byId('tracks-body', HTMLElement);
  #readOnly = false;
  /** @type {Map<number, ShownRow>} */
  #rows = new Map();
  /** @type {number|null} */ #targetId = null;
  #drawn = 0;
  /** @type {(id: number) => void} */ #onHold;
  /** @type {() => void} */ #onRelease;

  /** @param {(id: number) => void} onHold @param {() => void} onRelease */
  constructor(onHold, onRelease) {
    this.#onHold = onHold;
    this.#onRelease = onRelease;
    languageChanges.addEventListener('change', () => {
      for (const row of this.#rows.values()) row.held = null;
      this.refresh();
    });
  }

  /** @param {DetectionsMessage} message */
  add(message) {
    const now = performance.now();
    this.#targetId = message.target_id;
    this.#log.add(message, now);
    if (now - this.#drawn < DRAW_MS || this.#pane.hidden) return;
    this.#drawn = now;
    this.#draw(now);
  }

  /** @param {number} now */
  #draw(now) {
    const tracks = this.#log.list(now).slice(0, MAX_ROWS);
    const ids = new Set(tracks.map(({ id }) => id));
    for (const [id, { row }] of this.#rows) {
      if (ids.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    let place = this.#body.firstElementChild;
    for (const track of tracks) {
      const row = this.#update(track);
      // A row is moved only where the order changed, so that focus stays where it is.
      if (place === row) place = place.nextElementSibling;
      else this.#body.insertBefore(row, place);
    }
    show(byId('tracks', HTMLElement), tracks.length > 0);
    show(byId('tracks-none', HTMLElement), tracks.length === 0);
    const counts = this.#log.counts(now).map(([label, count]) => make('span', { class: 'chip', text: `${label} ${count}` }));
    byId('counts', HTMLElement).replaceChildren(...counts);
  }

  /** @param {TrackRow} track */
  #update(track) {
    const known = this.#rows.get(track.id) ?? this.#make(track);
    const held = track.id === this.#targetId;
    setText(known.score, text.percent(track.score));
    setText(known.life, `${tenths(track.lifeMs / 1000)}${track.present ? '' : `, ${text.view.gone}`}`);
    known.row.className = `${track.present ? '' : 'past'} ${held ? 'held' : ''}`;
    known.button.disabled = !track.present || this.#readOnly;
    if (known.held !== held) {
      known.held = held;
      const what = `${track.label} ${track.id}`;
      setText(known.button, held ? text.view.trackRelease : text.view.trackHold);
      known.button.setAttribute('aria-label', held ? text.view.trackReleaseNamed(what) : text.view.trackHoldNamed(what));
    }
    return known.row;
  }

  /** @param {TrackRow} track */
  #make({ id, label }) {
    const swatch = make('span', { class: 'swatch' });
    swatch.style.background = colourOf(id);
    const score = make('td', { class: 'num' });
    const life = make('td', { class: 'num' });
    const button = make('button', {
      class: 'button button-small',
      attributes: { type: 'button' },
      on: { click: () => (id === this.#targetId ? this.#onRelease() : this.#onHold(id)) },
    });
    const cells = [make('td', { class: 'num', text: String(id) }), make('td', {}, make('span', { class: 'cell' }, swatch, label))];
    const row = make('tr', {}, ...cells, score, life, make('td', {}, button));
    const made = { row, score, life, button, held: /** @type {boolean|null} */ (null) };
    this.#rows.set(id, made);
    return made;
  }

  /** Objects are then shown and cannot be held. @param {boolean} readOnly */
  setReadOnly(readOnly) {
    this.#readOnly = readOnly;
    this.refresh();
  }

  /** Another room is shown. */
  clear() {
    this.#log.clear();
    this.#targetId = null;
    this.refresh();
  }

  /** Draws at once: the panel was opened. */
  refresh() {
    this.#draw(performance.now());
  }
}
